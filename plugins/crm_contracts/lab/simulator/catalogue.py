"""All collections of the simulator: tables from the contract's data, or imagined ones where the contract has none."""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace

from crm_contracts.lab.simulator.ids import Ids
from crm_contracts.lab.simulator.paging import Page
from crm_contracts.lab.simulator.records import RecordType
from crm_contracts.lab.simulator.schema_view import View
from crm_contracts.lab.simulator.shape import Shape
from crm_contracts.lab.simulator.shapes import Shapes, json_media
from crm_contracts.lab.simulator.store import Row, Table
from crm_contracts.lab.simulator.ways import found_at
from crm_contracts.model.contract import Action, Collection, Contract, Media, Operation
from crm_contracts.model.json import JSON

Sample = Callable[[Media, int], JSON]
"""Makes a value that a media type's schema takes, from a seed; its examples come first."""

_SHOWING = (Action.GET, Action.CREATE, Action.PATCH, Action.REPLACE, Action.LIST, Action.SEARCH)
_IMAGINED = 3


class Catalogue:
    """The tables by name, each made on first use.

    A collection without a record in the contract's data is imagined: every key that is asked for has a record, made
    from the schema, until it is deleted. So a bare OpenAPI document is served as it is.
    """

    def __init__(
        self, contract: Contract, shapes: Shapes, *, seed: int, wall: Callable[[], float], sample: Sample
    ) -> None:
        self._contract = contract
        self._shapes = shapes
        self._seed = seed
        self._wall = wall
        self._sample = sample
        self._fitting: dict[str, Shape] = {}
        self.clear()

    def clear(self) -> None:
        """Return to the records of the contract."""
        self._ids = Ids(self._seed)
        self._deleted: set[tuple[str, str]] = set()
        self._begun = self._wall()
        self._tables: dict[str, Table] = {}

    def table(self, name: str) -> Table:
        """Return a collection."""
        if name not in self._tables:
            self._tables[name] = self._made(name)
        return self._tables[name]

    def shape(self, operation: Operation, table: Table) -> Shape:
        """Return how an operation shows records of a collection.

        Real documents name one thing and show another; where a record of an imagined collection does not fit into what
        an operation documents, the documented sample is shown.
        """
        known = self._fitting.get(operation.id)
        if known is None:
            known = self._shape(operation, table.collection.key)
            if not table.seeded and not self._fits(operation, known, table):
                known = replace(known, way=None)
            self._fitting[operation.id] = known
        return known

    def new_key(self, table: Table, given: Mapping[str, JSON]) -> JSON:
        """Return the key of a new record: the caller's own where the CRM lets it choose, else the next one."""
        name = table.collection.key
        member = table.kind.members.get(name)
        chosen = given.get(name)
        if chosen is not None and (member is None or not member.read_only) and table.get(chosen) is None:
            return chosen
        return self._ids.new(table)

    def remove(self, table: Table, key: str) -> bool:
        """Forget a record for good."""
        self._deleted.add((table.name, key))
        return table.remove(key)

    def imagined(self, table: Table, key: JSON) -> Row | None:
        """Return a record that nobody gave, for a key of an imagined collection; None where there cannot be one."""
        if table.seeded or key is None or (table.name, str(key)) in self._deleted:
            return None
        return table.put(self._imagined_fields(table, key))

    def _made(self, name: str) -> Table:
        collection = self._contract.collections.get(name) or Collection(name=name)
        operation, view = self._shown_by(collection)
        kind = RecordType(
            view,
            key=collection.key,
            sample=lambda: self._sampled(operation, collection, self._seed),
            wall=self._wall,
        )
        seeds = [record.fields for record in self._contract.records if record.collection == name]
        table = Table(collection, kind, seeded=bool(seeds))
        for fields in seeds:
            table.put(kind.completed(fields, self._begun))
        if not seeds:
            self._imagine(table)
        return table

    def _imagine(self, table: Table) -> None:
        for _ in range(_IMAGINED if table.kind.members else 0):
            table.put(self._imagined_fields(table, self._ids.new(table)))

    def _imagined_fields(self, table: Table, key: JSON) -> dict[str, JSON]:
        operation, _ = self._shown_by(table.collection)
        fields = self._sampled(operation, table.collection, self._seed + zlib.crc32(str(key).encode()))
        member = table.kind.members.get(table.collection.key)
        typed = int(str(key)) if member and not member.takes("") and str(key).isdecimal() else key
        return table.kind.completed(
            {**(fields if isinstance(fields, dict) else {}), table.collection.key: typed}
        )

    def _shown_by(self, collection: Collection) -> tuple[Operation | None, View | None]:
        """The operation whose answer shows a record of the collection best, and the record's schema there."""
        mine = [one for one in self._contract.operations.values() if one.collection == collection.name]
        for action in _SHOWING:
            for operation in mine:
                if operation.action is action:
                    shape = self._shape(operation, collection.key)
                    view = (shape.element or shape).view
                    if view is not None and collection.key in view.members:
                        return operation, view
        return None, None

    def _shape(self, operation: Operation, key: str) -> Shape:
        if operation.action in {Action.LIST, Action.SEARCH}:
            return self._shapes.page(operation, key)
        return self._shapes.record(operation, key)

    def _fits(self, operation: Operation, shape: Shape, table: Table) -> bool:
        record = self._imagined_fields(table, "1")
        if operation.action in {Action.LIST, Action.SEARCH}:
            return self._shapes.takes(
                operation, self._shapes.paged(shape, [record], Page(keys=("1",), total=1))
            )
        return shape.empty or self._shapes.takes(operation, shape.with_record(record))

    def _sampled(self, operation: Operation | None, collection: Collection, seed: int) -> JSON:
        """A record from the sample of a whole answer."""
        if operation is None:
            return {}
        media = json_media(self._shapes.success(operation)[1])
        found = self._sample(media, seed) if media is not None else {}
        shape = self._shape(operation, collection.key)
        inner = found_at(found, shape.way or ())
        if isinstance(inner, list):
            inner = found_at(inner[0], shape.element.way or ()) if inner and shape.element else {}
        return inner
