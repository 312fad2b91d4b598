"""Changes in groups: what is said of several operations is said once."""

from collections.abc import Iterable
from dataclasses import dataclass

from crm_contracts.changes.change import Change, Direction
from crm_contracts.changes.hits import Hit, hits
from crm_contracts.changes.usage import Use
from crm_contracts.model.language import _

MOST = 4
"""So many operations of one change are named; of more, how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One sentence about one or more operations, and whom it hits."""

    sentence: str
    breaking: bool
    direction: Direction
    operations: tuple[str, ...]
    hits: tuple[Hit, ...]

    @property
    def place(self) -> str:
        """Where it is, in words."""
        names = list(self.operations[:MOST])
        if len(self.operations) > MOST:
            names.append(_("{count} more").format(count=len(self.operations) - MOST))
        told = ", ".join(names)
        if self.direction is Direction.TERMS:
            return ""
        if self.direction is Direction.RESPONSE:
            return _("answer of {operations}").format(operations=told)
        return _("request of {operations}").format(operations=told)

    @property
    def text(self) -> str:
        """The whole sentence."""
        return f"{self.place}: {self.sentence}" if self.place else self.sentence


def told(changes: Iterable[Change], uses: tuple[Use, ...]) -> tuple[Told, ...]:
    """Return changes with those whom they hit; equal sentences about several operations are one."""
    groups: dict[tuple[str, bool, Direction], list[Change]] = {}
    for change in changes:
        groups.setdefault((change.sentence, change.breaking, change.direction), []).append(change)
    return tuple(
        Told(
            sentence=sentence,
            breaking=breaking,
            direction=direction,
            operations=tuple(dict.fromkeys(one.operation for one in group if one.operation)),
            hits=_joined(hit for one in group for hit in hits(one, uses)),
        )
        for (sentence, breaking, direction), group in groups.items()
    )


def _joined(found: Iterable[Hit]) -> tuple[Hit, ...]:
    by_name: dict[str, Hit] = {}
    for hit in found:
        known = by_name.get(hit.consumer.name)
        by_name[hit.consumer.name] = hit if known is None else _both(known, hit)
    return tuple(by_name.values())


def _both(one: Hit, other: Hit) -> Hit:
    calls = tuple(dict.fromkeys((*one.calls, *other.calls)))
    return Hit(
        consumer=one.consumer,
        calls=calls,
        sure=one.sure or other.sure,
        promises=one.promises or other.promises,
    )
