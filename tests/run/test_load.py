"""Load in a scenario: up to 200 callers at once in one process, with each driver that lives through a run."""

import resource
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_contracts.contracts import load_contract
from crm_contracts.host.client import LabClient
from crm_contracts.lab import LabSettings
from crm_contracts.model.call import Phase
from crm_contracts.model.consumer import CallSpec, Consumer, HttpCall, HttpDriver, Outcome, PythonDriver
from crm_contracts.model.contract import Effect
from crm_contracts.model.journal import Journal
from crm_contracts.model.promises import Promises
from crm_contracts.model.run import Run
from crm_contracts.model.scenario import Scenario, Step
from crm_contracts.model.span import Span

HERE = Path(__file__).parent
ACME = HERE.parents[1] / "contracts/acme-crm"
MOST = 200
DRIVERS: dict[str, PythonDriver | HttpDriver] = {
    "blocking": PythonDriver(factory="many:Blocking", path=("callers",)),
    "on a loop": PythonDriver(factory="many:OnALoop", path=("callers",)),
    "service": HttpDriver(start=(sys.executable, "callers/many.py", "{port}"), ready="/healthz", cwd="."),
}


@pytest.fixture(scope="module")
def lab() -> Iterator[LabClient]:
    """A lab with the embedded engine, started where few files may be open, as on many a laptop."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(256, soft), hard))
    client = LabClient(LabSettings(engine="embedded"))
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    yield client
    client.close()


def _journal(lab: LabClient, driver: PythonDriver | HttpDriver, step: Step) -> Journal:
    consumer = Consumer(
        name="many",
        file=HERE / "many.yaml",
        contract=ACME,
        driver=driver,
        calls={
            "get_order": CallSpec(
                name="get_order",
                does=("getOrder",),
                effect=Effect.READ,
                args={"order_id": "{known.order.id}"},
                request=HttpCall(method="GET", path="/orders/{known.order.id}"),
            )
        },
        promises=Promises(deadline=20.0),
    )
    scenario = Scenario(name="many", file="many.yaml", path=HERE / "many.yaml", title="Many", during=(step,))
    run = Run(scenario=scenario, consumer=consumer, contract=load_contract(consumer.contract))
    return lab.execute(run)


@pytest.mark.parametrize("driver", DRIVERS)
def test_two_hundred_callers_are_in_one_process_at_once(lab: LabClient, driver: str) -> None:
    """Each caller waits inside its call until all two hundred are there, and each gets its own answer."""
    journal = _journal(lab, DRIVERS[driver], Step(call="get_order", concurrency=MOST))
    assert journal.dead is None, journal.output
    assert [c.outcome for c in journal.calls_in(Phase.DURING)] == [Outcome.OK] * MOST, (
        journal.output[-2000:],
        {c.result.failure and c.result.failure.message for c in journal.calls},
    )
    assert max(c.started for c in journal.calls) < min(c.ended or 0.0 for c in journal.calls)
    assert len([e for e in journal.exchanges if e.operation == "getOrder"]) == MOST


def test_a_rate_is_kept(lab: LabClient) -> None:
    """Two hundred calls a second are made for a second, also where a busy machine was late for some of them."""
    step = Step(call="get_order", rate=MOST, for_=Span(1.0))
    journal = _journal(lab, PythonDriver(factory="many:AtOnce", path=("callers",)), step)
    calls = journal.calls_in(Phase.DURING)
    assert MOST / 2 <= len(calls) <= MOST + 1
    assert {call.outcome for call in calls} == {Outcome.OK}
