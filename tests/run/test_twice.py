"""What is read before the faults is read twice, and moves of the clocks stand in the journal."""

from collections import Counter
from collections.abc import Iterator

import pytest

from crm_contracts.host.client import LabClient
from crm_contracts.lab import LabSettings
from crm_contracts.model.call import Phase
from crm_contracts.model.journal import Journal
from crm_contracts.model.run import Run
from crm_contracts.scenarios import BASELINE
from tests.examples.stage import gallery, run_of


@pytest.fixture(scope="module")
def lab() -> Iterator[LabClient]:
    """A lab with the embedded engine."""
    client = LabClient(LabSettings(engine="embedded"))
    yield client
    client.close()


def _journal(lab: LabClient, scenario: str, caller: str = "sound") -> Journal:
    run = run_of(scenario, gallery()[caller])
    assert isinstance(run, Run), run
    return lab.submit(run).result()


def _made(journal: Journal) -> Counter[str]:
    return Counter(call.name for call in journal.calls_in(Phase.BEFORE))


def test_reads_that_a_fault_will_touch_are_made_twice(lab: LabClient) -> None:
    """What differs between them differs by itself; writes, and the baseline's calls, are made once."""
    assert _made(_journal(lab, "database-locked")) == {"get_order": 2, "list_orders": 2, "open_ticket": 1}
    assert _made(_journal(lab, BASELINE)) == {"get_order": 1, "list_orders": 1, "open_ticket": 1}


def test_a_move_of_the_clocks_is_in_the_journal(lab: LabClient) -> None:
    """How far, when, and that the caller's clocks went with the CRM's."""
    journal = _journal(lab, "cache-too-old", "keeps-for-ever")
    (move,) = journal.advances
    during = journal.window(Phase.DURING)
    assert during
    assert during.started < move.at < during.ended
    assert (move.seconds, move.followed) == (3660.0, True)
