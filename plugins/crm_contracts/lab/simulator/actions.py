"""What operations do to one collection: list, search, get, create, patch, replace, delete."""

import json
from collections.abc import Callable, Mapping, Sequence

from crm_contracts.lab.simulator import etags, integrity
from crm_contracts.lab.simulator.asked import Asked, Done
from crm_contracts.lab.simulator.catalogue import Catalogue
from crm_contracts.lab.simulator.paging import Pager
from crm_contracts.lab.simulator.records import field_of
from crm_contracts.lab.simulator.refusals import Refused
from crm_contracts.lab.simulator.search import means
from crm_contracts.lab.simulator.shapes import Shapes
from crm_contracts.lab.simulator.store import Row, Table, sortable
from crm_contracts.model.contract import Action, Contract
from crm_contracts.model.exchange import Answer
from crm_contracts.model.json import JSON

JSON_TYPE = ("content-type", "application/json")


class Actions:
    """The actions on single collections; each returns what came of it or raises `Refused`."""

    def __init__(self, contract: Contract, catalogue: Catalogue, shapes: Shapes, pager: Pager) -> None:
        self._contract = contract
        self._catalogue = catalogue
        self._shapes = shapes
        self._pager = pager
        self.by_action: Mapping[Action, Callable[[Asked, Table], Done]] = {
            Action.LIST: self.list,
            Action.SEARCH: self.list,
            Action.GET: self.get,
            Action.CREATE: self.create,
            Action.PATCH: self.patch,
            Action.REPLACE: self.replace,
            Action.DELETE: self.delete,
        }

    def get(self, asked: Asked, table: Table) -> Done:
        """Show one record."""
        row = self._row(asked, table)
        answer = row.answers.get(asked.operation.id)
        if answer is None:
            answer = row.answers[asked.operation.id] = self._shown(asked, table, row)
        if self._contract.etag and etags.unchanged(asked.request, row):
            return Done(answer=Answer(status=304, headers=(("etag", etags.of(row)),)))
        return Done(answer=answer)

    def list(self, asked: Asked, table: Table) -> Done:
        """Show a page of the records that agree with what was asked."""
        wanted = self._wanted(asked)
        paging = self._pager.paging
        filters = {
            name: value
            for name, value in wanted.items()
            if name not in {paging.cursor, paging.limit, "sort", "sorts"}
        }
        known = frozenset(table.kind.members)
        meant = [row for row in table.ordered() if means(row.fields, filters, known)]
        rows = _sorted(meant, wanted.get("sort"))
        question = json.dumps([asked.operation.id, filters, wanted.get("sort")], sort_keys=True)
        page = self._pager.page([row.key for row in rows], wanted, question)
        shown = [row.fields for key in page.keys if (row := table.get(key)) is not None]
        shape = self._catalogue.shape(asked.operation, table)
        return Done(answer=answer_of(shape.status, self._shapes.paged(shape, shown, page)))

    def create(self, asked: Asked, table: Table) -> Done:
        """Keep a new record; where the contract has an upsert key, a known value of it means that record."""
        known = self._known_by_upsert_key(asked, table)
        if known is not None:
            return self._write(asked, table, known, table.kind.changed(known.fields, asked.fields))
        fields = {**self._shapes.defaults(asked.operation), **asked.fields}
        integrity.check(table, self._catalogue.table, fields)
        key = self._catalogue.new_key(table, fields)
        row = table.put(table.kind.created(fields, key), written=asked.signature)
        return Done(answer=self._shown(asked, table, row), record=row.key)

    def patch(self, asked: Asked, table: Table) -> Done:
        """Change some fields of a record."""
        row = self._row(asked, table)
        self._check_state(asked, row)
        return self._write(asked, table, row, table.kind.changed(row.fields, asked.fields))

    def replace(self, asked: Asked, table: Table) -> Done:
        """Give a record other fields."""
        row = self._row(asked, table)
        self._check_state(asked, row)
        return self._write(asked, table, row, table.kind.replaced(row.fields, asked.fields))

    def delete(self, asked: Asked, table: Table) -> Done:
        """Forget a record."""
        row = self._row(asked, table)
        self._check_state(asked, row)
        self._catalogue.remove(table, row.key)
        shape = self._catalogue.shape(asked.operation, table)
        gone: dict[str, JSON] = {table.collection.key: row.fields[table.collection.key]}
        if shape.empty:
            return Done(answer=Answer(status=shape.status, headers=()), record=row.key)
        return Done(answer=answer_of(shape.status, shape.with_record(gone)), record=row.key)

    def _row(self, asked: Asked, table: Table) -> Row:
        key = asked.key(table.collection.key)
        row = table.get(key)
        if row is None:
            row = self._catalogue.imagined(table, key)
        if row is None:
            raise Refused("not_found")
        return row

    def _write(self, asked: Asked, table: Table, row: Row, fields: dict[str, JSON]) -> Done:
        # A repeat of the very write that made this state is answered and changes nothing, so nothing was written twice.
        if row.written == asked.signature:
            return Done(answer=self._shown(asked, table, row), record=row.key, changed=False)
        integrity.check(table, self._catalogue.table, asked.fields, row.key)
        new = table.put(fields, written=asked.signature)
        return Done(answer=self._shown(asked, table, new), record=new.key)

    def _shown(self, asked: Asked, table: Table, row: Row) -> Answer:
        shape = self._catalogue.shape(asked.operation, table)
        if shape.empty:
            return Answer(status=shape.status, headers=self._etag(row))
        return answer_of(shape.status, shape.with_record(row.fields), self._etag(row))

    def _etag(self, row: Row) -> tuple[tuple[str, str], ...]:
        return (("etag", etags.of(row)),) if self._contract.etag else ()

    def _check_state(self, asked: Asked, row: Row) -> None:
        if self._contract.etag and not etags.agrees(asked.request, row):
            raise Refused("precondition_failed")

    def _wanted(self, asked: Asked) -> dict[str, JSON]:
        # Searches are asked in the body; a parent in the path (/companies/{companyId}/contacts) is a filter, too.
        return {**dict(asked.request.query), **asked.fields, **asked.params}

    def _known_by_upsert_key(self, asked: Asked, table: Table) -> Row | None:
        name = self._contract.idempotency.upsert_key
        value = field_of(asked.fields, name) if name else None
        if name is None or value is None:
            return None
        return next(table.with_value(name, value), None)


def answer_of(status: int, body: JSON, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """Return an answer with a JSON body."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Answer(status=status, headers=(JSON_TYPE, *headers), body=text.encode("utf-8", "replace"))


def _sorted(rows: Sequence[Row], sort: JSON) -> Sequence[Row]:
    if not isinstance(sort, str) or not sort:
        return rows
    name = sort.removeprefix("-")
    return sorted(rows, key=lambda row: sortable(field_of(row.fields, name)), reverse=sort.startswith("-"))
