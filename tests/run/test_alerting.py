"""Alerts are seen where they are promised: in what a caller prints, and in a metric of its service."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_contracts.contracts import load_contract
from crm_contracts.faults.status import Status
from crm_contracts.host.client import LabClient
from crm_contracts.lab import LabSettings
from crm_contracts.model.consumer import CallSpec, Consumer, HttpCall, HttpDriver, PythonDriver
from crm_contracts.model.contract import Effect
from crm_contracts.model.journal import Journal
from crm_contracts.model.promises import Alerts, Promises
from crm_contracts.model.run import Run
from crm_contracts.model.scenario import Scenario, Step
from crm_contracts.model.verdict import Finding, Verdict
from crm_contracts.run.alerting import number_of
from crm_contracts.run.judge import judge

HERE = Path(__file__).parent
ACME = HERE.parents[1] / "contracts/acme-crm"
PRINTS = PythonDriver(factory="alarming:Prints", path=("callers",))
COUNTS = HttpDriver(start=(sys.executable, "callers/alarming.py", "{port}"), ready="/healthz", cwd=".")


@pytest.fixture(scope="module")
def lab() -> Iterator[LabClient]:
    """A lab with the embedded engine."""
    client = LabClient(LabSettings(engine="embedded"))
    yield client
    client.close()


def _run(driver: PythonDriver | HttpDriver, promise: Alerts) -> Run:
    spec = CallSpec(
        name="get_order",
        does=("getOrder",),
        effect=Effect.READ,
        args={"order_id": "{known.order.id}"},
        request=HttpCall(method="GET", path="/orders/{known.order.id}"),
    )
    consumer = Consumer(
        name="alarming",
        file=HERE / "alarming.yaml",
        contract=ACME,
        driver=driver,
        calls={"get_order": spec},
        promises=Promises(deadline=5.0, alerts=promise, recovers_within=0.5, delivers_within=0.5),
    )
    steps = (Step(call="get_order"),)
    scenario = Scenario(
        name="away",
        file="away.yaml",
        path=HERE / "away.yaml",
        title="Away",
        before=steps,
        during=(Step(call="get_order", times=4),),
        faults=(Status(code=503),),
    )
    return Run(scenario=scenario, consumer=consumer, contract=load_contract(ACME))


def _judged(lab: LabClient, driver: PythonDriver | HttpDriver, promise: Alerts) -> tuple[Finding, Journal]:
    run = _run(driver, promise)
    journal = lab.execute(run)
    assert journal.dead is None, journal.output
    return next(f for f in judge(run, journal).findings if f.check == "alerts"), journal


def test_a_line_that_matches_is_an_alert(lab: LabClient) -> None:
    """One that was printed before the failures counts for nothing, and each line is seen once."""
    found, journal = _judged(lab, PRINTS, Alerts(after=3, within=2.0, seen_in="log", pattern="PAGER"))
    assert found.verdict is Verdict.PASSED, found
    assert [alert.text for alert in journal.alerts][-1] == "PAGER the CRM is away"
    assert len(journal.alerts) <= 2


def test_a_line_that_never_comes_is_waited_for_and_missed(lab: LabClient) -> None:
    """The caller is kept running until its promise is over."""
    found, journal = _judged(lab, PRINTS, Alerts(after=3, within=0.6, seen_in="log", pattern="SIREN"))
    assert found.verdict is Verdict.FAILED
    assert "in its output: SIREN" in found.reason
    assert journal.rest >= journal.calls[3].started + 0.6


@pytest.mark.parametrize("metric", ["/metrics#alerts_total", "/alerts"])
def test_a_number_that_grows_is_an_alert(lab: LabClient, metric: str) -> None:
    """A sample in Prometheus' format, or a number alone, at the service's own address."""
    found, journal = _judged(lab, COUNTS, Alerts(after=3, within=2.0, seen_in="metric", pattern=metric))
    assert found.verdict is Verdict.PASSED, found
    assert [alert.text for alert in journal.alerts] == [f"{metric} = 1"]


@pytest.mark.parametrize(
    ("metric", "why"),
    [
        ("/healthz", "has no number"),
        ("/metrics#sirens_total", "has no number"),
        ("http://127.0.0.1:9/metrics", "did not answer"),
    ],
)
def test_a_metric_that_cannot_be_read_accuses_nobody(lab: LabClient, metric: str, why: str) -> None:
    """The doubt stays a doubt, and says what was looked for."""
    found, _journal = _judged(lab, COUNTS, Alerts(after=3, within=0.3, seen_in="metric", pattern=metric))
    assert found.verdict is Verdict.UNKNOWN
    assert why in found.reason
    assert metric in found.reason


@pytest.mark.parametrize(
    ("text", "name", "number"),
    [
        ("3", "", 3.0),
        (" 3.5\n", "", 3.5),
        ("", "", None),
        ("<html>", "", None),
        ("# HELP a x\na 1\na_b 5\n", "a", 1.0),
        ('a{to="x y"} 1\na{to="z"} 2 1700000000\n', "a", 3.0),
        ("b 1\n", "a", None),
        ("a NotANumber\n", "a", None),
    ],
)
def test_numbers_of_metrics(text: str, name: str, number: float | None) -> None:
    """Labels, time stamps and comments of Prometheus' text format are no part of the number."""
    assert number_of(text, name) == number
