"""Requests are cut out of a connection's bytes, whatever the pieces in which they arrive."""

import pytest

from crm_contracts.lab.wire import Incoming, Wire
from tests.lab.caller import post, request

CHUNKED = request("POST", "/crm/orders", Transfer_Encoding="chunked")


def all_of(*pieces: bytes) -> list[Incoming]:
    wire, found = Wire(), []
    for number, piece in enumerate(pieces):
        wire.receive(piece, float(number))
        while (incoming := wire.next(float(number))) is not None:
            found.append(incoming)
    return found


def test_every_cut_gives_the_same_request() -> None:
    """A request that arrives in two pieces is the same as in one, wherever it is cut."""
    whole = post(b'{"subject": "printer"}')
    for cut in range(1, len(whole)):
        (incoming,) = all_of(whole[:cut], whole[cut:])
        assert incoming.head + incoming.body == whole
        assert (incoming.complete, incoming.started) == (True, 0.0)


def test_every_cut_of_a_chunked_body_gives_the_same_body() -> None:
    """Chunks are put together wherever the pieces end, extensions and trailers read over."""
    body = b'4;a=b\r\n{"a"\r\n5\r\n: 12}\r\n0\r\nX-Sum: 9\r\n\r\n'
    for cut in range(1, len(CHUNKED + body)):
        whole = CHUNKED + body
        (incoming,) = all_of(whole[:cut], whole[cut:])
        assert incoming.body == b'{"a": 12}'
        assert incoming.readable


@pytest.mark.parametrize(
    "body, at",
    [
        (b"zz\r\nab\r\n0\r\n\r\n", 0),
        (b"2\r\nabc\r\n0\r\n\r\n", 5),
        (b"2\nab\r\n0\r\n\r\n", 0),
        (b"-1\r\n", 0),
        (b"123456789\r\n", 0),
        (b"1\r\na\r\n0\r\nbad trailer\r\n\r\n", 9),
    ],
)
def test_a_bad_chunk_is_named_to_the_byte(body: bytes, at: int) -> None:
    """A malformed chunk is a violation of the body, whose raw bytes are kept as they came."""
    (incoming,) = all_of(CHUNKED + body)
    (violation,) = incoming.violations
    assert (violation.rule, violation.part, violation.offset) == ("framing.chunk", "body", at)
    assert incoming.body == body
    assert not incoming.complete


def test_pipelined_requests_come_in_order() -> None:
    """Requests that arrive in one piece are all found, each with its own body."""
    found = all_of(
        post(b"[1]") + request(target="/crm/orders") + CHUNKED + b"1\r\n7\r\n0\r\n\r\n" + post(b"[2]")
    )
    assert [incoming.body for incoming in found] == [b"[1]", b"", b"7", b"[2]"]
    assert all(incoming.complete for incoming in found)


def test_what_was_begun_is_not_lost() -> None:
    """A connection that ends in mid-request leaves an incomplete request with the place where it ended."""
    wire = Wire()
    wire.receive(b'POST /crm/orders HTTP/1.1\r\nHost: crm\r\nContent-Length: 10\r\n\r\n{"a"', 3.0)
    assert wire.next() is None
    rest = wire.rest()
    assert rest is not None
    (violation,) = rest.violations
    assert (rest.body, rest.complete, rest.started) == (b'{"a"', False, 3.0)
    assert (violation.rule, violation.offset) == ("framing.short_body", 4)
    assert wire.rest() is None


def test_half_a_head_is_not_lost() -> None:
    """The same holds where not even the head is complete."""
    wire = Wire()
    wire.receive(b"POST /crm/or", 3.0)
    assert wire.next() is None
    rest = wire.rest()
    assert rest is not None
    assert (rest.head, rest.violations[0].rule) == (b"POST /crm/or", "framing.short_head")


def test_half_a_chunk_is_not_lost() -> None:
    """Of a chunked body the raw bytes are kept."""
    wire = Wire()
    wire.receive(CHUNKED + b"4\r\nab", 0.0)
    assert wire.next() is None
    rest = wire.rest()
    assert rest is not None
    assert (rest.body, rest.violations[0].rule) == (b"4\r\nab", "framing.short_body")


def test_silence_is_no_request() -> None:
    """Neither nothing nor empty lines are a request that was begun."""
    wire = Wire()
    wire.receive(b"\r\n", 0.0)
    assert wire.next() is None
    assert wire.rest() is None


@pytest.mark.parametrize(
    "version, connection, keep",
    [("1.1", None, True), ("1.1", "close", False), ("1.0", None, False), ("1.0", "keep-alive", True)],
)
def test_the_caller_says_whether_it_goes_on(version: str, connection: str | None, keep: bool) -> None:
    """HTTP/1.1 keeps a connection by default, HTTP/1.0 does not (RFC 9112 9.3)."""
    said = f"Connection: {connection}\r\n" if connection else ""
    (incoming,) = all_of(f"GET / HTTP/{version}\r\nHost: crm\r\n{said}\r\n".encode())
    assert incoming.keep is keep


def test_a_body_beyond_all_measure_is_refused() -> None:
    """A Content-Length above the limit is refused before the body is waited for."""
    (incoming,) = all_of(b"POST / HTTP/1.1\r\nHost: crm\r\nContent-Length: 99999999999\r\n\r\n")
    assert incoming.violations[0].rule == "framing.body_too_large"


def test_headers_are_read_by_lower_case_name() -> None:
    """Names are lower case, values as they were sent, repeated headers stay."""
    (incoming,) = all_of(request(X_A="One", x_a="Two"))
    assert [pair for pair in incoming.headers if pair[0] == "x-a"] == [("x-a", "One"), ("x-a", "Two")]
    assert incoming.named["x-a"] == "Two"
