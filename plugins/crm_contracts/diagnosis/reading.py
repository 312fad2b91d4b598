"""A request read as the lab's gateway reads it: byte by byte, and what is wrong with its framing."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from crm_contracts.diagnosis.given import Given
from crm_contracts.lab.framing import broken
from crm_contracts.lab.wire import Incoming, Wire
from crm_contracts.model.exchange import Violation
from crm_contracts.model.language import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One request as it was read; `body` is all that follows the head, decoded where it came in chunks.

    `notes` tell what had to be supposed; `alone` that there is a body and nothing else.
    """

    method: str = ""
    target: str = ""
    version: str = ""
    head: bytes = b""
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    violations: tuple[Violation, ...] = ()
    notes: tuple[str, ...] = ()
    alone: bool = False
    named: Mapping[str, str] = field(default_factory=dict)

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """Its headers with their names as they were written."""
        pairs = (line.partition(b":") for line in self.head.split(b"\r\n")[1:] if b":" in line)
        return tuple((n.decode("latin-1").strip(), v.decode("latin-1").strip()) for n, _colon, v in pairs)


def read(given: Given) -> Reading:
    r"""Return what a strict reader makes of a request.

    >>> from crm_contracts.diagnosis.recognised import given
    >>> read(given(b"GET /orders HTTP/1.1\r\nHost : crm\r\n\r\n")).violations[0].rule
    'framing.space_before_colon'
    """
    if given.kind == "body":
        return Reading(body=given.raw.rstrip(b"\r\n"), notes=given.notes, alone=True)
    wire = Wire()
    wire.receive(given.raw, 0.0)
    incoming = wire.next() or wire.rest()
    if incoming is None:
        return Reading(notes=given.notes)
    return _reading(given, incoming, wire.held)


def _reading(given: Given, incoming: Incoming, rest: bytes) -> Reading:
    head = incoming.head
    method, target = incoming.method, incoming.target
    if not method:
        # The parser gave up; the first line may still tell what was meant.
        words = head.split(b"\r\n")[0].decode("latin-1").split(" ")
        method, target = words[0], words[1] if len(words) > 2 else ""
    extra = rest if rest.strip(b"\r\n") and incoming.readable else b""
    violations = incoming.violations or ((_excess(incoming, extra),) if extra else ())
    return Reading(
        method=method,
        target=target,
        version=incoming.version,
        head=head,
        body=incoming.body + extra,
        headers=tuple(incoming.headers),
        violations=violations,
        notes=given.notes,
        named=dict(incoming.headers),
    )


def _excess(incoming: Incoming, extra: bytes) -> Violation:
    """Bytes beyond the length that was told: the CRM takes them for the next request."""
    whole, said = incoming.body + extra, incoming.named.get("content-length")
    if said is None:
        message = _("{n} bytes follow the head, but no Content-Length tells of them: no body is read.")
        return broken("no_length", message.format(n=len(extra)), 0, part="body")
    message = _("The body has {n} bytes, Content-Length says {m}.").format(n=len(whole), m=said)
    if len(whole.decode("utf-8", "replace")) == int(said):
        message += " " + _("That is the number of its characters, not of its bytes.")
    return broken("long_body", message, len(incoming.body), part="body")
