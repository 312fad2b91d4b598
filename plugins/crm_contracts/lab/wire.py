"""The bytes of one connection, cut into requests: httptools decides what is readable, `framing` says why not."""

from functools import lru_cache

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

from crm_contracts.lab import framing
from crm_contracts.lab.chunks import Chunks
from crm_contracts.model.exchange import Violation

_NOTHING: tuple[Violation, ...] = ()


class Incoming:
    """One request as it arrived: its bytes first, then what could be read of them.

    `body` is decoded where it came in chunks, and as it crossed the wire where the request cannot be read. `keep` tells
    whether the caller wants to go on using the connection.
    """

    __slots__ = (
        "body",
        "complete",
        "head",
        "headers",
        "keep",
        "method",
        "named",
        "started",
        "target",
        "version",
        "violations",
    )

    def __init__(self, started: float, head: bytes) -> None:
        self.started = started
        self.head = head
        self.body = b""
        self.method = ""
        self.target = ""
        self.version = ""
        self.headers: list[tuple[str, str]] = []
        self.named: dict[str, str] = {}
        self.keep = False
        self.complete = False
        self.violations = _NOTHING

    @property
    def readable(self) -> bool:
        """Whether its framing is sound."""
        return not self.violations

    def on_url(self, url: bytes) -> None:
        """Take the target from the parser."""
        self.target += url.decode("latin-1")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header from the parser."""
        self.headers.append((_lower(name), value.decode("latin-1")))


class Wire:
    r"""Cuts what one caller sends into requests, also pipelined ones, without losing a byte.

    >>> wire = Wire()
    >>> wire.receive(b"GET /contacts HTTP/1.1\r\nHost: crm\r\n\r\n", 0.0)
    >>> wire.next().target
    '/contacts'
    """

    __slots__ = ("_body", "_chunks", "_held", "_need", "_open", "_since", "continue_wanted")

    def __init__(self) -> None:
        self._held = b""
        self._since = 0.0
        self._open: Incoming | None = None
        self._body = bytearray()
        self._need = 0
        self._chunks: Chunks | None = None
        self.continue_wanted = False

    @property
    def idle(self) -> bool:
        """Whether no request has begun."""
        return self._open is None and not self._held

    @property
    def held(self) -> bytes:
        """What has arrived and belongs to no complete head yet."""
        return self._held

    def receive(self, data: bytes, now: float) -> None:
        """Take bytes of the connection, read at `now`."""
        if self._open is None:
            if not self._held:
                self._since = now
            self._held = self._held + data if self._held else data
        elif self._chunks is not None:
            self._chunks.receive(data)
        else:
            self._body += data

    def next(self, now: float = 0.0) -> Incoming | None:
        """Return the next request that is complete or cannot be read, or None."""
        if self._open is None:
            if not self._held:
                return None
            self._open = self._begin()
            if self._open is None:
                return None
        if self._open.violations or self._is_whole():
            return self._finished(now)
        return None

    def rest(self) -> Incoming | None:
        """Return the request that had begun when the connection ended, or None."""
        begun = self._open
        if begun is None:
            if not self._held.strip(b"\r\n"):
                return None
            begun = Incoming(self._since, self._held)
            begun.violations = (framing.cut_off("head", len(self._held), None),)
        else:
            begun.body = bytes(self._body if self._chunks is None else self._chunks.raw)
            expected = self._need if self._chunks is None else None
            begun.violations = (framing.cut_off("body", len(begun.body), expected),)
        self._open, self._held = None, b""
        return begun

    def _begin(self) -> Incoming | None:
        held = self._held
        if held.startswith(b"\r\n"):
            # RFC 9112 2.2: empty lines before a request line are to be ignored.
            held = self._held = held.lstrip(b"\r\n")
        end = held.find(b"\r\n\r\n") + 4
        if end < 4 or end > framing.HEAD_LIMIT:
            return self._begun(held)
        incoming = Incoming(self._since, held[:end])
        self._held = held[end:]
        self._read(incoming)
        return incoming

    def _begun(self, held: bytes) -> Incoming | None:
        violation = framing.hopeless(held) if held else None
        if violation is None:
            return None
        incoming = Incoming(self._since, held[: framing.HEAD_LIMIT])
        incoming.violations = (violation,)
        self._held = b""
        return incoming

    def _read(self, incoming: Incoming) -> None:
        parser = HttpRequestParser(incoming)
        try:
            parser.feed_data(incoming.head)
        except HttpParserUpgrade:
            # An offer (h2c of Java's client) that a server may ignore: RFC 9110 7.8.
            pass
        except HttpParserError as error:
            incoming.violations = (framing.explain(incoming.head, str(error)),)
            self._spill_into(incoming)
            return
        incoming.method = parser.get_method().decode("ascii")
        incoming.version = parser.get_http_version()
        self._measure(incoming)

    def _measure(self, incoming: Incoming) -> None:
        named = incoming.named = dict(incoming.headers)
        if violation := framing.strict(incoming.head, incoming.headers, named):
            incoming.violations = (violation,)
            self._spill_into(incoming)
            return
        incoming.keep = _keeps(incoming.version, named.get("connection"))
        self.continue_wanted = "expect" in named and named["expect"].lower() == "100-continue"
        if "content-length" in named:
            self._expect_length(incoming, int(named["content-length"]))
        elif "transfer-encoding" in named:
            self._expect_chunks(incoming, named["transfer-encoding"])

    def _expect_length(self, incoming: Incoming, length: int) -> None:
        held = self._held
        if len(held) >= length:
            incoming.body, self._held = held[:length], held[length:]
            return
        if length > framing.BODY_LIMIT:
            incoming.violations = (framing.too_long(incoming.head),)
        self._need = length
        self._body += held
        self._held = b""

    def _expect_chunks(self, incoming: Incoming, coding: str) -> None:
        if coding.strip().lower() != "chunked":
            incoming.violations = (framing.explain(incoming.head, coding),)
            self._spill_into(incoming)
            return
        self._chunks = Chunks()
        self._chunks.receive(self._held)
        self._held = b""

    def _is_whole(self) -> bool:
        chunks = self._chunks
        if chunks is None:
            return len(self._body) >= self._need
        return chunks.complete or chunks.violation is not None

    def _finished(self, now: float) -> Incoming:
        done = self._open
        assert done is not None
        self._open, self.continue_wanted = None, False
        if self._chunks is not None:
            self._close_chunks(done, self._chunks)
        elif self._need:
            done.body = bytes(self._body[: self._need])
            self._held = bytes(self._body[self._need :])
            self._body.clear()
        self._need = 0
        done.complete = done.readable
        if self._held:
            self._since = now
        return done

    def _close_chunks(self, done: Incoming, chunks: Chunks) -> None:
        self._chunks = None
        if chunks.violation is None:
            done.body, self._held = bytes(chunks.decoded), chunks.rest
        else:
            done.violations, done.body = (chunks.violation,), bytes(chunks.raw)

    def _spill_into(self, incoming: Incoming) -> None:
        # Nobody can tell where an unreadable request ends, so all that followed is kept as its body.
        incoming.body, self._held = self._held, b""


@lru_cache(maxsize=1024)
def _lower(name: bytes) -> str:
    return name.decode("latin-1").lower()


def _keeps(version: str, connection: str | None) -> bool:
    if connection is None:
        return version == "1.1"
    words = connection.lower()
    return "close" not in words if version == "1.1" else "keep-alive" in words
