"""The runner's side of the pipe."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from crm_contracts.host import LabClient, LabGone
from crm_contracts.lab import LabSettings
from crm_contracts.model.consumer import Outcome
from crm_contracts.model.verdict import Verdict
from crm_contracts.run.judge import judge
from tests.host.stage import small_run

EMBEDDED = LabSettings(engine="embedded")


@pytest.fixture(scope="module")
def lab() -> Iterator[LabClient]:
    client = LabClient(EMBEDDED)
    yield client
    client.close()


def test_it_tells_what_the_lab_is_made_of(lab: LabClient) -> None:
    """Which engine, in which version, and why."""
    about = lab.about()
    assert about.engine == "embedded"
    assert about.why
    assert about.seconds > 0


def test_a_run_comes_back_as_a_journal(lab: LabClient, tmp_path: Path) -> None:
    """The baseline of a sound caller: its call was ok, and the CRM saw a token request and a read."""
    run = small_run(tmp_path)
    journal = lab.execute(run)
    assert [call.outcome for call in journal.calls] == [Outcome.OK]
    assert [seen.purpose for seen in journal.exchanges] == ["token", "operation"]
    assert judge(run, journal).verdict is Verdict.PASSED


def test_runs_go_side_by_side(lab: LabClient, tmp_path: Path) -> None:
    """Each has its own port, credentials and state, so their verdicts are those of one after another."""
    runs = []
    for number in range(4):
        (folder := tmp_path / str(number)).mkdir()
        runs.append(small_run(folder, fault=True))
    journals = [lab.wait(future) for future in [lab.submit(run) for run in runs]]
    assert [judge(run, j).verdict for run, j in zip(runs, journals, strict=True)] == [Verdict.PASSED] * 4


def test_a_caller_may_live_in_the_runner(lab: LabClient, tmp_path: Path) -> None:
    """`in_process: true` makes the calls here, where a debugger can stop in them."""
    run = small_run(tmp_path, in_process=True)
    assert judge(run, lab.execute(run)).verdict is Verdict.PASSED


def test_secrets_are_names_in_the_journal(lab: LabClient, tmp_path: Path) -> None:
    """The token crosses the wire, but the journal holds its run-keyed name."""
    journal = lab.execute(small_run(tmp_path))
    read = journal.exchanges[-1]
    assert read.credential is not None
    assert read.credential.name.startswith("token#")
    assert read.headers["authorization"].startswith("Bearer token#")


def test_the_end_of_the_lab_is_told_and_not_waited_for(tmp_path: Path) -> None:
    """A lab that dies in the middle of a run gives an answer at once."""
    client = LabClient(EMBEDDED)
    client.about()
    future = client.submit(small_run(tmp_path, call="sleep", deadline="20s"))
    os.kill(_lab_of(client), signal.SIGKILL)
    with pytest.raises(LabGone):
        client.wait(future)
    assert not client.alive
    client.close()


def test_closing_ends_everything(tmp_path: Path) -> None:
    """No process of ours is left, also while a call is open."""
    client = LabClient(EMBEDDED)
    client.about()
    client.submit(small_run(tmp_path, call="sleep", deadline="20s"))
    _until(lambda: len(_family(client)) >= 3)
    family = _family(client)
    client.close()
    _until(lambda: not any(process.is_running() for process in family))
    client.close()


def _family(client: LabClient) -> list[psutil.Process]:
    guard = psutil.Process(client._guard.pid)
    return [guard, *guard.children(recursive=True)]


def _lab_of(client: LabClient) -> int:
    return int(psutil.Process(client._guard.pid).children()[0].pid)


def _until(true: object, within: float = 10.0) -> None:
    assert callable(true)
    end = time.monotonic() + within
    while not true():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.02)
