"""From an answer to raw bytes for the wire: the one place that writes status line, framing and Date."""

from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus

from crm_contracts.model.delivery import Delivery, End, Piece
from crm_contracts.model.exchange import Answer, Request

_FRAMING = frozenset({"content-length", "transfer-encoding", "connection", "date"})
_REASONS = {status.value: status.phrase for status in HTTPStatus}


def encode(answer: Answer, *, now: float, method: str = "GET", close: bool = False) -> bytes:
    """Return the answer as HTTP/1.1 with a Content-Length that fits; `now` is wall-clock seconds for Date.

    A HEAD request, 204 and 304 get no body (RFC 9110 6.4.1).

    >>> encode(Answer(status=204, headers=()), now=0.0).splitlines()[0]
    b'HTTP/1.1 204 No Content'
    """
    body = b"" if method == "HEAD" or bodiless(answer.status) else answer.body
    return b"".join((head(answer, now=now, close=close), body))


def head(answer: Answer, *, now: float, close: bool = False, chunked: bool = False) -> bytes:
    """Return the answer's head, the empty line included; `chunked` instead of the length of its body."""
    reason = answer.reason or _REASONS.get(answer.status, "")
    lines = [f"HTTP/1.1 {answer.status} {reason}", f"Date: {http_date(int(now))}"]
    lines += [f"{name}: {value}" for name, value in answer.headers if name.lower() not in _FRAMING]
    if chunked:
        lines.append("Transfer-Encoding: chunked")
    elif not bodiless(answer.status):
        lines.append(f"Content-Length: {len(answer.body)}")
    if close:
        lines.append("Connection: close")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def chunk(data: bytes) -> bytes:
    r"""One chunk of a chunked body (RFC 9112 7.1).

    >>> chunk(b"hi")
    b'2\r\nhi\r\n'
    """
    return b"%x\r\n%b\r\n" % (len(data), data)


def bodiless(status: int) -> bool:
    """Whether an answer of this status has no body."""
    return status in {204, 304} or status < 200


@lru_cache(maxsize=8)
def http_date(seconds: int) -> str:
    """A moment as HTTP writes it (RFC 9110 5.6.7).

    >>> http_date(0)
    'Thu, 01 Jan 1970 00:00:00 GMT'
    """
    return formatdate(seconds, usegmt=True)


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
