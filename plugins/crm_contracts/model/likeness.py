"""Whether two values say the same: lists in any order, and less what changes by itself."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import combinations

from crm_contracts.model.json import JSON
from crm_contracts.model.shape import DEEPEST


class Nothing(Enum):
    """What stands where nothing stands, which is not the same as null."""

    HERE = "nothing"


Found = JSON | Nothing

_CLOCK = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\d\d:\d\d:\d\d")
_EPOCH = (1e9, 1e14)
"""Seconds to microseconds since 1970, from 2001 on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A place at which two values differ; `[]` in its path is an entry of a list."""

    path: str
    first: Found
    second: Found


def differences(first: Found, second: Found, path: str = "$", depth: int = 0) -> Iterator[Difference]:
    """Where two values differ.

    >>> [found.path for found in differences({"a": [1, 2], "b": 1}, {"a": [2, 1], "b": 2})]
    ['$.b']
    """
    if depth > DEEPEST or _same(first, second) or _are_times(first, second):
        return
    if isinstance(first, dict) and isinstance(second, dict):
        for name in {**first, **second}:
            here, there = first.get(name, Nothing.HERE), second.get(name, Nothing.HERE)
            yield from differences(here, there, f"{path}.{name}", depth + 1)
    elif isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        for one, other in _unpaired(first, second):
            yield from differences(one, other, f"{path}[]", depth + 1)
    else:
        yield Difference(path=path, first=first, second=second)


def volatile(values: Sequence[JSON]) -> frozenset[str]:
    """The places at which values of the same thing differ by themselves: counters, request ids, moments.

    A place that is filled in one and empty in another is none of them: nothing empties itself.
    """
    pairs = combinations(_distinct(values), 2)
    return frozenset(
        found.path
        for one, other in pairs
        for found in differences(one, other)
        if is_empty(found.first) == is_empty(found.second)
    )


def without(value: JSON, paths: Collection[str], path: str = "$", depth: int = 0) -> JSON:
    """The same value less these places.

    >>> without({"id": 1, "rows": [{"at": 3}]}, {"$.rows[].at"})
    {'id': 1, 'rows': [{}]}
    """
    if not paths or depth > DEEPEST:
        return value
    if isinstance(value, dict):
        inside = ((name, f"{path}.{name}") for name in value)
        kept = ((name, where) for name, where in inside if where not in paths)
        return {name: without(value[name], paths, where, depth + 1) for name, where in kept}
    if isinstance(value, list):
        where = f"{path}[]"
        return [] if where in paths else [without(entry, paths, where, depth + 1) for entry in value]
    return value


def is_empty(value: Found) -> bool:
    """Whether nothing is said: absent, null, or an empty text, list or object."""
    return value is Nothing.HERE or value is None or value in ("", [], {})


def leaves(value: JSON, depth: int = 0) -> Iterator[JSON]:
    """Every text, number and boolean in a value."""
    inside: Iterable[JSON] = ()
    if isinstance(value, dict):
        inside = value.values()
    elif isinstance(value, list):
        inside = value
    elif value is not None:
        yield value
    for entry in inside if depth < DEEPEST else ():
        yield from leaves(entry, depth + 1)


def canonical(value: Found) -> str:
    """One text for values that say the same."""
    if isinstance(value, Nothing):
        return ""
    try:
        return _text(_ordered(value))
    except RecursionError:
        return repr(type(value))


def _text(value: JSON) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)


def _ordered(value: JSON, depth: int = 0) -> JSON:
    if depth > DEEPEST:
        return None
    if isinstance(value, dict):
        return {name: _ordered(entry, depth + 1) for name, entry in value.items()}
    if isinstance(value, list):
        return sorted((_ordered(entry, depth + 1) for entry in value), key=_text)
    # 1 and 1.0 are one number in JSON.
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _same(first: Found, second: Found) -> bool:
    return canonical(first) == canonical(second) and (first is Nothing.HERE) == (second is Nothing.HERE)


def _unpaired(first: Sequence[JSON], second: Sequence[JSON]) -> Iterator[tuple[JSON, JSON]]:
    """The entries of both lists that have no equal in the other, in order."""
    left = [canonical(entry) for entry in second]
    rest: list[JSON] = []
    for entry in first:
        text = canonical(entry)
        if text in left:
            left.remove(text)
        else:
            rest.append(entry)
    others = []
    for entry in second:
        text = canonical(entry)
        if text in left:
            left.remove(text)
            others.append(entry)
    yield from zip(rest, others, strict=True)


def _distinct(values: Sequence[JSON]) -> list[JSON]:
    return list({canonical(value): value for value in values}.values())[:8]


def _are_times(first: Found, second: Found) -> bool:
    """Two moments, told as texts or as seconds since 1970: those differ from call to call."""
    if isinstance(first, str) and isinstance(second, str):
        return bool(_CLOCK.search(first) and _CLOCK.search(second))
    return _is_epoch(first) and _is_epoch(second)


def _is_epoch(value: Found) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and _EPOCH[0] <= float(value) <= _EPOCH[1]  # type: ignore[arg-type]
