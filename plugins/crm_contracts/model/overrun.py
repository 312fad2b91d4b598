"""Calls that ended while an attempt of theirs went on, and what went on afterwards."""

from collections.abc import Iterator
from dataclasses import dataclass

from crm_contracts.model.attempts import Attempt, Attribution
from crm_contracts.model.call import Call, Phase
from crm_contracts.model.consumer import Outcome
from crm_contracts.model.journal import Journal

AFTERWARDS = 0.1
"""Seconds after a call's outcome within which an attempt may still be on its way."""
LATE = 0.25
"""Seconds after the outcome from which an answer is read by somebody: libraries drain what was half read for 0.1 s at most."""
PATIENCE = 0.5
"""Seconds, beside the longest promised wait, in which an attempt of nobody follows the one that it repeats."""
FAILED = frozenset({Outcome.REFUSED, Outcome.CRASHED, Outcome.HUNG})
"""Outcomes after which nothing may be tried any more; a queue or a cache goes on for good reasons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrun:
    """The attempt that was under way when its call had failed, and those that followed it; none: its answer was read."""

    call: Call
    attempt: Attempt
    later: tuple[Attempt, ...] = ()


def overrun(call: Call, whose: Attribution, journal: Journal, *, longest_wait: float = 0.0) -> Overrun | None:
    """What went on inside after the caller's own timeout had told its user that it failed; None where nothing certainly did.

    `longest_wait` is the longest promised wait between two attempts, in seconds.
    """
    if call.ended is None or call.outcome not in FAILED:
        return None
    attempts = whose.of(call)
    going_on = [a for a in attempts if a.started < call.ended and _ends(a) > call.ended + AFTERWARDS]
    if not going_on:
        return None
    last = going_on[-1]
    later = tuple(a for a in attempts if a.started > call.ended + AFTERWARDS and a.key == last.key)
    later = later or tuple(_nobodys(last, call.ended, whose, PATIENCE + 1.2 * longest_wait))
    if later or (_was_read(last, call.ended, journal) and not _was_used(call, whose, journal)):
        return Overrun(call=call, attempt=last, later=later)
    return None


def _nobodys(last: Attempt, ended: float, whose: Attribution, patience: float) -> Iterator[Attempt]:
    """Tries of the same record that no open call made, right after the one under way; what asks by itself anyhow is no retry."""
    if last.exchange is None or not last.key[2]:
        return
    alike = [a for a in whose.free if a.key == last.key]
    if any(attempt.started < ended for attempt in alike):
        return
    previous = last
    for attempt in alike:
        if attempt.started > ended + AFTERWARDS and 0 <= attempt.started - _ends(previous) <= patience:
            yield attempt
            previous = attempt


def _ends(attempt: Attempt) -> float:
    return float("inf") if attempt.ended is None else attempt.ended


def _was_read(attempt: Attempt, ended: float, journal: Journal) -> bool:
    """Whether an answer that came late was taken: its connection went back to the pool and was used again."""
    seen = attempt.exchange
    if seen is None or not seen.answered or _ends(attempt) <= ended + LATE:
        return False
    return any(e.connection == seen.connection and e.position > seen.position for e in journal.exchanges)


def _was_used(call: Call, whose: Attribution, journal: Journal) -> bool:
    """Whether a later call was served without an attempt of its own: then the work was for a cache."""
    later = (c for c in journal.calls_in(Phase.DURING, Phase.SETTLE) if c.started > (call.ended or 0.0))
    return any(c.name == call.name and c.outcome.accepted and not whose.of(c) for c in later)
