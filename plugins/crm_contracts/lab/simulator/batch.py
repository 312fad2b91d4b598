"""Batch upserts: each record of a list is found by a field and changed, or created; some may fail while others succeed."""

from collections.abc import Mapping, Sequence

from crm_contracts.lab.simulator import integrity
from crm_contracts.lab.simulator.actions import answer_of
from crm_contracts.lab.simulator.asked import Asked, Done
from crm_contracts.lab.simulator.catalogue import Catalogue
from crm_contracts.lab.simulator.records import field_of
from crm_contracts.lab.simulator.refusals import Refusals, Refused
from crm_contracts.lab.simulator.shapes import Shapes
from crm_contracts.lab.simulator.store import Row, Table
from crm_contracts.lab.simulator.ways import placed
from crm_contracts.model.exchange import Answer
from crm_contracts.model.json import JSON

DONE, PARTIAL = 200, 207
_MOST_TOLD = 3


class Batches:
    """Answers batch upserts: 200 where all went well, 207 with an error for each record that did not."""

    def __init__(self, catalogue: Catalogue, shapes: Shapes, refusals: Refusals) -> None:
        self._catalogue = catalogue
        self._shapes = shapes
        self._refusals = refusals

    def upsert(self, asked: Asked, table: Table) -> Done:
        """Write every record of the body's one array that can be written."""
        results: list[Mapping[str, JSON]] = []
        errors: list[JSON] = []
        written: list[JSON] = []
        for index, item in enumerate(_items(asked.value)):
            try:
                row, changed = self._one(asked, table, item)
            except Refused as refused:
                errors.append(self._error(index, refused))
                continue
            results.append(row.fields)
            written += [dict(item)] if changed else []
        answer = self._body(asked, table, results, errors)
        return Done(answer=answer, changed=bool(written), written=tuple(written))

    def _one(self, asked: Asked, table: Table, item: Mapping[str, JSON]) -> tuple[Row, bool]:
        row = self._known(asked, table, item)
        if row is None:
            integrity.check(table, self._catalogue.table, item)
            fields = {**self._shapes.defaults(asked.operation), **item}
            return table.put(table.kind.created(fields, self._catalogue.new_key(table, fields))), True
        if not table.kind.touches(row.fields, item):
            return row, False
        integrity.check(table, self._catalogue.table, item, row.key)
        return table.put(table.kind.changed(row.fields, item)), True

    def _known(self, asked: Asked, table: Table, item: Mapping[str, JSON]) -> Row | None:
        name = str(item.get("idProperty") or asked.operation.upsert_by or table.collection.key)
        value = field_of(item, name)
        if value is None and "idProperty" in item:
            value = item.get("id")
        return next(table.with_value(name, value), None) if value is not None else None

    def _error(self, index: int, refused: Refused) -> JSON:
        refusal = self._refusals.refusal(refused.situation)
        told = [str(error["message"]) for error in refused.errors[:_MOST_TOLD] if isinstance(error, dict)]
        message = " ".join(told) or refusal.message
        return {"index": index, "status": refusal.status, "category": refusal.category, "message": message}

    def _body(
        self, asked: Asked, table: Table, results: Sequence[Mapping[str, JSON]], errors: list[JSON]
    ) -> Answer:
        status = PARTIAL if errors else DONE
        if not errors and str(DONE) not in asked.operation.responses and asked.operation.responses:
            status, _ = self._shapes.success(asked.operation)
        shape = self._shapes.batch(asked.operation, table.collection.key, status)
        body = shape.with_list(results)
        outer = shape.way[:-1] if shape.way else ()
        documented = shape.whole is None or errors or "errors" in shape.whole.members
        return answer_of(status, placed(body, (*outer, "errors"), errors) if documented else body)


def _items(value: JSON) -> list[Mapping[str, JSON]]:
    lists = [value] if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else []
    found = next((one for one in lists if isinstance(one, list)), [])
    return [item for item in found if isinstance(item, dict)]
