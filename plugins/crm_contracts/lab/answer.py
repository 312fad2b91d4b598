"""What the CRM's front adds to an answer, and what it says when there is none behind it."""

from crm_contracts.faults.wire import bodiless, head
from crm_contracts.model.exchange import Answer

CORRELATION = "x-correlation-id"
_CORRELATION = CORRELATION.encode()
CRASH_PAGE = (
    b"<html>\r\n<head><title>500 Internal Server Error</title></head>\r\n<body>\r\n"
    b"<center><h1>500 Internal Server Error</h1></center>\r\n"
    b"<!-- upstream prematurely closed connection while reading response header from upstream -->\r\n"
    b"<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)
"""What the reverse proxy of incident B showed when the old parser behind it had crashed."""

_CRASHED = Answer(status=500, headers=(("server", "nginx"), ("content-type", "text/html")), body=CRASH_PAGE)


def crashed() -> Answer:
    """The front's answer for a CRM whose strict parser crashed (INCIDENTS.md, B)."""
    return _CRASHED


def wire(answer: Answer, method: str, *, now: float, correlation: str, close: bool) -> tuple[bytes, bytes]:
    """Return head and body of an answer as they go onto the wire; `now` is the CRM's wall clock for Date.

    >>> head, body = wire(Answer(status=204, headers=()), "GET", now=0.0, correlation="c-1", close=False)
    >>> head.splitlines()[2], body
    (b'x-correlation-id: c-1', b'')
    """
    top = head(answer, now=now, close=close)
    if not any(name == CORRELATION for name, _ in answer.headers):
        top = b"%b%b: %b\r\n\r\n" % (top[:-2], _CORRELATION, correlation.encode())
    return top, b"" if method == "HEAD" or bodiless(answer.status) else answer.body
