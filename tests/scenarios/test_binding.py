"""From a scenario and a consumer to a run, or to the reason why there is none."""

from dataclasses import replace
from pathlib import Path

import pytest

from crm_contracts.faults.latency import Latency
from crm_contracts.model.consumer import Consumer
from crm_contracts.model.contract import AuthPolicy, Contract
from crm_contracts.model.promises import Promises, Refresh
from crm_contracts.model.run import Run
from crm_contracts.model.scenario import Scenario, Step
from crm_contracts.model.span import Span
from crm_contracts.scenarios import baseline_of, bind
from tests.scenarios.conftest import Load


def scenario(load: Load, faults: str = "", during: str = "{call: reads}", more: str = "") -> Scenario:
    return load(f"scenario: cut\ntitle: x\nduring: [{during}]\nfaults: [{faults}]\n{more}")


def bound(found: Run | str) -> Run:
    assert isinstance(found, Run), found
    return found


def test_durations_from_promises_become_seconds(load: Load, consumer: Consumer, contract: Contract) -> None:
    """A fault must be larger than what this very caller tolerates."""
    written = scenario(
        load,
        "{fault: latency, latency: 2 * deadline, for: half_open_after + 1s}",
        "{call: reads, times: 2, every: deadline}, {wait: half_open_after}",
    )

    run = bound(bind(written, consumer, contract, 7))

    assert run.scenario.faults == (Latency(latency=Span(8.0), for_=Span(3.0)),)
    assert run.scenario.during == (Step(call="reads", times=2, every=Span(4.0)), Step(wait=Span(2.0)))
    assert (run.id, run.seed) == ("scenarios/cut.yaml::order-sync", 7)


def test_steps_whose_calls_a_consumer_lacks_are_left_out(
    load: Load, consumer: Consumer, contract: Contract
) -> None:
    """One scenario serves callers that offer different calls."""
    run = bound(
        bind(
            scenario(load, during="{call: find_order}, {call: find_contact}, {call: writes}"),
            consumer,
            contract,
        )
    )

    assert [step.call for step in run.scenario.during] == ["find_order", "writes"]
    assert [step.call for step in run.scenario.before] == ["find_order", "writes"]


@pytest.mark.parametrize(
    "faults, during, more, reason",
    [
        ("", "{call: reads}", "consumers: [vac]", "only for vac"),
        ("", "{call: find_contact}", "", "it has no call find_contact"),
        (
            "{fault: status, code: 503, operations: [createTicket]}",
            "{call: reads}",
            "",
            "status touches createTicket, which it does not do here",
        ),
        (
            "{fault: status, code: 503, effect: write}",
            "{call: reads}",
            "",
            "status touches any write, which it does not do here",
        ),
        (
            "{fault: token_lifetime, to: 1h, trial: leeway}",
            "{call: reads}",
            "",
            "no refresh ahead of expiry is promised",
        ),
        (
            "{fault: latency, latency: 1s, for: deadline, repeat: half_open_after}",
            "{call: reads}",
            "",
            "`for` must be shorter than `repeat`",
        ),
    ],
)
def test_a_scenario_that_does_not_fit_says_why(
    load: Load, consumer: Consumer, contract: Contract, faults: str, during: str, more: str, reason: str
) -> None:
    """A fault that could never strike would leave every verdict unknown."""
    assert bind(scenario(load, faults, during, more), consumer, contract) == reason


@pytest.mark.parametrize(
    "fault",
    [
        "{fault: status, code: 503, operations: [getOrder]}",
        "{fault: status, code: 503, operations: ['GET /orders/*'], effect: read}",
        "{fault: status, code: 500, operations: ['POST /oauth/token']}",
        "{fault: token_expired, effect: read}",
        "{fault: down}",
    ],
)
def test_a_fault_that_can_strike_fits(load: Load, consumer: Consumer, contract: Contract, fault: str) -> None:
    """The token endpoint is used by every caller whose token can be refreshed."""
    bound(bind(scenario(load, fault), consumer, contract))


def test_the_token_endpoint_of_a_static_token_is_used_by_nobody(
    load: Load, consumer: Consumer, contract: Contract
) -> None:
    """Incident B's token was typed into a file."""
    static = replace(contract, auth=AuthPolicy(kind="static_token"))
    fault = "{fault: status, code: 500, operations: ['POST /oauth/token']}"

    assert isinstance(bind(scenario(load, fault), consumer, static), str)


def test_a_scenario_without_calls_fits_a_caller_that_works_by_itself(
    load: Load, consumer: Consumer, contract: Contract
) -> None:
    """Timers and queues are exercised by waiting."""
    bound(
        bind(
            scenario(load, "{fault: status, code: 503, operations: [createTicket]}", "{wait: 1s}"),
            consumer,
            contract,
        )
    )


def test_a_clock_that_cannot_be_moved_is_a_reason(load: Load, consumer: Consumer, contract: Contract) -> None:
    """Go programs do not take the time from where we could move it."""
    written = scenario(load, during="{call: reads}, {advance: 61m}")

    bound(bind(written, consumer, contract))
    assert (
        bind(written, replace(consumer, cannot=frozenset({"advance"})), contract)
        == "its clock cannot be moved"
    )


def test_a_promise_makes_the_trial_of_leeway_fit(load: Load, consumer: Consumer, contract: Contract) -> None:
    """It is asked only where it is promised."""
    promising = replace(consumer, promises=Promises(refresh=Refresh(ahead=600.0)))

    bound(bind(scenario(load, "{fault: token_lifetime, to: 1h, trial: leeway}"), promising, contract))


def test_the_baseline_makes_every_call_once_and_nothing_goes_wrong(
    consumer: Consumer, contract: Contract, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It is the first item of a consumer and lies in the consumer's own file."""
    monkeypatch.chdir(tmp_path)
    run = baseline_of(replace(consumer, file=tmp_path / "consumers" / "order-sync.yaml"), contract, 3)

    assert run.id == "consumers/order-sync.yaml::order-sync"
    assert [call.name for call in run.drives()] == ["find_order", "open_ticket"]
    assert (run.scenario.faults, run.scenario.baseline, run.seed) == ((), True, 3)


def test_what_only_a_retry_can_keep_is_asked_of_those_who_promise_one(
    load: Load, consumer: Consumer, contract: Contract
) -> None:
    """A default is no promise: a caller that never retries is not asked for a third attempt."""
    written = scenario(load, "{fault: status, code: 503, first: 2}", more="attempts: 3\n")
    assumed = replace(consumer, promises=Promises(attempts=5))
    promised = replace(consumer, promises=Promises(attempts=3, written=frozenset({"attempts"})))
    fewer = replace(consumer, promises=Promises(attempts=2, written=frozenset({"attempts"})))

    assert (
        bind(written, assumed, contract) == bind(written, fewer, contract) == "it does not promise 3 attempts"
    )
    assert bound(bind(written, promised, contract)).scenario.attempts == 3
