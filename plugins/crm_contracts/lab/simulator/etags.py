"""The state of a record as HTTP tells it (RFC 9110 8.8.3, 13.1), so that of two writers the later one learns of it."""

from crm_contracts.lab.simulator.store import Row
from crm_contracts.model.exchange import Request


def of(row: Row) -> str:
    """Return the strong tag of a record's state.

    >>> of(Row("C-1", {}, version=7))
    '"7"'
    """
    return f'"{row.version}"'


def agrees(request: Request, row: Row) -> bool:
    """Whether a write's `If-Match` names the record's state; a write without one agrees with every state."""
    wanted = request.header("if-match")
    return wanted is None or "*" in _tags(wanted) or of(row) in _tags(wanted)


def unchanged(request: Request, row: Row) -> bool:
    """Whether a read's `If-None-Match` names the record's state, so that 304 is enough."""
    known = request.header("if-none-match")
    return known is not None and (
        "*" in _tags(known) or of(row) in [tag.removeprefix("W/") for tag in _tags(known)]
    )


def _tags(header: str) -> list[str]:
    return [tag.strip() for tag in header.split(",")]
