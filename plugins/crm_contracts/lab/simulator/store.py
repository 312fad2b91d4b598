"""The simulator's records, by collection, and what was said of each so far."""

import re
from collections.abc import Iterator

from crm_contracts.lab.simulator.records import RecordType, field_of
from crm_contracts.model.contract import Collection
from crm_contracts.model.exchange import Answer
from crm_contracts.model.json import JSON

_NUMBERED = re.compile(r"(.*?)(\d+)")


class Row:
    """One record as it stands; `version` counts its states, `written` is the signature of the write that made this one.

    `answers` keeps what was already serialised of this state, by operation.
    """

    __slots__ = ("answers", "fields", "key", "version", "written")

    def __init__(self, key: str, fields: dict[str, JSON], *, version: int = 1, written: str = "") -> None:
        self.key = key
        self.fields = fields
        self.version = version
        self.written = written
        self.answers: dict[str, Answer] = {}


class Table:
    """One collection: rows by key, and its rules; `state` counts everything that happened to it.

    `seeded` tells that the contract has records for it; a collection without any is imagined.
    """

    def __init__(self, collection: Collection, kind: RecordType, *, seeded: bool = False) -> None:
        self.collection = collection
        self.kind = kind
        self.seeded = seeded
        self.rows: dict[str, Row] = {}
        self.state = 0
        self._sorted: tuple[int, list[Row]] = (-1, [])

    @property
    def name(self) -> str:
        """Its name in the contract."""
        return self.collection.name

    def get(self, key: object) -> Row | None:
        """Return the record of a key, however the key was written (7 or "7")."""
        return self.rows.get(str(key))

    def put(self, fields: dict[str, JSON], *, written: str = "") -> Row:
        """Keep a record under its key, as its next state."""
        key = str(fields[self.collection.key])
        old = self.rows.get(key)
        row = Row(key, fields, version=old.version + 1 if old else 1, written=written)
        self.rows[key] = row
        self.state += 1
        return row

    def remove(self, key: object) -> bool:
        """Forget a record, and tell whether there was one."""
        self.state += 1
        return self.rows.pop(str(key), None) is not None

    def ordered(self) -> list[Row]:
        """All rows as lists show them: by the contract's order, else by key."""
        if self._sorted[0] != self.state:
            self._sorted = (self.state, self._in_order())
        return self._sorted[1]

    def with_value(self, name: str, value: JSON) -> Iterator[Row]:
        """The rows whose field has a value."""
        return (row for row in self.rows.values() if field_of(row.fields, name) == value)

    def _in_order(self) -> list[Row]:
        rows = sorted(self.rows.values(), key=lambda row: natural(row.key))
        if not self.collection.order:
            return rows
        name = self.collection.order.removeprefix("-")
        downwards = self.collection.order.startswith("-")
        return sorted(rows, key=lambda row: sortable(field_of(row.fields, name)), reverse=downwards)


def natural(key: str) -> tuple[str, int, str]:
    """Return a key's place in the order that people expect: C-9 before C-10.

    >>> sorted(["C-10", "C-9", "B-7"], key=natural)
    ['B-7', 'C-9', 'C-10']
    """
    numbered = _NUMBERED.fullmatch(key)
    return (numbered[1], int(numbered[2]), "") if numbered else (key, 0, key)


def sortable(value: JSON) -> tuple[int, float, str]:
    """Return a value's place among values of any type: nothing first, then numbers, then text.

    >>> sorted(["b", 2, None, "a"], key=sortable)
    [None, 2, 'a', 'b']
    """
    if value is None:
        return 0, 0.0, ""
    if isinstance(value, int | float):
        return 1, float(value), ""
    return 2, 0.0, str(value)
