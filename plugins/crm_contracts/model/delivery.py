"""How an answer is put on the wire: in pieces, with pauses, and how the connection ends."""

from dataclasses import dataclass
from enum import StrEnum


class End(StrEnum):
    """What happens to the connection after the last piece."""

    KEEP = "keep"
    CLOSE = "close"
    RESET = "reset"
    HANG = "hang"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Some bytes and the seconds to wait before them."""

    data: bytes
    pause: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Raw bytes for the wire, so that a fault can break framing as well as content.

    `whole` tells whether a caller that reads all of it has received a complete answer; `status` is the code on the wire.

    >>> Delivery(pieces=(Piece(data=b"HTTP/1.1 200 OK"),), end=End.CLOSE, status=200, whole=False).end
    <End.CLOSE: 'close'>
    """

    pieces: tuple[Piece, ...] = ()
    end: End = End.KEEP
    status: int | None = None
    whole: bool = True
