"""The shape of values: which fields they have, and of which JSON type.

Learned from several values, so that what one of them lacks counts as optional. Every doubt makes a shape wider.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from crm_contracts.model.json import JSON

DEEPEST = 60
"""Levels that are looked at; no page for people is deeper, and a hostile answer may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What may stand at one place: its JSON types, the fields of its objects, and the entries of its lists.

    `always` are the fields that every object had. Of an object whose names are data (ids, days) only the entries are kept.
    """

    kinds: frozenset[str] = frozenset()
    fields: Mapping[str, "Shape"] = field(default_factory=dict)
    always: frozenset[str] = frozenset()
    entries: "Shape | None" = None
    keyed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """A place at which a value is not as a shape says; `found` is None where nothing stands there."""

    path: str
    wanted: tuple[str, ...]
    found: str | None


def kind_of(value: JSON) -> str:
    """The JSON type of a value.

    >>> kind_of(1.5), kind_of(True), kind_of([]), kind_of(None)
    ('number', 'boolean', 'list', 'null')
    """
    if value is None:
        return "null"
    kinds = ((bool, "boolean"), (int | float, "number"), (str, "string"), (list, "list"))
    return next((name for types, name in kinds if isinstance(value, types)), "object")


def shape_of(values: Iterable[JSON], depth: int = 0) -> Shape:
    """What these values have in common.

    >>> sorted(shape_of([{"id": "a", "note": None}, {"id": "b"}]).always)
    ['id']
    """
    found = list(values)
    kinds = frozenset(map(kind_of, found))
    if depth >= DEEPEST:
        return Shape(kinds=kinds)
    objects = [value for value in found if isinstance(value, dict)]
    below = [entry for value in found if isinstance(value, list) for entry in value]
    keyed = any(_is_keyed(value) for value in objects)
    if keyed:
        below += [entry for value in objects for entry in value.values()]
        objects = []
    return Shape(
        kinds=kinds,
        fields={name: _of_field(name, objects, depth) for value in objects for name in value},
        always=frozenset.intersection(*map(frozenset, objects)) if objects else frozenset(),
        entries=shape_of(below, depth + 1) if below else None,
        keyed=keyed,
    )


def departures(shape: Shape, value: JSON, path: str = "$") -> Iterator[Departure]:
    """Where a value lacks what the shape always has, or has it with another type.

    More fields are a compatible change, and a null or an empty list may stand for anything.
    """
    kind = kind_of(value)
    if value is None or not shape.kinds - {"null"}:
        return
    if kind not in shape.kinds:
        yield Departure(path=path, wanted=tuple(sorted(shape.kinds - {"null"})), found=kind)
    elif isinstance(value, list):
        yield from _of_entries(shape, value, f"{path}[]")
    elif isinstance(value, dict) and (shape.keyed or _is_keyed(value)):
        yield from _of_entries(shape, list(value.values()), f"{path}.*")
    elif isinstance(value, dict):
        yield from _of_object(shape, value, path)


def _of_object(shape: Shape, value: Mapping[str, JSON], path: str) -> Iterator[Departure]:
    for name, wanted in shape.fields.items():
        if name in value:
            yield from departures(wanted, value[name], f"{path}.{name}")
        elif name in shape.always and "null" not in wanted.kinds:
            yield Departure(path=f"{path}.{name}", wanted=tuple(sorted(wanted.kinds)), found=None)


def _of_entries(shape: Shape, entries: Sequence[JSON], path: str) -> Iterator[Departure]:
    told = set()
    for entry in entries if shape.entries else ():
        assert shape.entries
        for departure in departures(shape.entries, entry, path):
            if departure not in told:
                told.add(departure)
                yield departure


def _of_field(name: str, objects: Iterable[Mapping[str, JSON]], depth: int) -> Shape:
    return shape_of((value[name] for value in objects if name in value), depth + 1)


def _is_keyed(value: Mapping[str, JSON]) -> bool:
    """Whether the names of an object look like data: no identifiers, or several with things of one kind."""
    if any(not name.replace("-", "_").isidentifier() or any(map(str.isdigit, name)) for name in value):
        return True
    things = list(value.values())
    return len(things) > 1 and all(isinstance(a, dict) and _alike(a, b) for a, b in pairwise(things))


def _alike(one: Mapping[str, JSON], other: JSON) -> bool:
    return isinstance(other, dict) and one.keys() == other.keys()
