"""What one run has seen so far: connections, exchanges, grants, leaks and alerts."""

from dataclasses import dataclass, replace
from pathlib import Path

from crm_contracts.lab import spill
from crm_contracts.lab.clock import Clock
from crm_contracts.lab.draft import Draft
from crm_contracts.lab.spill import Spill
from crm_contracts.model.exchange import (
    ClosedBy,
    Connection,
    Exchange,
    Grant,
    Handshake,
    LedgerEntry,
)
from crm_contracts.model.journal import Alert, Leak

MOST_LEAKS = 1000
"""So many findings of leaked secrets are kept of one run; more would say nothing new."""


NEWEST = 1000
"""So many of the newest connections are looked at for one that ended without a request, whenever somebody watches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """Everything that the CRM's side of one run saw; all times are real stamps. `trouble` is a failure of the lab."""

    connections: tuple[Connection, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    grants: tuple[Grant, ...] = ()
    ledger: tuple[LedgerEntry, ...] = ()
    leaks: tuple[Leak, ...] = ()
    alerts: tuple[Alert, ...] = ()
    trouble: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How far somebody who watches has seen: so many exchanges and alerts, and what was closed until `at`."""

    exchanges: int = 0
    alerts: int = 0
    at: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What was finished since a mark, in order of its end, and the mark from which to go on."""

    mark: Mark
    exchanges: tuple[Exchange, ...] = ()
    connections: tuple[Connection, ...] = ()
    alerts: tuple[Alert, ...] = ()
    trouble: str | None = None


class Line:
    """A connection while it is open, and its record afterwards."""

    __slots__ = (
        "accepted",
        "closed",
        "closed_by",
        "exchanges",
        "first_byte",
        "handshake",
        "id",
        "received",
        "sent",
        "spare",
    )

    def __init__(self, number: int, accepted: float, *, spare: bool = False) -> None:
        self.id = number
        self.accepted = accepted
        self.spare = spare
        self.first_byte: float | None = None
        self.closed: float | None = None
        self.closed_by: ClosedBy | None = None
        self.received = 0
        self.sent = 0
        self.exchanges = 0
        self.handshake: Handshake | None = None

    def close(self, stamp: float, by: ClosedBy) -> None:
        """Write down who closed it; only the first close counts."""
        if self.closed is None:
            self.closed, self.closed_by = stamp, by

    def value(self) -> Connection:
        """Return the connection as it stands."""
        return Connection(
            id=self.id,
            accepted=self.accepted,
            first_byte=self.first_byte,
            closed=self.closed,
            closed_by=self.closed_by,
            received=self.received,
            sent=self.sent,
            exchanges=self.exchanges,
            handshake=self.handshake,
            spare=self.spare,
        )


class Recorder:
    """Takes down what is seen, compactly; values are made when `observed` asks for them."""

    def __init__(self, clock: Clock, folder: Path | None = None) -> None:
        self.clock = clock
        self.trouble: str | None = None
        self.exchanges = 0
        self.by_the_spare = 0
        self.token_requests = 0
        self._lines: dict[int, Line] = {}
        self._numbers = 0
        self._seen: list[Draft | Exchange | int] = []
        self._open: dict[int, Draft] = {}
        self._bytes = 0
        self._spill = Spill(folder)
        self._grants: list[Grant] = []
        self._leaks: list[Leak] = []
        self._alerts: list[Alert] = []

    @property
    def by_the_first(self) -> int:
        """How many exchanges came by the first address, where the faults are."""
        return self.exchanges - self.by_the_spare

    def line(self, *, spare: bool = False) -> Line:
        """A connection was accepted; it counts once it is admitted, for it may be our own probe's."""
        self._numbers += 1
        return Line(self._numbers, self.clock.stamp(), spare=spare)

    def admit(self, line: Line) -> None:
        """The connection is a caller's."""
        self._lines[line.id] = line

    def begin(self, line: Line, started: float) -> Draft:
        """A request has arrived, or what there was of it."""
        self.exchanges += 1
        self.by_the_spare += line.spare
        draft = Draft(self.exchanges, line.id, line.exchanges, started)
        draft.spare = line.spare
        line.exchanges += 1
        self._open[draft.id] = draft
        return draft

    def finish(self, draft: Draft) -> None:
        """Nothing more will be known of this exchange."""
        if self._open.pop(draft.id, None) is None:
            return
        if self._bytes > spill.THRESHOLD:
            self._seen.append(self._spill.put(draft))
            return
        self._bytes += len(draft.head) + _length(draft.body) + len(draft.answer_head) + _length(draft.answer)
        self._seen.append(draft)

    def grant(self, draft: Draft, grant: Grant) -> None:
        """The token endpoint has decided; `delivered` is told later."""
        draft.grant = len(self._grants)
        self._grants.append(grant)
        self.token_requests += 1

    def grant_of(self, draft: Draft) -> Grant:
        """What the token endpoint decided in this exchange."""
        assert draft.grant is not None
        return self._grants[draft.grant]

    def delivered(self, draft: Draft) -> None:
        """The answer of a token request has left as a whole."""
        if draft.grant is not None:
            grant = self._grants[draft.grant]
            self._grants[draft.grant] = replace(grant, delivered=self.clock.stamp())

    def leak(self, name: str, where: str) -> None:
        """A secret stood where it does not belong."""
        if len(self._leaks) < MOST_LEAKS:
            self._leaks.append(Leak(name=name, where=where, at=self.clock.stamp()))

    def alert(self, text: str) -> None:
        """The caller sent an alert."""
        self._alerts.append(Alert(at=self.clock.stamp(), text=text))

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """The alerts that came so far."""
        return tuple(self._alerts)

    def fail(self, trouble: str) -> None:
        """The lab itself failed; only the first failure is told."""
        self.trouble = self.trouble or trouble

    def observed(self, ledger: tuple[LedgerEntry, ...]) -> Observed:
        """Return all that was seen so far, each kind in order of time."""
        for place, seen in enumerate(self._seen):
            self._seen[place] = self._value(seen)
        exchanges = [seen for seen in self._seen if isinstance(seen, Exchange)]
        exchanges += [draft.value() for draft in self._open.values()]
        exchanges.sort(key=_started)
        return Observed(
            connections=tuple(self._lines[number].value() for number in sorted(self._lines)),
            exchanges=tuple(exchanges),
            grants=tuple(self._grants),
            ledger=tuple(replace(entry, at=self.clock.real(entry.at)) for entry in ledger),
            leaks=tuple(self._leaks),
            alerts=tuple(self._alerts),
            trouble=self.trouble,
        )

    def since(self, mark: Mark) -> News:
        """Return what was finished since a mark: exchanges, alerts, and connections that ended without a request."""
        now = self.clock.stamp()
        newest = range(max(1, self._numbers - NEWEST), self._numbers + 1)
        lines = (line for number in newest if (line := self._lines.get(number)))
        bare = [line for line in lines if not line.exchanges and mark.at < (line.closed or 0.0) <= now]
        return News(
            mark=Mark(exchanges=len(self._seen), alerts=len(self._alerts), at=now),
            exchanges=tuple(self._value(seen) for seen in self._seen[mark.exchanges :]),
            connections=tuple(line.value() for line in bare),
            alerts=tuple(self._alerts[mark.alerts :]),
            trouble=self.trouble,
        )

    def close(self) -> None:
        """Let go of the disk."""
        self._spill.close()

    def _value(self, seen: Draft | Exchange | int) -> Exchange:
        if isinstance(seen, Exchange):
            return seen
        draft = self._spill.get(seen) if isinstance(seen, int) else seen
        return draft.value()


def _started(exchange: Exchange) -> float:
    return exchange.started


def _length(body: object) -> int:
    return len(body) if isinstance(body, bytes) else 4096
