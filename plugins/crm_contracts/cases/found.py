"""What a search found: one answer that a caller did not bear, with all that is needed to tell of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from crm_contracts.model.case import Seen, Served
from crm_contracts.model.exchange import Answer
from crm_contracts.model.json import JSON
from crm_contracts.model.verdict import NotRun
from crm_contracts.run.case_judge import Blame

Pointer = tuple[str | int, ...]
Why = Literal["value", "missing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A place of an answer that decides: with the CRM's own value there, the caller bears it."""

    pointer: Pointer
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One failure. `own` is the CRM's own answer, `mutation` the name of what was done to it, and
    `place` where (None: a valid answer).

    `failed` of `asked` cases ended so.
    """

    check: str
    blame: Blame
    served: Served
    seen: Seen
    own: Answer | None = None
    mutation: str | None = None
    place: int = 0
    marks: tuple[Mark, ...] = ()
    failed: int = 1
    asked: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What came of one item: failures, checks that passed, doubts with their reasons, and what could not be asked."""

    found: tuple[Found, ...] = ()
    passed: tuple[str, ...] = ()
    doubts: tuple[tuple[str, str], ...] = ()
    not_run: tuple[NotRun, ...] = ()
    cases: int = 0


def at(value: JSON, pointer: Sequence[str | int]) -> tuple[JSON, ...]:
    """What stands at a place; nothing where there is no such place.

    >>> at({"a": [1]}, ("a", 0)), at({}, ("a",))
    ((1,), ())
    """
    for step in pointer:
        if isinstance(value, dict) and step in value:
            value = value[str(step)]
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return ()
    return (value,)


def put(value: JSON, pointer: Sequence[str | int], new: JSON) -> JSON:
    """The same value with another thing at one place.

    >>> put({"a": [1, 2]}, ("a", 1), 3)
    {'a': [1, 3]}
    """
    if not pointer:
        return new
    step, rest = pointer[0], pointer[1:]
    if isinstance(value, dict):
        return {**value, str(step): put(value.get(str(step)), rest, new)}
    if isinstance(value, list) and isinstance(step, int):
        return [put(entry, rest, new) if place == step else entry for place, entry in enumerate(value)]
    return value
