"""How lists come in pages: from `paging:` of contract.yaml, and from the document where that is silent."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from crm_contracts.contracts.overlay import PagingFile
from crm_contracts.contracts.readings import part_of
from crm_contracts.contracts.schemas import Schemas
from crm_contracts.model.contract import Action, Operation, Paging
from crm_contracts.model.json import JSON

_LIMITS: Final = ("limit", "per_page", "page_size", "pageSize", "perPage", "count", "rows", "size")
_POSITIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "cursor": ("after", "cursor", "page_token", "pageToken", "starting_after", "next"),
    "page": ("page", "pageNo", "page_number"),
    "offset": ("offset", "start", "skip"),
}
_NEXT: Final = (*_POSITIONS["cursor"], "nextCursor", "next_cursor", "next_page_token", "nextPageToken")
_DEFAULTS: Final = {"cursor": "after", "page": "page", "offset": "offset", "none": "after"}


def paging(says: PagingFile | None, operations: Iterable[Operation], schemas: Schemas) -> Paging:
    """Return how lists come in pages; what nobody says is read from the first list of the document."""
    first = next((one for one in operations if one.action is Action.LIST and one.responses), None)
    found = _documented(first, schemas) if first is not None else Paging()
    if says is None:
        return found
    style = says.style or found.style
    if style != found.style:
        found = replace(found, style=style, cursor=_DEFAULTS[style])
    return replace(found, **_said(says))


def _said(says: PagingFile) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        "where": says.where,
        "cursor": says.position,
        "limit": says.limit,
        "size": says.size,
        "most": says.most,
        "results_at": _dotted(says.results_at),
        "next_at": _dotted(says.next_at),
        "total_at": _dotted(says.total_at),
        "cursor_lifetime": None if says.cursor_lifetime == float("inf") else says.cursor_lifetime,
    }
    return {name: value for name, value in wanted.items() if value is not None}


def _dotted(path: str | None) -> str | None:
    return None if path is None else path.removeprefix("$").removeprefix(".")


def _documented(operation: Operation, schemas: Schemas) -> Paging:
    named = {parameter.name for parameter in operation.parameters if parameter.where == "query"}
    styles = [(style, name) for style, names in _POSITIONS.items() for name in names if name in named]
    style: Any = styles[0][0] if styles else "cursor"
    limit = next((name for name in _LIMITS if name in named), "limit")
    page = Paging(style=style, cursor=styles[0][1] if styles else "after", limit=limit)
    return replace(page, **_sizes(operation, limit, schemas), **_places(operation, schemas))


def _sizes(operation: Operation, limit: str, schemas: Schemas) -> dict[str, Any]:
    schema = next(
        (one.schema for one in operation.parameters if one.name == limit and one.where == "query"), {}
    )
    whole = schemas.whole(schema, "request")
    said = {"size": part_of(whole, whole, "default"), "most": part_of(whole, whole, "maximum")}
    return {name: value for name, value in said.items() if isinstance(value, int) and value > 0}


def _places(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    response = operation.responses.get("200")
    schema = next((one.schema for one in response.media.values() if one.schema), None) if response else None
    if schema is None:
        return {}
    found = list(_walk("", schemas.whole(schema, "response"), schemas.whole(schema, "response"), 0))
    arrays = [path for path, kind in found if kind == "array"]
    nexts = [path for path, kind in found if kind == "string" and path.rpartition(".")[2] in _NEXT]
    return ({"results_at": min(arrays, key=_depth)} if arrays else {}) | (
        {"next_at": min(nexts, key=_depth)} if nexts else {}
    )


def _depth(path: str) -> int:
    return path.count(".") + bool(path)


def _walk(path: str, schema: JSON, whole: Mapping[str, JSON], depth: int) -> Iterator[tuple[str, str]]:
    """Yield the places of an answer that are no part of a list, with their types."""
    if not isinstance(schema, dict) or depth > 6:
        return
    kind = schema.get("type")
    for name in [kind] if isinstance(kind, str) else kind if isinstance(kind, list) else []:
        yield path, str(name)
    for part in _inner(schema, whole):
        yield from _walk(path, part, whole, depth + 1)
    properties = schema.get("properties")
    for name, part in properties.items() if isinstance(properties, dict) else ():
        yield from _walk(f"{path}.{name}" if path else name, part, whole, depth + 1)


def _inner(schema: Mapping[str, JSON], whole: Mapping[str, JSON]) -> Iterator[JSON]:
    reference, defs = schema.get("$ref"), whole.get("$defs")
    if isinstance(reference, str) and isinstance(defs, dict):
        yield defs.get(reference.removeprefix("#/$defs/"))
    for word in ("allOf", "anyOf", "oneOf"):
        branches = schema.get(word)
        yield from branches if isinstance(branches, list) else ()
