"""Which records a list or a search means: equal fields, filter groups as HubSpot has them, or a word in any field."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from crm_contracts.lab.simulator.records import field_of, has_field
from crm_contracts.lab.simulator.store import sortable
from crm_contracts.model.json import JSON

Fields = Mapping[str, JSON]
Test = Callable[[JSON, JSON], bool]

_WORDS: Final = frozenset({"query", "search", "q", "keyword", "term"})


def means(record: Fields, asked: Mapping[str, JSON], known: frozenset[str]) -> bool:
    """Whether a record agrees with everything that was asked; `known` are the fields that records have.

    What is no field and no filter is not asked about records.

    >>> means({"id": 1, "stage": "new"}, {"stage": "new", "limit": 5}, frozenset({"id", "stage"}))
    True
    """
    return all(_agrees(record, name, wanted, known) for name, wanted in asked.items())


def _agrees(record: Fields, name: str, wanted: JSON, known: frozenset[str]) -> bool:
    if name in known or has_field(record, name):
        return _same(field_of(record, name), wanted)
    if name == "filterGroups" and isinstance(wanted, list):
        return not wanted or any(_all_filters(record, group) for group in wanted)
    if name == "filters" and isinstance(wanted, list):
        return _all_filters(record, {"filters": wanted})
    if name in _WORDS and isinstance(wanted, str):
        return any(wanted.lower() in text.lower() for text in _texts(dict(record)))
    return True


def _all_filters(record: Fields, group: JSON) -> bool:
    filters = group.get("filters") if isinstance(group, dict) else None
    wanted = filters if isinstance(filters, list) else []
    return all(_passes(record, one) for one in wanted if isinstance(one, dict))


def _passes(record: Fields, one: Mapping[str, JSON]) -> bool:
    name = one.get("propertyName", one.get("field", one.get("name")))
    operator = str(one.get("operator", "EQ")).upper()
    mine = field_of(record, str(name))
    values = one.get("values")
    if operator in {"IN", "NOT_IN"} and isinstance(values, list):
        return any(_same(mine, value) for value in values) == (operator == "IN")
    test = _COMPARED.get(operator)
    return test is None or test(mine, one.get("value"))


def _same(mine: JSON, wanted: JSON) -> bool:
    if isinstance(mine, bool) or mine is None or isinstance(wanted, bool) or wanted is None:
        return mine is wanted or (mine is not None and str(mine).lower() == str(wanted).lower())
    if isinstance(mine, list):
        return any(_same(item, wanted) for item in mine) if not isinstance(wanted, list) else mine == wanted
    # A query string has no types: 7 and "7" mean the same.
    return mine == wanted or str(mine) == str(wanted)


_COMPARED: Final[Mapping[str, Test]] = {
    "EQ": _same,
    "NEQ": lambda mine, wanted: not _same(mine, wanted),
    "LT": lambda mine, wanted: mine is not None and sortable(mine) < sortable(wanted),
    "LTE": lambda mine, wanted: mine is not None and sortable(mine) <= sortable(wanted),
    "GT": lambda mine, wanted: mine is not None and sortable(mine) > sortable(wanted),
    "GTE": lambda mine, wanted: mine is not None and sortable(mine) >= sortable(wanted),
    "CONTAINS_TOKEN": lambda mine, wanted: str(wanted).strip("*").lower() in str(mine).lower(),
    "HAS_PROPERTY": lambda mine, _: mine is not None,
    "NOT_HAS_PROPERTY": lambda mine, _: mine is None,
}


def _texts(value: JSON) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
