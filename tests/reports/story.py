"""The story that the tests of reports tell: an order lookup crashed while the CRM answered 503."""

from dataclasses import replace
from pathlib import Path

from crm_contracts.model.call import Call, CallResult, Failure, Phase
from crm_contracts.model.consumer import CallSpec, Consumer, Outcome, PythonDriver
from crm_contracts.model.contract import Contract, Effect
from crm_contracts.model.exchange import Credential, Exchange, Payload
from crm_contracts.model.journal import FaultWindow, Journal, PhaseWindow
from crm_contracts.model.run import Run
from crm_contracts.model.scenario import Scenario, Step
from crm_contracts.model.verdict import Finding, Layer, NotRun, Side, Verdict
from crm_contracts.project import Expected, Judged, Planned
from crm_contracts.run.judge import RunVerdict


def run_of() -> Run:
    consumer = Consumer(
        name="order-sync",
        file=Path("contracts/acme-crm/consumers/order-sync.yaml"),
        contract=Path("contracts/acme-crm"),
        driver=PythonDriver(factory="shop:create"),
        calls={"find_order": CallSpec(name="find_order", does=("getOrder",), effect=Effect.READ)},
        contact="crm-team@example.com",
    )
    scenario = Scenario(
        name="away",
        file="scenarios/http/away.yaml",
        path=Path("scenarios/http/away.yaml"),
        title="The CRM answers 503 | for a while",
        source="N11",
        why="It happened\n  in May.",
        during=(Step(call="reads"),),
    )
    return Run(
        scenario=scenario,
        consumer=consumer,
        contract=Contract(name="acme-crm", folder=Path("contracts/acme-crm")),
    )


def journal_of() -> Journal:
    failure = Failure(type="urllib.error.HTTPError", message="503", traceback="Traceback...")
    calls = (
        _call(1, Phase.BEFORE, 100.0, Outcome.OK, None),
        _call(2, Phase.DURING, 101.0, Outcome.CRASHED, failure),
    )
    return Journal(
        run="scenarios/http/away.yaml::order-sync",
        started=100.0,
        rest=102.5,
        phases=(
            PhaseWindow(phase=Phase.BEFORE, started=100.0, ended=101.0),
            PhaseWindow(phase=Phase.DURING, started=101.0, ended=102.0),
        ),
        calls=calls,
        exchanges=(_exchange(1, 100.01, 200), _exchange(2, 101.01, 503)),
        faults=(
            FaultWindow(
                fault="status",
                place="reply",
                sentence="the CRM answers 503",
                started=101.0,
                ended=102.0,
                fired=True,
                touched=1,
            ),
        ),
        output="shop opens\n",
    )


def verdict_of(*findings: Finding) -> RunVerdict:
    failed = Finding(
        check="outcomes",
        verdict=Verdict.FAILED,
        reason="during: find_order was crashed; allowed there: ok",
        layer=Layer.HTTP,
        side=Side.CALLER,
        evidence="+1.000 s  find_order  crashed\n``` a fence of its own",
        remedy="Catch this where the CRM is called.",
    )
    return RunVerdict(
        run=run_of(),
        journal=journal_of(),
        findings=findings or (failed, Finding(check="deadline", verdict=Verdict.PASSED)),
        not_run=(NotRun(check="lost_writes", reason="it writes nothing"),),
        assumed=("deadline",),
    )


def judged_story(*findings: Finding, expected: Expected | None = None) -> Judged:
    """The run, judged; failed and unexpected unless said otherwise."""
    run = run_of()
    planned = Planned(item=run.id, run=run)
    return Judged(
        planned=planned, verdict=verdict_of(*findings), expected=expected or Expected(as_expected=False)
    )


def long_story(exchanges: int) -> Journal:
    """A journal with many exchanges."""
    return replace(journal_of(), exchanges=tuple(_exchange(n, 100 + n / 1000, 200) for n in range(exchanges)))


def _call(number: int, phase: Phase, at: float, outcome: Outcome, failure: Failure | None) -> Call:
    result = CallResult(
        started=at, ended=at + 0.25, returned=failure is None, value={"总计": 5}, failure=failure
    )
    return Call(
        id=number,
        name="find_order",
        phase=phase,
        does=("getOrder",),
        effect=Effect.READ,
        outcome=outcome,
        result=result,
    )


def _exchange(number: int, at: float, status: int) -> Exchange:
    return Exchange(
        id=number,
        connection=1,
        position=number,
        started=at,
        ended=at + 0.01,
        ended_by="answer",
        method="GET",
        target="/orders/O-1",
        operation="getOrder",
        head=b"GET /orders/O-1 HTTP/1.1\r\n\r\n",
        body=Payload(),
        complete=True,
        credential=Credential(name="token#1", state="expired" if status == 503 else "valid"),
        status=status,
        answer=Payload(kept='{"总计": 5}'.encode(), length=12),
        answered=True,
        faults=("status",) if status == 503 else (),
    )
