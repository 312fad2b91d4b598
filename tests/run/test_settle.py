"""How long a caller is kept running so that its accepted writes can arrive."""

import asyncio
import time
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any, cast

import pytest

from crm_contracts.model.call import Call
from crm_contracts.model.exchange import LedgerEntry
from crm_contracts.model.promises import Promises
from crm_contracts.run.drive import Drive
from crm_contracts.run.settle import deliver
from tests.checks.story import WRITE, Story, run_of


def _entry(marker: str | None) -> LedgerEntry:
    return LedgerEntry(
        at=0.0,
        exchange=1,
        operation="createTicket",
        record=None,
        idempotency_key=None,
        markers=(marker,) if marker else (),
        digest="d",
    )


def _waited(within: float, calls: list[Call], ledger: list[LedgerEntry], heal: float) -> float:
    """Seconds that a caller was kept running, whose ledger never changes."""
    drive: Any = SimpleNamespace(
        run=run_of(promises=Promises(delivers_within=within), calls=(WRITE,)),
        watch=SimpleNamespace(excused=nullcontext),
        capture=SimpleNamespace(calls=calls),
        lab=SimpleNamespace(ledger=lambda: tuple(ledger), count=lambda _what: 0),
    )
    began = time.monotonic()
    asyncio.run(deliver(cast("Drive", drive), heal))
    return time.monotonic() - began


def test_a_write_of_the_last_phase_has_the_whole_promise_too() -> None:
    """The faults were gone long ago, and the queue is emptied every so often only."""
    now = time.monotonic()
    call = Story().call(now, now, spec=WRITE)
    assert _waited(1.0, [call], [], now - 60) >= 0.9


@pytest.mark.parametrize("named", [True, False])
def test_nothing_is_waited_for_once_all_has_arrived(named: bool) -> None:
    """A write is known by its value, or, as a deletion has none, by the number of such entries."""
    now = time.monotonic()
    call = Story().call(now, now, spec=WRITE)
    assert _waited(30.0, [call], [_entry(call.marker if named else None)], now) < 20
