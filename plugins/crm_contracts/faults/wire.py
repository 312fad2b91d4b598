"""From an answer to raw bytes for the wire, whole or cut off."""

from crm_contracts.model.delivery import Delivery, End, Piece
from crm_contracts.model.exchange import Answer, Request
from crm_contracts.model.wire import bodiless, chunk, encode, head, http_date

__all__ = ["bodiless", "chunk", "complete", "cut", "encode", "head", "http_date"]


def complete(request: Request, answer: Answer, *, now: float) -> Delivery:
    """Deliver the answer whole, in one piece, and keep the connection."""
    data = encode(answer, now=now, method=request.method)
    return Delivery(pieces=(Piece(data=data),), end=End.KEEP, status=answer.status)


def cut(request: Request, answer: Answer, *, now: float, after: int, end: End = End.CLOSE) -> Delivery:
    """Deliver at most `after` bytes of the answer, never the last one, and end the connection."""
    data = encode(answer, now=now, method=request.method)
    sent = data[: min(after, len(data) - 1)]
    status = answer.status if b"\r\n" in sent else None
    return Delivery(pieces=(Piece(data=sent),) if sent else (), end=end, status=status, whole=False)
