"""Associations: which record of one collection belongs to which of another."""

from crm_contracts.lab.simulator.actions import answer_of
from crm_contracts.lab.simulator.asked import Asked, Done
from crm_contracts.lab.simulator.catalogue import Catalogue
from crm_contracts.lab.simulator.integrity import knows
from crm_contracts.lab.simulator.paging import Pager
from crm_contracts.lab.simulator.refusals import Refused
from crm_contracts.lab.simulator.shape import Shape
from crm_contracts.lab.simulator.shapes import Shapes
from crm_contracts.lab.simulator.store import Table, natural
from crm_contracts.model.contract import Operation
from crm_contracts.model.exchange import Answer
from crm_contracts.model.json import JSON


class Associations:
    """The associations of one run. The path names a record, the other collection and, for a write, the other record.

    GET lists, PUT and POST add, DELETE takes away.
    """

    def __init__(self, catalogue: Catalogue, shapes: Shapes, pager: Pager) -> None:
        self._catalogue = catalogue
        self._shapes = shapes
        self._pager = pager
        self._links: dict[tuple[str, str, str], dict[str, None]] = {}

    def clear(self) -> None:
        """Forget all associations."""
        self._links.clear()

    def act(self, asked: Asked, table: Table) -> Done:
        """Do what the method says."""
        own, other, key = _ends(asked)
        if table.get(own) is None and self._catalogue.imagined(table, own) is None:
            raise Refused("not_found")
        links = self._links.setdefault((table.name, own, other), {})
        if asked.operation.method == "GET":
            return self._list(asked, links, other)
        if asked.operation.method == "DELETE":
            return self._remove(asked, links, key)
        return self._add(asked, links, other, key)

    def _list(self, asked: Asked, links: dict[str, None], other: str) -> Done:
        shape = self._shapes.page(asked.operation, "")
        alive = [key for key in sorted(links, key=natural) if knows(self._catalogue.table(other), key)]
        page = self._pager.page(alive, dict(asked.request.query), f"{asked.operation.id}/{asked.params}")
        shown = [_shown(shape.element, other, key) for key in page.keys]
        return Done(answer=answer_of(shape.status, self._shapes.paged(shape, shown, page)))

    def _add(self, asked: Asked, links: dict[str, None], other: str, key: str) -> Done:
        if not knows(self._catalogue.table(other), key):
            raise Refused("not_found")
        known = key in links
        links[key] = None
        return Done(answer=self._answer(asked.operation, other, key), record=key, changed=not known)

    def _remove(self, asked: Asked, links: dict[str, None], key: str) -> Done:
        if key not in links:
            raise Refused("not_found")
        del links[key]
        return Done(answer=self._answer(asked.operation, asked.params.get("toType", ""), key), record=key)

    def _answer(self, operation: Operation, other: str, key: str) -> Answer:
        shape = self._shapes.record(operation, "")
        if shape.empty:
            return Answer(status=shape.status, headers=())
        return answer_of(shape.status, shape.with_record(_shown(shape, other, key)))


def _ends(asked: Asked) -> tuple[str, str, str]:
    values = list(asked.params.values())
    if asked.operation.method == "GET":
        return values[0], values[-1], ""
    return values[0], values[-2], values[-1]


def _shown(shape: Shape | None, other: str, key: str) -> dict[str, JSON]:
    # An association has two members: the one that is (or is named like) a key, and the one that names the collection.
    names = list(shape.view.members) if shape is not None and shape.view is not None else []
    identity = next((name for name in names if name.lower().endswith("id")), "toId")
    kind = next((name for name in names if name.lower().endswith("type")), "toType")
    return {kind: other, identity: key}
