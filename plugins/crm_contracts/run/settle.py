"""What follows `during`: a caller may need a moment to come back, and its queue a moment to empty."""

import asyncio
import time
from collections import Counter

from crm_contracts.model.call import Call, Phase, is_well
from crm_contracts.model.consumer import CallSpec
from crm_contracts.model.contract import Effect
from crm_contracts.model.promises import Promises
from crm_contracts.run.drive import Drive

ROUND = 0.2
"""Seconds between the rounds of calls while a caller settles."""
GRACE = 0.5
"""Seconds that every caller has beyond its own waits."""
QUIET = 0.25
"""Seconds without an exchange after which nothing more is expected of a caller whose writes are all accounted for."""
LOOK = 0.02


def settle_limit(promises: Promises) -> float:
    """The longest that a caller may settle: half_open_after + longest backoff + 0.5 s, or what it promised if longer."""
    half_open = promises.breaker.half_open_after if promises.breaker else 0.0
    return max(half_open + promises.longest_backoff + GRACE, promises.recovers_within or 0.0)


async def settle(drive: Drive, calls: tuple[CallSpec, ...]) -> None:
    """Repeat each call every 200 ms until it was well once, or until no sound caller would need longer."""
    left, end = list(calls), time.monotonic() + settle_limit(drive.run.consumer.promises)
    while left and time.monotonic() < end:
        began = time.monotonic()
        left = [
            spec for spec in left if not is_well(await drive.call(spec, Phase.SETTLE), drive.capture.calls)
        ]
        if left:
            await drive.wait(max(0.0, began + ROUND - time.monotonic()))


async def deliver(drive: Drive, heal: float) -> None:
    """Keep the caller running until every write that it accepted arrived and nothing moves, or its promise is over."""
    within = drive.run.consumer.promises.delivers_within
    # A write of `after` has the whole promise, too: its queue may be emptied every so often only.
    last = max((call.started for call in _accepted(drive)), default=heal)
    end = max(heal, last) + (within if within is not None else 0.0)
    with drive.watch.excused():
        while time.monotonic() < end and _outstanding(drive):  # noqa: ASYNC110 - the ledger is looked at, not told
            await asyncio.sleep(LOOK)
        if drive.run.writes:
            await _quiet(drive)


def _outstanding(drive: Drive) -> bool:
    ledger = drive.lab.ledger()
    markers = {marker for entry in ledger for marker in entry.markers}
    missing = [call for call in _accepted(drive) if call.marker not in markers]
    # A write without a body, such as a deletion, carries no marker: such entries are counted.
    nameless = Counter(entry.operation for entry in ledger if not entry.markers)
    return any(
        sum(operation in call.does for call in missing) > nameless[operation]
        for operation in {name for call in missing for name in call.does}
        if drive.run.contract.operations[operation].effect is Effect.WRITE
    )


def _accepted(drive: Drive) -> list[Call]:
    return [c for c in drive.capture.calls if c.effect is Effect.WRITE and c.outcome.accepted]


async def _quiet(drive: Drive) -> None:
    seen, since = drive.lab.count("exchanges"), time.monotonic()
    limit = since + 4 * QUIET
    while time.monotonic() < min(limit, since + QUIET):
        await asyncio.sleep(LOOK)
        if (now := drive.lab.count("exchanges")) != seen:
            seen, since = now, time.monotonic()
