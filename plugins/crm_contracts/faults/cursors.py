"""Where cursors stand in requests and answers."""

import json

from crm_contracts.model.exchange import Request
from crm_contracts.model.json import JSON


def cursor_of(request: Request, parameter: str) -> str | None:
    """The cursor of a request, from its query or (searches) its body; None for a first page."""
    found = request.parameter(parameter)
    if found is not None or not request.body:
        return found
    try:
        body = json.loads(request.body)
    except ValueError:
        return None
    inside = body.get(parameter) if isinstance(body, dict) else None
    return inside if isinstance(inside, str) else None


def with_cursor(value: JSON, field: str, cursor: str, *, only_where_more: bool = False) -> JSON:
    """The same page with another next cursor; records are not looked into.

    >>> with_cursor({"results": [], "nextCursor": None}, "nextCursor", "a")
    {'results': [], 'nextCursor': 'a'}
    """
    if not isinstance(value, dict):
        return value
    return {
        name: _next(entry, cursor, only_where_more=only_where_more)
        if name == field
        else with_cursor(entry, field, cursor, only_where_more=only_where_more)
        for name, entry in value.items()
    }


def _next(entry: JSON, cursor: str, *, only_where_more: bool) -> JSON:
    return entry if only_where_more and entry is None else cursor
