"""Which attempts belong to which call (JUDGING: which exchange belongs to which call).

An attempt is an exchange, or a connection that was new while a fault of TCP was on and ended without a request. Where it
cannot be told whose it is, it stays shared and is judged in sum, never per call.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from crm_contracts.model.call import Call
from crm_contracts.model.consumer import Outcome
from crm_contracts.model.contract import Effect
from crm_contracts.model.exchange import Connection, Exchange
from crm_contracts.model.journal import Journal

REPLAY_WITHIN = 0.05
"""Seconds within which an HTTP library repeats an idempotent request by itself after a reused connection died."""
PROMPT = 0.15
"""Seconds within which an answer came before anybody can have given up waiting for it."""
IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"})

_BELOW_HTTP = frozenset({"toxic", "endpoint fault"})
"""Places of faults under which a connection may end before its request comes through."""
_ELSEWHERE = frozenset({301, 302, 303, 307, 308})

Key = tuple[str, str, tuple[tuple[str, str], ...], str | None, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try to reach the CRM; `exchange` is None where only a connection was seen.

    `replay` marks a repeat that the caller's HTTP library made by itself (RFC 9110 9.2.2): it counts with its original.
    """

    started: float
    ended: float | None
    exchange: Exchange | None = None
    connection: int | None = None
    replay: bool = False
    spare: bool = False

    @property
    def key(self) -> Key:
        """Attempts with one key are tries of the same thing at one address.

        Paging and search-then-get are not retries, nor is what is asked of the spare after the first address failed.
        """
        if self.exchange is None:
            return ("", "", (), None, self.spare)
        return _key(self.exchange)

    @property
    def target(self) -> str:
        """What was asked for, to the letter: tries of one thing that differ here may be several things of a kind."""
        return self.exchange.target if self.exchange else ""

    @property
    def given_up(self) -> float | None:
        """The earliest moment at which the caller may have given it up; None while it goes on.

        Some libraries wait for the next attempt before they close the connection of the last one (urllib3 does), so a
        close by the caller, or an answer that came late, says only that it was over by then.
        """
        if self.ended is None:
            return None
        told = self.exchange is not None and self.exchange.ended_by in {"answer", "fault"}
        return self.ended if told and self.ended - self.started <= PROMPT else self.started

    @property
    def succeeded(self) -> bool:
        """Whether the caller received a whole, untouched, successful answer."""
        seen = self.exchange
        return seen is not None and seen.answered and (seen.status or 0) < 400 and not seen.faults

    @property
    def refused_credential(self) -> bool:
        """Whether the CRM did not take what the caller proved itself with."""
        seen = self.exchange
        return (
            seen is not None
            and seen.credential is not None
            and seen.credential.state in {"expired", "revoked"}
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """The attempts of a run by call id; `shared` ones may be any open call's, `free` ones nobody's (timers, queues)."""

    by_call: Mapping[int, tuple[Attempt, ...]] = field(default_factory=dict)
    shared: tuple[Attempt, ...] = ()
    free: tuple[Attempt, ...] = ()

    def of(self, call: Call) -> tuple[Attempt, ...]:
        """The attempts that are certainly this call's."""
        return self.by_call.get(call.id, ())

    def while_open(self, call: Call) -> tuple[Attempt, ...]:
        """Those that started before the call's outcome stood; a queue delivers later, by design."""
        end = float("inf") if call.ended is None else call.ended
        return tuple(attempt for attempt in self.of(call) if attempt.started <= end)

    def chains(self, call: Call) -> tuple[tuple[Attempt, ...], ...]:
        """The open call's tries of one thing each: every attempt but the last of a chain failed."""
        return tuple(chains(self.while_open(call)))


def attribute(journal: Journal) -> Attribution:
    """Give each attempt of a run to its call, as far as that is certain."""
    desk = _Desk(journal)
    for attempt in sorted(_attempts(journal), key=lambda a: a.started):
        desk.take(attempt)
    return Attribution(
        by_call={number: _with_replays(found) for number, found in desk.by_call.items()},
        shared=tuple(desk.shared),
        free=tuple(desk.free),
    )


def chains(attempts: Sequence[Attempt], *, together: bool = False) -> Iterator[tuple[Attempt, ...]]:
    """Split attempts into tries of one thing each; a clean success ends a chain, so reading twice is no retry.

    With `together` the first address and the spare are one CRM, as they are to what is written.
    """
    groups: dict[tuple[object, ...], list[Attempt]] = {}
    for attempt in attempts:
        groups.setdefault(attempt.key[:-1] if together else attempt.key, []).append(attempt)
    for group in groups.values():
        yield from _split(group)


def counted(chain: Iterable[Attempt]) -> tuple[Attempt, ...]:
    """The attempts of a chain that count against a promise.

    A library's own replay counts with its original, and so do the one that a refused token was followed by with another
    token, and the one to which a redirect led.
    """
    kept: list[Attempt] = []
    for attempt in chain:
        if kept and _goes_with(kept[-1], attempt):
            kept[-1] = attempt
        else:
            kept.append(attempt)
    return tuple(kept)


def gaps(chain: Sequence[Attempt]) -> tuple[float, ...]:
    """Seconds from the end of one counted attempt to the start of the next, rather too many than too few."""
    found = []
    for earlier, later in pairwise(chain):
        if not _goes_with(earlier, later) and earlier.given_up is not None:
            found.append(max(0.0, later.started - earlier.given_up))
    return tuple(found)


def _goes_with(earlier: Attempt, later: Attempt) -> bool:
    return later.replay or _renewed(earlier, later) or _led_on(earlier)


def _led_on(attempt: Attempt) -> bool:
    # The CRM itself asked for the next one; libraries follow 10 to 30 redirects.
    seen = attempt.exchange
    return seen is not None and seen.answered and seen.status in _ELSEWHERE


def _renewed(earlier: Attempt, later: Attempt) -> bool:
    return earlier.refused_credential and _credential(earlier) != _credential(later)


def _credential(attempt: Attempt) -> str | None:
    seen = attempt.exchange
    return seen.credential.name if seen and seen.credential else None


def _split(group: Sequence[Attempt]) -> Iterator[tuple[Attempt, ...]]:
    chain: list[Attempt] = []
    for attempt in group:
        chain.append(attempt)
        if attempt.succeeded:
            yield tuple(chain)
            chain = []
    if chain:
        yield tuple(chain)


def _attempts(journal: Journal) -> Iterator[Attempt]:
    for seen in journal.exchanges:
        if not seen.stray and seen.purpose in {"operation", "other"}:
            yield Attempt(
                started=seen.started,
                ended=seen.ended,
                exchange=seen,
                connection=seen.connection,
                spare=seen.spare,
            )
    for connection in journal.connections:
        if connection.exchanges == 0 and not connection.spare and _broken(connection, journal):
            started = connection.first_byte or connection.accepted
            yield Attempt(started=started, ended=connection.closed, connection=connection.id)


def _broken(connection: Connection, journal: Journal) -> bool:
    below = (fault for fault in journal.faults if fault.place in _BELOW_HTTP)
    return any(fault.started <= connection.accepted < fault.ended for fault in below)


def _key(seen: Exchange) -> Key:
    what = seen.operation or seen.target.partition("?")[0]
    return (seen.method, what, tuple(sorted(seen.path_params.items())), seen.cursor, seen.spare)


def _with_replays(attempts: Sequence[Attempt]) -> tuple[Attempt, ...]:
    found: list[Attempt] = []
    for attempt in attempts:
        earlier = next((a for a in reversed(found) if a.key == attempt.key), None)
        replay = earlier is not None and _is_replay(earlier, attempt)
        found.append(
            Attempt(
                started=attempt.started,
                ended=attempt.ended,
                exchange=attempt.exchange,
                connection=attempt.connection,
                replay=replay,
                spare=attempt.spare,
            )
        )
    return tuple(found)


def _is_replay(earlier: Attempt, later: Attempt) -> bool:
    """Whether an HTTP library sent it by itself: at once, after a connection that ended without a byte of an answer.

    Go and Java do so as long as the connection that died was a reused one, aiohttp once after a new one, too. Go repeats
    a POST as well, where it has a key that makes it safe.
    """
    first, second = earlier.exchange, later.exchange
    if earlier.ended is None or later.started - earlier.ended > REPLAY_WITHIN:
        return False
    if first is None or second is None:
        return first is second and not earlier.replay
    if first.status is not None or first.connection == second.connection:
        return False
    if first.method not in IDEMPOTENT:
        return first.position > 0 and first.idempotency_key == second.idempotency_key is not None
    return first.position > 0 or not earlier.replay


class _Desk:
    """Gives attempts to calls, in the order of certainty of JUDGING.md."""

    def __init__(self, journal: Journal) -> None:
        self._markers = {call.marker: call for call in journal.calls if call.marker}
        self._coming = sorted(journal.calls, key=lambda call: call.started, reverse=True)
        self._under_way: list[Call] = []
        self._waiting = tuple(_waiting(journal))
        self._keys: dict[str, int] = {}
        self._traces: dict[str, int] = {}
        self.by_call: dict[int, list[Attempt]] = {}
        self.shared: list[Attempt] = []
        self.free: list[Attempt] = []

    def take(self, attempt: Attempt) -> None:
        """Take the next attempt; they come in the order in which they began."""
        open_calls = self._open_at(attempt.started)
        owner = self._named(attempt, open_calls)
        if attempt.exchange is None and any(
            since <= attempt.started < until for since, until in self._waiting
        ):
            open_calls = []  # A queue that has something to deliver opens connections, too.
        if owner is None and len(open_calls) == 1:
            owner = open_calls[0].id
        if owner is not None:
            self._give(owner, attempt)
        else:
            (self.shared if open_calls else self.free).append(attempt)

    def _open_at(self, moment: float) -> list[Call]:
        # One monotonic clock serves every process, and both ends of a call are stamped on the caller's side.
        while self._coming and self._coming[-1].started <= moment:
            self._under_way.append(self._coming.pop())
        self._under_way = [call for call in self._under_way if call.ended is None or moment <= call.ended]
        return self._under_way

    def _named(self, attempt: Attempt, open_calls: Sequence[Call]) -> int | None:
        seen = attempt.exchange
        if seen is None:
            return None
        marked = next((self._markers[m].id for m in seen.markers if m in self._markers), None)
        if marked is not None:
            return marked
        holders = [call.id for call in open_calls if set(call.records) & set(seen.path_params.values())]
        if len(holders) == 1:
            return holders[0]
        return self._keys.get(seen.idempotency_key or "") or self._traced(seen, open_calls)

    def _traced(self, seen: Exchange, open_calls: Sequence[Call]) -> int | None:
        """The call of a trace; some callers have one trace for all that they do, which tells nothing of later calls."""
        owner = self._traces.get(_trace(seen))
        return owner if not open_calls or any(call.id == owner for call in open_calls) else None

    def _give(self, owner: int, attempt: Attempt) -> None:
        self.by_call.setdefault(owner, []).append(attempt)
        if (seen := attempt.exchange) is not None:
            if seen.idempotency_key:
                self._keys.setdefault(seen.idempotency_key, owner)
            if trace := _trace(seen):
                self._traces.setdefault(trace, owner)


def _waiting(journal: Journal) -> Iterator[tuple[float, float]]:
    """When a write that its user believes in was not yet in the CRM."""
    arrived: dict[str, float] = {}
    for entry in journal.ledger:
        for marker in entry.markers:
            arrived.setdefault(marker, entry.at)
    for call in journal.calls:
        if call.effect is Effect.WRITE and call.outcome.accepted and call.ended is not None:
            # One that was told ok and has no trace at all is no queue's: a deletion carries no marker.
            never = call.ended if call.outcome is Outcome.OK else float("inf")
            yield call.ended, arrived.get(call.marker or "", never)


def _trace(seen: Exchange) -> str:
    # W3C Trace Context: version-traceid-parentid-flags; one trace is one logical request.
    parts = (seen.traceparent or "").split("-")
    return parts[1] if len(parts) == 4 else ""
