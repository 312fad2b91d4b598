"""How much a call asks of the CRM when all is well: one that reads seven lists retries none of them by doing so."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from crm_contracts.model.attempts import Attempt, Attribution
from crm_contracts.model.call import Call, Phase
from crm_contracts.model.consumer import Outcome
from crm_contracts.model.journal import Journal

Kind = tuple[str, str]
Most = Mapping[tuple[str, Kind], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """The most requests that a call of each name made while no fault was on and it was ok.

    `tries` counts those that cannot be told from tries of one thing, `alike` those that are the same to the letter of
    their address, `kinds` those of one method and operation, `total` all.
    """

    tries: Most = field(default_factory=dict)
    alike: Most = field(default_factory=dict)
    kinds: Most = field(default_factory=dict)
    total: Mapping[str, int] = field(default_factory=dict)

    def of_one_thing(self, call: Call, attempt: Attempt) -> int:
        """How many requests with the attempt's key such a call makes, at least one."""
        if attempt.exchange is None:
            return self.of_a_kind(call, attempt)
        return max(1, self.tries.get((call.name, attempt.key[:2]), 0), call.does.count(attempt.key[1]))

    def of_one_address(self, call: Call, attempt: Attempt) -> int:
        """How many requests with the attempt's key and address such a call makes, at least one."""
        if attempt.exchange is None:
            return self.of_a_kind(call, attempt)
        return max(1, self.alike.get((call.name, attempt.key[:2]), 0))

    def of_a_kind(self, call: Call, attempt: Attempt) -> int:
        """How many requests for the attempt's operation such a call makes; a bare connection may be for any of them."""
        if attempt.exchange is None:
            return max(1, len(call.does), self.total.get(call.name, 0))
        return max(1, self.kinds.get((call.name, attempt.key[:2]), 0), call.does.count(attempt.key[1]))


def usual(journal: Journal, whose: Attribution) -> Usual:
    """Learn from the calls that were ok before the faults came and after they were gone."""
    tries, alike, kinds = (
        Counter[tuple[str, Kind]](),
        Counter[tuple[str, Kind]](),
        Counter[tuple[str, Kind]](),
    )
    total = Counter[str]()
    for call in journal.calls:
        if call.phase is Phase.DURING or call.outcome is not Outcome.OK:
            continue
        seen = [attempt for attempt in whose.while_open(call) if attempt.succeeded]
        total[call.name] = max(total[call.name], len(seen))
        _learn(tries, call, ((a.key[:2], a.key) for a in seen))
        _learn(alike, call, ((a.key[:2], (a.key, a.target)) for a in seen))
        _learn(kinds, call, ((a.key[:2], None) for a in seen))
    return Usual(tries=tries, alike=alike, kinds=kinds, total=total)


def by_address(chain: Iterable[Attempt]) -> Iterator[tuple[Attempt, ...]]:
    """Split a chain by the address to the letter, its query included."""
    groups: dict[str, list[Attempt]] = {}
    for attempt in chain:
        groups.setdefault(attempt.target, []).append(attempt)
    yield from map(tuple, groups.values())


def _learn(most: Counter[tuple[str, Kind]], call: Call, seen: Iterable[tuple[Kind, object]]) -> None:
    for (kind, _which), times in Counter(seen).items():
        most[call.name, kind] = max(most[call.name, kind], times)
