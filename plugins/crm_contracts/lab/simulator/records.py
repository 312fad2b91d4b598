"""What a record of a collection is: its fields as the contract's schema has them, and what the CRM itself fills in."""

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import UTC, datetime
from functools import cached_property

from crm_contracts.lab.simulator.schema_view import Member, View
from crm_contracts.model.json import JSON

_CHANGES = re.compile(r"updat|modif|chang", re.IGNORECASE)
_BIRTH = re.compile(r"creat|added|add_time|placed", re.IGNORECASE)


class RecordType:
    """The records of one collection, read from the schema of what comes back; without a schema anything goes.

    `sample` makes a schema-valid record, for required fields that nobody gave; it is asked at most once.
    """

    def __init__(
        self, view: View | None, *, key: str, sample: Callable[[], JSON], wall: Callable[[], float]
    ) -> None:
        self.key = key
        self.members = view.members if view is not None else {}
        self._open = view is None or view.open
        self._sample = sample
        self._wall = wall
        self._stamps = frozenset(name for name, member in self.members.items() if _is_stamp(name, member))

    def created(self, given: Mapping[str, JSON], key: JSON) -> dict[str, JSON]:
        """Return a whole record from what was sent; what the CRM alone writes is not taken from there."""
        return self.completed({self.key: key, **self._writable(given)})

    def completed(self, fields: Mapping[str, JSON], at: float | None = None) -> dict[str, JSON]:
        """Return a record with every field that its schema knows: moments of birth (default: now), defaults, else null."""
        whole: dict[str, JSON] = {}
        for name, member in self.members.items():
            if name in fields:
                whole[name] = deepcopy(fields[name])
            elif self._can_be_filled(member, name):
                whole[name] = self._missing(name, member, at)
        return {**whole, **{name: deepcopy(value) for name, value in fields.items() if name not in whole}}

    def changed(self, record: Mapping[str, JSON], given: Mapping[str, JSON]) -> dict[str, JSON]:
        """Return a record with some fields replaced; objects inside are merged, and the moment of change is now."""
        return self._stamped(merged(record, self._writable(given)))

    def replaced(self, record: Mapping[str, JSON], given: Mapping[str, JSON]) -> dict[str, JSON]:
        """Return a record whose fields are what was sent; what the CRM alone writes stays."""
        kept = {name: value for name, value in record.items() if self._kept(name)}
        return self._stamped(self.completed({**self._writable(given), **kept}))

    def touches(self, record: Mapping[str, JSON], given: Mapping[str, JSON]) -> bool:
        """Whether a change would change anything."""
        return merged(record, self._writable(given)) != record

    def _can_be_filled(self, member: Member, name: str) -> bool:
        return member.required or member.nullable or "default" in member.schema or name in self._stamps

    def _missing(self, name: str, member: Member, at: float | None) -> JSON:
        if name in self._stamps:
            return self._now(at)
        if "default" in member.schema:
            return deepcopy(member.schema["default"])
        return None if member.nullable else self._sampled.get(name)

    def _stamped(self, record: dict[str, JSON]) -> dict[str, JSON]:
        for name in self._stamps & record.keys():
            if _CHANGES.search(name):
                record[name] = self._now()
        return record

    def _writable(self, given: Mapping[str, JSON]) -> dict[str, JSON]:
        return {
            name: value for name, value in given.items() if name != self.key and self._may_write(name, value)
        }

    def _may_write(self, name: str, value: JSON) -> bool:
        # What is sent may have another type than what comes back (an option's number, its text): then it is not kept.
        member = self.members.get(name)
        return self._open if member is None else not member.read_only and member.takes(value)

    def _kept(self, name: str) -> bool:
        member = self.members.get(name)
        return name == self.key or name in self._stamps or (member is not None and member.read_only)

    def _now(self, at: float | None = None) -> str:
        return datetime.fromtimestamp(int(self._wall() if at is None else at), UTC).strftime(
            "%Y-%m-%dT%H:%M:%SZ"
        )

    @cached_property
    def _sampled(self) -> Mapping[str, JSON]:
        sample = self._sample()
        return sample if isinstance(sample, dict) else {}


def _is_stamp(name: str, member: Member) -> bool:
    known = bool(_CHANGES.search(name) or _BIRTH.search(name))
    return member.is_time and (member.read_only or known)


def merged(record: Mapping[str, JSON], given: Mapping[str, JSON]) -> dict[str, JSON]:
    """Return a record with the given fields in it; objects are merged into objects, anything else is replaced.

    >>> merged({"a": {"x": 1, "y": 2}, "b": 3}, {"a": {"y": None}})
    {'a': {'x': 1, 'y': None}, 'b': 3}
    """
    whole = dict(record)
    for name, value in given.items():
        old = whole.get(name)
        both = isinstance(old, dict) and isinstance(value, dict)
        whole[name] = merged(old, value) if both else deepcopy(value)  # type: ignore[arg-type]  # both are dicts
    return whole


def field_of(record: Mapping[str, JSON], name: str) -> JSON:
    """Return a record's field; CRMs that keep fields under `properties` (HubSpot) mean the same by it.

    >>> field_of({"id": 1, "properties": {"email": "a@b.example"}}, "email")
    'a@b.example'
    """
    if name in record:
        return record[name]
    inner = record.get("properties")
    return inner.get(name) if isinstance(inner, dict) else None


def has_field(record: Mapping[str, JSON], name: str) -> bool:
    """Whether a record has a field of this name, in itself or under `properties`."""
    inner = record.get("properties")
    return name in record or (isinstance(inner, dict) and name in inner)
