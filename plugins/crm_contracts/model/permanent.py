"""Answers after which the same request cannot succeed, and requests that are sent again all the same."""

from collections.abc import Collection, Iterator
from itertools import pairwise

from crm_contracts.model.attempts import Attempt, Attribution
from crm_contracts.model.call import Call
from crm_contracts.model.contract import Contract
from crm_contracts.model.exchange import Exchange
from crm_contracts.model.fault import Trait
from crm_contracts.model.run import Run

PERMANENT = frozenset({400, 403, 404, 405, 406, 409, 410, 411, 412, 413, 414, 415, 422, 501})
"""Statuses that say of the request itself that it is wrong (RFC 9110 15.5)."""
_PRECONDITIONS = ("if-match", "if-none-match", "if-modified-since", "if-unmodified-since")

Pair = tuple[Attempt, Attempt]


def blind_repeats(
    call: Call, whose: Attribution, contract: Contract, statuses: Collection[int] = PERMANENT
) -> tuple[Pair, ...]:
    """The repeats of one open call that changed nothing: each with the attempt that was answered for good."""
    learnt = [attempt.started for attempt in whose.of(call) if _told(attempt)]
    return tuple(
        (earlier, later)
        for chain in whose.chains(call)
        for earlier, later in _neighbours(chain)
        if _is_final(earlier, contract, statuses)
        and _is_same(earlier, later)
        and not any(earlier.started < moment < later.started for moment in learnt)
    )


def names_the_cause(run: Run, call: Call, whose: Attribution) -> bool:
    """Whether the repeats of a call are told of as repeats of what cannot help, so that nothing else needs to count them."""
    return Trait.PERMANENT in run.scenario.traits() and bool(blind_repeats(call, whose, run.contract))


def _told(attempt: Attempt) -> bool:
    seen = attempt.exchange
    return seen is not None and seen.answered and (seen.status or 0) < 400


def _neighbours(chain: tuple[Attempt, ...]) -> Iterator[Pair]:
    # Requests side by side answer to nothing: the later one was sent before the answer was there.
    yield from ((a, b) for a, b in pairwise(chain) if a.ended is not None and b.started >= a.ended)


def _is_final(attempt: Attempt, contract: Contract, statuses: Collection[int]) -> bool:
    seen = attempt.exchange
    if seen is None or not seen.answered or seen.status not in statuses:
        return False
    limited = "retry-after" in seen.answer_headers or seen.status == contract.limits.status
    return not limited and not attempt.refused_credential


def _is_same(earlier: Attempt, later: Attempt) -> bool:
    first, second = earlier.exchange, later.exchange
    if first is None or second is None or (first.target, first.body) != (second.target, second.body):
        return False
    if _conditions(first) != _conditions(second) or _credential(first) != _credential(second):
        return False
    # The write may be at work under its key: whoever asks again is told what became of it.
    return first.status != 409 or first.idempotency_key is None


def _conditions(seen: Exchange) -> tuple[str | None, ...]:
    return tuple(seen.headers.get(name) for name in _PRECONDITIONS)


def _credential(seen: Exchange) -> str | None:
    return seen.credential.name if seen.credential else None
