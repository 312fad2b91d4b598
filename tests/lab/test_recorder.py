"""What a run remembers, in memory and on disk."""

from pathlib import Path

import pytest

from crm_contracts.lab import spill
from crm_contracts.lab.clock import Clock
from crm_contracts.lab.recorder import MOST_LEAKS, Recorder
from crm_contracts.model.exchange import LedgerEntry, Violation


def seen_of(recorder: Recorder, count: int = 30) -> list[bytes]:
    line = recorder.line()
    recorder.admit(line)
    for number in range(count):
        draft = recorder.begin(line, float(number))
        draft.head, draft.body, draft.answer = b"head %d" % number, b"b" * 100, b"a" * 100
        draft.path_params = ("id", str(number))
        draft.violations = (Violation(rule="json.trailing_comma", message="m", offset=1),)
        draft.end(number + 0.5, "answer", answered=True)
        recorder.finish(draft)
    return [exchange.head for exchange in recorder.observed(()).exchanges]


def test_what_outgrows_memory_goes_to_disk_and_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The record is the same with and without the disk, asked for as often as one likes, and no file stays."""
    in_memory = Recorder(Clock(), tmp_path)
    expected = seen_of(in_memory)
    monkeypatch.setattr(spill, "THRESHOLD", 1000)
    on_disk = Recorder(Clock(), tmp_path)
    assert seen_of(on_disk) == expected
    assert on_disk.observed(()).exchanges == in_memory.observed(()).exchanges
    on_disk.close()
    on_disk.close()
    assert list(tmp_path.iterdir()) == []


def test_exchanges_come_in_the_order_in_which_they_began() -> None:
    """Also where one that began earlier was finished later."""
    recorder = Recorder(Clock())
    line = recorder.line()
    recorder.admit(line)
    late, early = recorder.begin(line, 2.0), recorder.begin(line, 1.0)
    recorder.finish(late)
    assert [exchange.started for exchange in recorder.observed(()).exchanges] == [1.0, 2.0]
    recorder.finish(early)
    assert [exchange.started for exchange in recorder.observed(()).exchanges] == [1.0, 2.0]


def test_only_the_first_end_and_the_first_trouble_count() -> None:
    """What comes later does not change what was."""
    recorder = Recorder(Clock())
    line = recorder.line()
    draft = recorder.begin(line, 1.0)
    draft.end(2.0, "caller")
    draft.end(3.0, "answer", answered=True)
    line.close(4.0, "caller")
    line.close(5.0, "gateway")
    recorder.fail("first")
    recorder.fail("second")
    (exchange,) = recorder.observed(()).exchanges
    assert (exchange.ended, exchange.ended_by, exchange.answered) == (2.0, "caller", False)
    assert (line.closed, line.closed_by) == (4.0, "caller")
    assert recorder.observed(()).trouble == "first"


def test_a_connection_counts_once_it_is_admitted() -> None:
    """Until then it may be our own probe's."""
    recorder = Recorder(Clock())
    first, second = recorder.line(), recorder.line()
    recorder.admit(second)
    assert [line.id for line in recorder.observed(()).connections] == [second.id]
    recorder.admit(first)
    assert [line.id for line in recorder.observed(()).connections] == [first.id, second.id]


def test_leaks_are_kept_up_to_a_measure() -> None:
    """A caller that leaks at every request does not fill the memory."""
    recorder = Recorder(Clock())
    for _ in range(MOST_LEAKS + 10):
        recorder.leak("token#1", "request target")
    assert len(recorder.observed(()).leaks) == MOST_LEAKS


def test_writes_are_told_in_real_time() -> None:
    """The ledger runs by the CRM's clock, the record by the real one."""
    clock = Clock()
    recorder = Recorder(clock)
    clock.advance(3600)
    entry = LedgerEntry(
        at=clock.now(), exchange=1, operation="o", record=None, idempotency_key=None, markers=(), digest=""
    )
    (told,) = recorder.observed((entry,)).ledger
    assert abs(told.at - clock.stamp()) < 60
