"""An answer's bytes as HTTP/1.1 writes them: the one place that writes status line, headers, framing and Date."""

from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus

from crm_contracts.model.exchange import Answer

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
    framing: list[str] = []
    if chunked:
        framing.append("Transfer-Encoding: chunked")
    elif not bodiless(answer.status):
        framing.append(f"Content-Length: {len(answer.body)}")
    if close:
        framing.append("Connection: close")
    return framed(answer, *framing, now=now)


def framed(answer: Answer, *framing: str, now: float | None = None) -> bytes:
    r"""Return the answer's head with these lines as its framing, whatever they say; without `now` it has no Date.

    >>> framed(Answer(status=200, headers=()), "Content-Length: ten")
    b'HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\n'
    """
    reason = answer.reason or _REASONS.get(answer.status, "")
    lines = [f"HTTP/1.1 {answer.status} {reason}"]
    if now is not None:
        lines.append(f"Date: {http_date(int(now))}")
    lines += [f"{name}: {value}" for name, value in answer.headers if name.lower() not in _FRAMING]
    return ("\r\n".join((*lines, *framing)) + "\r\n\r\n").encode("latin-1", "replace")


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
