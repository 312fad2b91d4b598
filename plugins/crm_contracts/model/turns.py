"""The turns of a breaker: calls of one kind, one after another, with their attempts at one operation."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from crm_contracts.model.attempts import Attempt, Attribution, counted
from crm_contracts.model.call import Call, Phase, is_well
from crm_contracts.model.journal import Journal
from crm_contracts.model.promises import Breaker
from crm_contracts.model.usual import Usual

TOLERANCE = 0.02
"""Seconds that our stamps and the caller's timer may be apart, beside 2 % of the time that a breaker stays open."""
UNSEEN = 0.25
"""Seconds that may pass between a breaker's consent and the first byte, where the call is not known whose it was."""

Probe = tuple[float, Attempt]
"""An attempt, and since when its breaker may have let it through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One call and its attempts at one operation; `seen` tells whether others' attempts may be its own."""

    call: Call
    tried: tuple[Attempt, ...]
    well: bool
    doubtful: bool

    @property
    def failed(self) -> bool:
        """Whether every attempt failed, as far as that is certain: answered late is no failure to a call that was well."""
        if not self.tried or any(attempt.succeeded for attempt in self.tried):
            return False
        return not self.well or all(map(_surely_failed, self.tried))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """The turns of one kind of call at one operation, while the faults were on and since."""

    name: str
    turns: tuple[Turn, ...]
    later: tuple[Turn, ...]

    @property
    def failures(self) -> list[Turn]:
        return [turn for turn in self.turns if turn.failed]

    @property
    def went_well(self) -> bool:
        return any(attempt.succeeded for turn in self.turns for attempt in turn.tried)

    @property
    def quiet(self) -> list[Turn]:
        """Calls that were refused without any attempt."""
        return [turn for turn in self.turns if not turn.tried and not turn.doubtful and not turn.well]

    @property
    def refuses(self) -> bool:
        """Whether it stopped asking the CRM after it had failed."""
        first = min((turn.call.ended or 0.0 for turn in self.failures), default=float("inf"))
        return any(turn.call.started >= first for turn in self.quiet)

    def open_from(self, promise: Breaker) -> float | None:
        """When it is known to be open: since it had to be, or since a call was refused without an attempt."""
        first = min((turn.call.ended or 0.0 for turn in self.failures), default=float("inf"))
        known = [turn.call.started for turn in self.quiet if turn.call.started >= first]
        return min((*known, opened)) if (opened := self.opened(promise)) else min(known, default=None)

    @property
    def doubtful(self) -> bool:
        return any(turn.doubtful for turn in self.turns)

    def opened(self, promise: Breaker) -> float | None:
        """When it has to be open: at the end of the call after that with which the failures in a row were reached."""
        count = 0
        for turn in sorted(self.turns, key=lambda turn: turn.call.ended or float("inf")):
            if turn.call.ended is None or any(attempt.succeeded for attempt in turn.tried):
                count = 0
            elif turn.failed:
                if count >= promise.opens_after:
                    return turn.call.ended
                count += 1 if promise.counts == "calls" else len(counted(turn.tried))
        return None

    def too_many(self, promise: Breaker) -> tuple[Attempt, ...]:
        """Attempts after the opening, of more probes than promised, that began too near to each other."""
        if (opened := self.opened(promise)) is None:
            return ()
        tries = tuple(self._after(opened, promise))
        return crowd(tries, promise.probes, promise.half_open_after)

    def _after(self, opened: float, promise: Breaker) -> Iterator[Probe]:
        found = list[Probe]()
        for turn in sorted((*self.turns, *self.later), key=lambda turn: turn.call.started):
            if turn.call.started <= opened or not turn.tried:
                continue
            if not turn.failed:
                break
            tries = counted(turn.tried)
            # The breaker let it through some time between the call's start, or the last attempt's, and its first byte here.
            since = (turn.call.started, *(attempt.started for attempt in tries))
            probes = list(zip(since, tries, strict=False))
            found += probes if promise.counts == "attempts" else probes[:1]
        yield from sorted(found, key=lambda probe: probe[1].started)


def kinds(journal: Journal, whose: Attribution, well: Usual) -> Iterator[Kind]:
    """Every kind of call of `during` at each of its operations, but those that ask several things of a kind at once."""
    names = dict.fromkeys((call.name, call.does) for call in journal.calls_in(Phase.DURING))
    for name, does in names:
        for operation in dict.fromkeys(does):
            during = tuple(_turns(name, operation, journal.calls_in(Phase.DURING), whose, journal))
            tries = [attempt for turn in during for attempt in turn.tried]
            if any(well.of_a_kind(turn.call, tries[0]) > 1 for turn in during if tries):
                continue  # Several requests of a kind in each call: none of them can be told from a retry.
            later = tuple(
                _turns(name, operation, journal.calls_in(Phase.SETTLE, Phase.AFTER), whose, journal)
            )
            yield Kind(name=name, turns=during, later=later)


def _turns(
    name: str, operation: str, calls: Iterable[Call], whose: Attribution, journal: Journal
) -> Iterator[Turn]:
    for call in calls:
        if call.name == name:
            tried = tuple(a for a in whose.while_open(call) if _is_for(a, operation, call))
            yield Turn(
                call=call,
                tried=tried,
                well=is_well(call, journal.calls),
                doubtful=_may_have_more(call, whose),
            )


def _is_for(attempt: Attempt, operation: str, call: Call) -> bool:
    """Whether it was for the operation; what was broken off before it could be read is for the only one of its call."""
    if attempt.spare:
        return False  # The breaker stands before the first address.
    seen = attempt.exchange
    if seen is None or (seen.operation is None and not seen.complete):
        return len(set(call.does)) == 1
    return seen.operation == operation


def _may_have_more(call: Call, whose: Attribution) -> bool:
    end = float("inf") if call.ended is None else call.ended
    return any(call.started <= attempt.started <= end for attempt in whose.shared)


def _surely_failed(attempt: Attempt) -> bool:
    seen = attempt.exchange
    return seen is None or seen.status is None or seen.status >= 500


def crowd(probes: Sequence[Probe], most: int, span: float) -> tuple[Attempt, ...]:
    """The first attempts that are more than `most` within a span of so many seconds, from start to start; none: empty."""
    for (since, first), (_since, one_more) in zip(probes, probes[most:], strict=False):
        if one_more.started - since < span * 0.98 - TOLERANCE:
            return tuple(a for since, a in probes if first.started <= a.started <= one_more.started)
    return ()


def crowd_in_sum(
    journal: Journal, whose: Attribution, promise: Breaker, attempts: int
) -> tuple[Attempt, ...]:
    """The same of attempts that may be any open call's: as many as all kinds of calls together may make.

    Each kind may fail as often as promised and once more, with all the attempts of a call, and each may send a probe.
    """
    calls = journal.calls_in(Phase.DURING)
    share = len({call.name for call in calls}) * (attempts if promise.counts == "calls" else 1)
    shared = [attempt for attempt in whose.shared if not attempt.spare]
    for key in {attempt.key[:2] for attempt in shared}:
        tries = _failing([a for a in shared if a.key[:2] == key])
        enough = tries[(promise.opens_after + 1) * share :]
        if enough:
            since = max((c.ended or c.started for c in calls if c.started <= enough[0].started), default=0.0)
            probes = [(a.started - UNSEEN, a) for a in enough if a.started > since]
            if many := crowd(probes, promise.probes * share, promise.half_open_after):
                return many
    return ()


def _failing(tries: Sequence[Attempt]) -> list[Attempt]:
    """Those before the first that went well."""
    well = next((n for n, attempt in enumerate(tries) if attempt.succeeded), len(tries))
    return list(tries[:well])
