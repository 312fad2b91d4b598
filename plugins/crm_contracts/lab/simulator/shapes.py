"""How answers look: where in an answer the record stands, or the page, and what stands around it."""

from collections.abc import Callable, Mapping, Sequence

from crm_contracts.contracts.schemas import Schemas
from crm_contracts.lab.envelope import fill
from crm_contracts.lab.simulator.paging import Page
from crm_contracts.lab.simulator.schema_view import View
from crm_contracts.lab.simulator.shape import Shape
from crm_contracts.lab.simulator.ways import (
    Way,
    deep,
    found_at,
    place_of,
    placed,
    steps,
    way_to_array,
    way_to_record,
    without,
)
from crm_contracts.model.contract import Action, Contract, Media, Operation, Response
from crm_contracts.model.json import JSON

BARE = "{result}"
"""The contract's `results.envelope` where nothing stands around a result."""

_DEFAULT_STATUS = {
    Action.CREATE: (201, 200, 202, 204),
    Action.DELETE: (204, 200, 202),
    Action.BATCH_UPSERT: (200, 207, 201),
}
_TOTALS = frozenset({"total", "totalCount", "total_count", "totalRow", "totalSize", "count"})


class Shapes:
    """The shapes of one contract's answers, worked out on first use; `sample` makes a schema-valid value."""

    def __init__(self, contract: Contract, schemas: Schemas, sample: Callable[[Media], JSON]) -> None:
        self._contract = contract
        self._schemas = schemas
        self._sample = sample
        self._wrapped = contract.result != BARE
        self._known: dict[tuple[str, str, int], Shape] = {}
        self._defaults: dict[str, Mapping[str, JSON]] = {}

    def success(self, operation: Operation) -> tuple[int, Response | None]:
        """Return the status of success and its documentation; 200 where nothing is documented."""
        documented = {
            int(status): response for status, response in operation.responses.items() if _is_success(status)
        }
        wanted = _DEFAULT_STATUS.get(operation.action, (200,)) if operation.action else (200,)
        for status in (*wanted, *sorted(documented)):
            if status in documented:
                return status, documented[status]
        ranged = operation.responses.get("2XX") or operation.responses.get("default")
        return 200, ranged

    def record(self, operation: Operation, key: str) -> Shape:
        """Return the shape of an answer that shows one record."""
        return self._remembered(operation, "record", 0, lambda: self._record(operation, key))

    def page(self, operation: Operation, key: str) -> Shape:
        """Return the shape of an answer that shows a page; its way leads to the object that holds the results."""
        return self._remembered(operation, "page", 0, lambda: self._page(operation, key))

    def batch(self, operation: Operation, key: str, status: int) -> Shape:
        """Return the shape of an answer to a batch with this status."""
        return self._remembered(operation, "batch", status, lambda: self._batch(operation, key, status))

    def paged(self, shape: Shape, records: Sequence[Mapping[str, JSON]], page: Page) -> JSON:
        """Return the whole body of one page with these records."""
        paging = self._contract.paging
        body = shape.with_list(records)
        if shape.way is None:
            return body
        base = self._base()
        if paging.total_at:
            body = placed(body, (*base, *steps(paging.total_at)), page.total)
        elif isinstance(body, dict):
            body = {**body, **dict.fromkeys(_TOTALS & body.keys(), page.total)}
        if paging.style == "cursor" and paging.next_at:
            body = self._with_next(body, (*base, *steps(paging.next_at)), page.next, shape)
        return body

    def takes(self, operation: Operation, body: JSON) -> bool:
        """Whether a body is what the operation documents for success; it is where nothing is documented."""
        media = json_media(self.success(operation)[1])
        if media is None or media.schema is None or self._wrapped:
            return True
        return self._schemas.validator(media.schema, "response").is_valid(body)

    def view_of(self, response: Response | None) -> View | None:
        """Return the schema of an answer's body; None where there is none."""
        media = json_media(response)
        if media is None or media.schema is None:
            return None
        return View.of(self._schemas.whole(media.schema, "response"))

    def defaults(self, operation: Operation) -> Mapping[str, JSON]:
        """Return what the schema of a request's body says of fields that are not sent; of a batch, of its items."""
        known = self._defaults.get(operation.id)
        if known is None:
            known = self._defaults[operation.id] = self._said_defaults(operation)
        return known

    def _said_defaults(self, operation: Operation) -> dict[str, JSON]:
        media = operation.body.media if operation.body else {}
        found = next((one for name, one in media.items() if "json" in name), None)
        if found is None or found.schema is None:
            return {}
        view: View | None = View.of(self._schemas.whole(found.schema, "request"))
        if view is not None and operation.action is Action.BATCH_UPSERT:
            array = deep(view, way_to_array(view, ""))
            view = array.items if array else None
        members = view.members if view else {}
        return {
            name: member.schema["default"] for name, member in members.items() if "default" in member.schema
        }

    def _remembered(self, operation: Operation, kind: str, status: int, make: Callable[[], Shape]) -> Shape:
        known = self._known.get((operation.id, kind, status))
        if known is None:
            known = self._known[operation.id, kind, status] = make()
        return known

    def _record(self, operation: Operation, key: str) -> Shape:
        status, response = self.success(operation)
        if response is not None and not response.media:
            return Shape(status=status, way=None, empty=True)
        view = self.view_of(response)
        if self._wrapped or view is None:
            return Shape(status=status, around=self._wrapping(), way=self._base())
        way = way_to_record(view, key)
        around = self._sampled(response)
        return Shape(status=status, around=around, way=way, whole=view, view=deep(view, way))

    def _page(self, operation: Operation, key: str) -> Shape:
        status, response = self.success(operation)
        view = self.view_of(response)
        said = steps(self._contract.paging.results_at)
        if self._wrapped or view is None:
            return Shape(status=status, around=self._wrapping(), way=(*self._base(), *said))
        found = deep(view, said)
        way = said if found is not None and found.items is not None else way_to_array(view, key)
        return self._of_list(status, response, view, way, key)

    def _batch(self, operation: Operation, key: str, status: int) -> Shape:
        response = operation.responses.get(str(status))
        view = self.view_of(response)
        if self._wrapped or view is None:
            return Shape(status=status, around=self._wrapping(), way=(*self._base(), "results"))
        return self._of_list(status, response, view, way_to_array(view, key), key)

    def _of_list(
        self, status: int, response: Response | None, view: View, way: Way | None, key: str
    ) -> Shape:
        array = deep(view, way)
        items = array.items if array is not None else None
        around = self._sampled(response)
        element = self._element(around, way, items, key) if items is not None else None
        if element is not None and element.way is None:
            way = None
        return Shape(status=status, around=around, way=way, whole=view, view=array, element=element)

    def _element(self, around: JSON, way: Way | None, items: View, key: str) -> Shape:
        sample = found_at(around, way or ())
        first = sample[0] if isinstance(sample, list) and sample else {}
        own = way_to_record(items, key)
        return Shape(status=200, around=first, way=own, whole=items, view=deep(items, own))

    def _with_next(self, body: JSON, way: Way, cursor: str | None, shape: Shape) -> JSON:
        if cursor is not None:
            return placed(body, way, cursor)
        outer = deep(shape.whole, way[:-1]) if shape.whole else None
        member = outer.members.get(way[-1]) if outer else None
        own = len(way) - len(self._base())
        if member.nullable if member else own == 1:
            return placed(body, way, None)
        return without(body, way[: len(self._base()) + 1])

    def _sampled(self, response: Response | None) -> JSON:
        media = json_media(response)
        return self._sample(media) if media is not None else {}

    def _wrapping(self) -> JSON:
        return fill(self._contract.result, {"result": {}}) if self._wrapped else {}

    def _base(self) -> Way:
        return place_of(self._contract.result, "{result}") or ()


def json_media(response: Response | None) -> Media | None:
    """Return the JSON of a documented answer, else whatever it has; None where it has no body."""
    if response is None:
        return None
    json = next((media for name, media in response.media.items() if "json" in name), None)
    return json or next(iter(response.media.values()), None)


def _is_success(status: str) -> bool:
    return len(status) == 3 and status.isdecimal() and status.startswith("2")
