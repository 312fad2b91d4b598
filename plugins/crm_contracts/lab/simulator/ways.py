"""Ways through answers: where in a schema or a value a record stands, and how it is put there."""

from collections.abc import Iterator, Mapping

from crm_contracts.lab.simulator.schema_view import View
from crm_contracts.model.json import JSON, FrozenJSON

Way = tuple[str, ...]
"""The names of the members that lead from an answer to a place in it."""

_DEEPEST = 3


def way_to_record(view: View, key: str) -> Way | None:
    """Return the way to the object that has the key among its members; None where no record is shown.

    Without a key or a schema the whole value is the record.

    >>> inner = {"type": "object", "properties": {"id": {}, "name": {}}}
    >>> way_to_record(View.of({"properties": {"success": {}, "data": inner}}), "id")
    ('data',)
    """
    if not view.root or not key:
        return ()
    return next((way for way, found in _inside(view, ()) if key in found.members), None)


def way_to_array(view: View, key: str) -> Way | None:
    """Return the way to the array of records, else to the first array; None where there is none.

    >>> records = {"type": "array", "items": {"properties": {"id": {}}}}
    >>> way_to_array(
    ...     View.of({"properties": {"errors": {"type": "array", "items": {}}, "list": records}}), "id"
    ... )
    ('list',)
    """
    arrays = [(way, items) for way, found in _inside(view, ()) if (items := found.items) is not None]
    records = [way for way, items in arrays if key in items.members]
    return next(iter([*records, *(way for way, _ in arrays)]), None)


def placed(body: JSON, way: Way, value: JSON) -> JSON:
    """Return a body with a value at the end of a way; what is missing on the way is made.

    >>> placed({"a": {"b": 1}}, ("a", "c"), 2)
    {'a': {'b': 1, 'c': 2}}
    """
    if not way:
        return value
    outer = dict(body) if isinstance(body, dict) else {}
    outer[way[0]] = placed(outer.get(way[0]), way[1:], value)
    return outer


def found_at(body: JSON, way: Way) -> JSON:
    """Return what stands at the end of a way, or None.

    >>> found_at({"a": {"b": 1}}, ("a", "b"))
    1
    """
    for step in way:
        body = body.get(step) if isinstance(body, dict) else None
    return body


def without(body: JSON, way: Way) -> JSON:
    """Return a body without what stands at the end of a way.

    >>> without({"a": {"b": 1, "c": 2}}, ("a", "b"))
    {'a': {'c': 2}}
    """
    if not isinstance(body, dict) or way[0] not in body:
        return body
    if len(way) == 1:
        return {name: value for name, value in body.items() if name != way[0]}
    return {**body, way[0]: without(body[way[0]], way[1:])}


def _inside(view: View, way: Way) -> Iterator[tuple[Way, View]]:
    # Breadth first: the record that stands nearest to the root is the one that is meant.
    level = [(way, view)]
    for _ in range(_DEEPEST):
        yield from level
        level = [
            ((*outer, name), found.at(member.schema))
            for outer, found in level
            for name, member in found.members.items()
        ]


def deep(view: View, way: Way | None) -> View | None:
    """Return the schema at the end of a way; None where the way leads nowhere."""
    for step in way or ():
        member = view.members.get(step)
        if member is None:
            return None
        view = view.at(member.schema)
    return None if way is None else view


def steps(path: str) -> Way:
    """Return a dotted path as a way.

    >>> steps("$.paging.next")
    ('paging', 'next')
    """
    return tuple(step for step in path.removeprefix("$").split(".") if step)


def place_of(template: FrozenJSON, wanted: str) -> Way | None:
    """Return the way to a value inside of a template; None where it does not occur.

    >>> place_of({"code": 0, "data": "{result}"}, "{result}")
    ('data',)
    """
    if template == wanted:
        return ()
    if isinstance(template, Mapping):
        for name, inner in template.items():
            way = place_of(inner, wanted)
            if way is not None:
                return (name, *way)
    return None
