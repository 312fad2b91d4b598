"""Scenarios that ask only callers that promise something."""

from dataclasses import replace

import pytest

from crm_contracts.model.consumer import Consumer
from crm_contracts.model.contract import Contract
from crm_contracts.model.problem import Problems
from crm_contracts.model.promises import Alerts, Breaker, Promises
from crm_contracts.model.rounds import most_rounds, rounds
from crm_contracts.model.run import Run
from crm_contracts.scenarios import bind
from tests.scenarios.conftest import Load

PROMISED = "scenario: cut\ntitle: x\nduring: [{call: reads}]\nfaults: []\npromises: [breaker, alerts]\n"


def test_only_callers_that_promise_them_are_asked(load: Load, consumer: Consumer, contract: Contract) -> None:
    """In their own file: a default, or a promise that is switched off, is none."""
    scenario = load(PROMISED)
    both = Promises(breaker=Breaker(), alerts=Alerts(), written=frozenset({"breaker", "alerts"}))
    assert isinstance(bind(scenario, replace(consumer, promises=both), contract), Run)
    for lacking in (
        replace(both, alerts=None),
        replace(both, written=frozenset({"breaker"})),
    ):
        found = bind(scenario, replace(consumer, promises=lacking), contract)
        assert found == "it does not promise alerts"


def test_an_unknown_promise_is_told(load: Load) -> None:
    """With what is allowed."""
    with pytest.raises(Problems) as told:
        load(PROMISED.replace("alerts", "alarms"))
    assert "alarms" in str(told.value)
    assert "fallback_max_age" in str(told.value)


@pytest.mark.parametrize(
    ("during", "most"),
    [
        ("{call: find_order}", 1),
        ("{call: find_order, times: 5, concurrency: 3}", 15),
        ("{call: find_order, times: 2}, {call: find_order}", 3),
        ("{call: find_order, every: 500ms, for: 2s}", 5),
        ("{call: find_order, rate: 10, for: 2s}", 21),
        ("{call: find_order, rate: 10, for: 2s, times: 4}", 4),
        ("{call: find_order, for: 2s}", float("inf")),
        ("{wait: 2s}, {call: find_order}", 1),
    ],
)
def test_how_often_a_scenario_makes_a_call(
    load: Load, consumer: Consumer, contract: Contract, during: str, most: float
) -> None:
    """From its steps alone; a time without a pace bounds nothing."""
    run = bind(load(f"scenario: cut\ntitle: x\nduring: [{during}]\nfaults: []\n"), consumer, contract)
    assert isinstance(run, Run), run
    assert rounds(run, "find_order") == most == most_rounds(run)
