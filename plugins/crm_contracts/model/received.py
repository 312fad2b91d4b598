"""Whether an answer that was put on the wire was also read: on a busy machine a caller's time may be up in between."""

from crm_contracts.model.exchange import Exchange
from crm_contracts.model.journal import Journal


def may_be_unread(seen: Exchange, by: float, journal: Journal) -> bool:
    """Whether the caller perhaps gave an answer up before it had read it.

    It closed that connection itself, at `by` (seconds) at the latest and without another request on it, though it keeps
    its connections otherwise, and nobody had said that this one was the last. A caller that never keeps one leaves no
    such trace, and what it was answered counts as read.
    """
    if "close" in (seen.headers.get("connection", "") + seen.answer_headers.get("connection", "")).lower():
        return False
    own = next((one for one in journal.connections if one.id == seen.connection), None)
    if own is None or own.closed_by != "caller" or own.closed is None or own.closed > by:
        return False
    last = max(other.position for other in journal.exchanges if other.connection == seen.connection)
    return seen.position == last and any(one.exchanges > 1 for one in journal.connections)
