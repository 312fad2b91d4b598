"""Why a request cannot be read, to the byte."""

import pytest

from crm_contracts.lab.framing import explain, hopeless
from crm_contracts.lab.wire import Wire

LINE = b"GET /orders HTTP/1.1\r\n"
HOST = b"Host: crm\r\n"

HEADS = [
    (b"GET /orders HTTP/1.1\r\nHost : crm\r\n\r\n", "framing.space_before_colon", b" :"),
    (
        LINE + HOST + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\n",
        "framing.content_length",
        b"Content-Length: 1\r\n\r\n",
    ),
    (LINE + HOST + b"Content-Length: +1\r\n\r\n", "framing.content_length", b"Content-Length"),
    (
        LINE + HOST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        "framing.ambiguous_length",
        b"Transfer",
    ),
    (LINE + HOST + b"Transfer-Encoding: gzip\r\n\r\n", "framing.transfer_encoding", b"Transfer"),
    (LINE + HOST + b"Transfer-Encoding: gzip, chunked\r\n\r\n", "framing.transfer_encoding", b"Transfer"),
    (LINE + HOST + b"X-Note: one\r\n two\r\n\r\n", "framing.header_newline", b" two"),
    (LINE + HOST + b"X-Note: one\r\ntwo\r\n\r\n", "framing.header_newline", b"two"),
    (LINE + HOST + b"X-Note: o\x00ne\r\n\r\n", "framing.nul", b"\x00"),
    (LINE + HOST + b"X-Note: o\x01ne\r\n\r\n", "framing.control_character", b"\x01"),
    (LINE + HOST + b"X-N\xc3\xb6te: one\r\n\r\n", "framing.header_name", b"\xc3"),
    (LINE + HOST + b"X-Note: one\rtwo\r\n\r\n", "framing.line_ending", b"\rtwo"),
    (LINE + b"Host: crm\n\r\n\r\n", "framing.line_ending", b"\n\r\n\r\n"),
    ("GET /orders/Müller HTTP/1.1\r\n".encode() + HOST + b"\r\n", "framing.target", b"\xc3"),
    (b"GET /orders/a b HTTP/1.1\r\n" + HOST + b"\r\n", "framing.request_line", b" b"),
    (b"GET  /orders HTTP/1.1\r\n" + HOST + b"\r\n", "framing.request_line", b" /orders"),
    (b"GET /orders HTTP/2.0\r\n" + HOST + b"\r\n", "framing.version", b"HTTP/2.0"),
    (b"G(T /orders HTTP/1.1\r\n" + HOST + b"\r\n", "framing.method", b"(T"),
    (b"get /orders HTTP/1.1\r\n" + HOST + b"\r\n", "framing.method", b"get"),
    (LINE + b"\r\n", "framing.host", b"GET"),
    (LINE + HOST + HOST + b"\r\n", "framing.host", HOST + b"\r\n"),
]


@pytest.mark.parametrize("head, rule, at", HEADS)
def test_the_first_broken_byte_is_named(head: bytes, rule: str, at: bytes) -> None:
    """Every head that breaks HTTP's framing is refused with the rule and the offset of the offending byte."""
    wire = Wire()
    wire.receive(head, 0.0)
    incoming = wire.next()
    assert incoming is not None
    (violation,) = incoming.violations
    assert (violation.rule, violation.part) == (rule, "head")
    assert violation.offset == head.index(at)
    assert incoming.head == head


@pytest.mark.parametrize(
    "head",
    [
        LINE + HOST + b"\r\n",
        b"\r\n\r\n" + LINE + HOST + b"\r\n",
        b"GET /orders HTTP/1.0\r\n\r\n",
        LINE + HOST + b"X-Name: M\xc3\xbcller\r\n\r\n",
        LINE + HOST + b"X-Empty:\r\nX-Tab:\tvalue\t\r\n\r\n",
        LINE
        + HOST
        + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQ\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET http://crm/orders?q=%C3%BC HTTP/1.1\r\n" + HOST + b"\r\n",
        LINE + HOST + b"Content-Length: 0\r\n\r\n",
    ],
)
def test_sound_heads_are_read(head: bytes) -> None:
    """What RFC 9110 and 9112 allow is never a violation, however rare."""
    wire = Wire()
    wire.receive(head, 0.0)
    incoming = wire.next()
    assert incoming is not None
    assert incoming.readable
    assert incoming.complete


@pytest.mark.parametrize(
    "begun, rule",
    [
        (b"\x16\x03\x01\x02\x00\x01\x00", "framing.tls"),
        (b"GET /orders HTTP/1.1\nHost: crm\n\n", "framing.line_ending"),
        (b"\x00\x01\x02", "framing.method"),
        (b"GET /" + b"a" * 70_000, "framing.head_too_large"),
        (b'{"a": 1}\r\n', "framing.method"),
    ],
)
def test_what_can_never_become_a_head_is_refused_at_once(begun: bytes, rule: str) -> None:
    """A caller that speaks something else is not left waiting for the end of a head that never comes."""
    violation = hopeless(begun)
    assert violation is not None
    assert violation.rule == rule


def test_a_head_that_is_still_coming_is_waited_for() -> None:
    """Half a head is no violation, wherever it is cut."""
    head = LINE + HOST + b"Content-Length: 5\r\n\r\n"
    for cut in range(1, len(head) - 3):
        assert hopeless(head[:cut]) is None


def test_an_unknown_complaint_of_the_parser_is_passed_on() -> None:
    """Where no rule of ours finds the byte, the parser's words are told and no place is invented."""
    violation = explain(LINE + HOST + b"\r\n", "something new")
    assert (violation.rule, violation.offset) == ("framing.unreadable", None)
    assert "something new" in violation.message
