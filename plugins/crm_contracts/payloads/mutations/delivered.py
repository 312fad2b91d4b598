"""Bytes of an answer whose framing is broken, and the end of its connection."""

from crm_contracts.model.delivery import Delivery, End, Piece
from crm_contracts.model.exchange import Answer


def ended(answer: Answer, data: bytes, *, end: End = End.CLOSE, whole: bool = False) -> Delivery:
    """Deliver these bytes; `whole` tells whether a caller that reads all of them has the whole body."""
    return Delivery(pieces=(Piece(data=data),), end=end, status=answer.status, whole=whole)
