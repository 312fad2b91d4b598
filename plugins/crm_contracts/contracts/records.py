"""data.yaml: what is in the simulator when a run begins."""

from collections.abc import Iterator

from crm_contracts.documents import Document, Place
from crm_contracts.model.contract import Record
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _
from crm_contracts.model.problem import Problem, Problems, nearest

_KEYS = ("known", "seeds")


def records_of(document: Document) -> tuple[Record, ...]:
    r"""Return the records of a data.yaml, the named ones first; raises Problems.

    >>> from crm_contracts.documents import parse
    >>> text = b"known: {order: {in: orders, id: O-1}}\nseeds: {orders: [{id: O-2}]}"
    >>> [
    ...     (record.name, record.collection, record.fields["id"])
    ...     for record in records_of(parse(text, file="data.yaml"))
    ... ]
    [('order', 'orders', 'O-1'), (None, 'orders', 'O-2')]
    """
    problems = list(_problems(document))
    if problems:
        raise Problems(problems)
    return tuple(record for _place, record in placed_records(document))


def placed_records(document: Document) -> Iterator[tuple[Place, Record]]:
    """Yield each record that can be read with its place in the file."""
    for place, name, value in _known(document):
        collection = value.get("in") if isinstance(value, dict) else None
        if isinstance(value, dict) and isinstance(collection, str):
            own = {key: part for key, part in value.items() if key != "in"}
            yield place, Record(collection=collection, fields=own, name=name)
    for place, collection, value in _seeds(document):
        if isinstance(value, dict):
            yield place, Record(collection=collection, fields=value)


def _known(document: Document) -> Iterator[tuple[Place, str, JSON]]:
    known = document.get(("known",))
    for name, value in known.items() if isinstance(known, dict) else ():
        if isinstance(value, list):
            for index, part in enumerate(value):
                yield ("known", name, index), name, part
        else:
            yield ("known", name), name, value


def _seeds(document: Document) -> Iterator[tuple[Place, str, JSON]]:
    seeds = document.get(("seeds",))
    for name, values in seeds.items() if isinstance(seeds, dict) else ():
        for index, value in enumerate(values if isinstance(values, list) else ()):
            yield ("seeds", name, index), name, value


def _problems(document: Document) -> Iterator[Problem]:
    if not isinstance(document.value, dict):
        yield document.problem((), _("Expected a mapping with the keys known and seeds."))
        return
    for key, value in document.value.items():
        if key not in _KEYS:
            message = _("Unknown key {name!r}.").format(name=key)
            yield document.problem((key,), message, key=True, allowed=_KEYS, suggestion=nearest(key, _KEYS))
        elif not isinstance(value, dict):
            yield document.problem((key,), _("Expected a mapping by name."))
    yield from _of_records(document)


def _of_records(document: Document) -> Iterator[Problem]:
    for place, _name, value in _known(document):
        if not isinstance(value, dict):
            yield document.problem(place, _("Expected a record: a mapping of its fields."))
        elif not isinstance(value.get("in"), str):
            message = _("The record does not say in which collection it lies.")
            yield document.problem(
                place, message, remedy=_("Add `in: orders`, or what the collection is called.")
            )
    seeds = document.get(("seeds",))
    for name, values in seeds.items() if isinstance(seeds, dict) else ():
        if not isinstance(values, list):
            yield document.problem(("seeds", name), _("Expected a list of records."))
    for place, _name, value in _seeds(document):
        if not isinstance(value, dict):
            yield document.problem(place, _("Expected a record: a mapping of its fields."))
