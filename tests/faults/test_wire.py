"""The shared encoder of answers."""

from crm_contracts.faults.wire import encode
from crm_contracts.model.exchange import Answer


def test_framing_is_always_the_encoders_own() -> None:
    """A Content-Length that an answer brings along is replaced, whatever its case."""
    answer = Answer(
        status=200,
        headers=(("Content-Length", "99"), ("Transfer-Encoding", "chunked"), ("DATE", "never"), ("x-a", "1")),
        body=b"{}",
    )

    assert encode(answer, now=0.0, close=True) == (
        b"HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nx-a: 1\r\nContent-Length: 2\r\n"
        b"Connection: close\r\n\r\n{}"
    )


def test_a_head_request_is_told_the_length_and_gets_no_body() -> None:
    """RFC 9110 9.3.2."""
    data = encode(Answer(status=200, body=b"{}"), now=0.0, method="HEAD")

    assert b"Content-Length: 2" in data
    assert data.endswith(b"\r\n\r\n")


def test_204_and_304_have_neither_length_nor_body() -> None:
    """RFC 9110 8.6."""
    for status in (204, 304):
        data = encode(Answer(status=status, body=b"x"), now=0.0)

        assert b"Content-Length" not in data
        assert data.endswith(b"\r\n\r\n")


def test_an_unknown_status_has_an_empty_reason() -> None:
    """It is still a status line."""
    assert encode(Answer(status=599), now=0.0).startswith(b"HTTP/1.1 599 \r\n")
