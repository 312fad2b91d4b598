"""The keys of new records: each continues what the collection has."""

import re
from dataclasses import dataclass
from random import Random
from uuid import UUID

from crm_contracts.lab.simulator.schema_view import Member
from crm_contracts.lab.simulator.store import Table
from crm_contracts.model.json import JSON

_NUMBERED = re.compile(r"(.*?)(\d+)")
_FIRST = 100_000_001


@dataclass(slots=True)
class _Series:
    """How the keys of one collection look, and the number of the last one."""

    prefix: str
    width: int
    last: int
    kind: str


class Ids:
    """Gives new keys: after C-1007 comes C-1008, after 3003 comes 3004; UUIDs follow from the seed.

    A key is never given twice, also when its record is gone.
    """

    def __init__(self, seed: int) -> None:
        self._random = Random(f"ids/{seed}")
        self._series: dict[str, _Series] = {}

    def new(self, table: Table) -> JSON:
        """Return the key of the next record of a collection."""
        series = self._series.get(table.name)
        if series is None:
            series = self._series[table.name] = _series_of(table)
        while table.get(key := self._next(series)) is not None:
            pass
        return key

    def _next(self, series: _Series) -> JSON:
        if series.kind == "uuid":
            return str(UUID(int=self._random.getrandbits(128), version=4))
        series.last += 1
        if series.kind == "number":
            return series.last
        return f"{series.prefix}{series.last:0{series.width}d}"


def _series_of(table: Table) -> _Series:
    name = table.collection.key
    member = table.kind.members.get(name, Member(schema={}))
    keys = [*(row.fields[name] for row in table.rows.values()), *_examples(member)]
    numbered = [found for key in keys if (found := _NUMBERED.fullmatch(str(key)))]
    last = max((int(found[2]) for found in numbered), default=_FIRST - 1)
    prefix, width = (numbered[0][1], len(numbered[0][2])) if numbered else ("", 1)
    return _Series(prefix, width, last, _kind(member, keys))


def _kind(member: Member, keys: list[JSON]) -> str:
    if member.schema.get("format") == "uuid":
        return "uuid"
    said = member.schema.get("type")
    is_number = any(isinstance(key, int) for key in keys) if said is None else said in {"integer", "number"}
    return "number" if is_number else "text"


def _examples(member: Member) -> list[JSON]:
    examples = member.schema.get("examples")
    return examples if isinstance(examples, list) else []
