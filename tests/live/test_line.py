"""Bytes go out as they are, and whatever becomes of them is one of three things."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from crm_contracts.live.line import KEY, Ended, Line
from crm_contracts.live.server import Unreachable
from tests.live.provider import DROP, HANG, answer, provider

REQUEST = b"POST / HTTP/1.1\r\nHost: a\r\nKey: " + KEY.encode() + b"\r\nContent-Length: 1\r\n\r\n["


def test_an_answer():
    """Status, and how long it wants us to wait."""
    with provider(lambda _head, _body: answer(429, "Retry-After: 7")) as (origin, _seen):
        reply = Line(origin=origin).send(REQUEST)
    assert (reply.ended, reply.status, reply.wait) == (Ended.ANSWERED, 429, 7.0)


@pytest.mark.parametrize("said", [DROP, b"\x15\x03\x01", b"no HTTP at all\r\n\r\n"])
def test_a_connection_that_ends_without_an_answer(said: bytes):
    """It, and what is no HTTP, is a dropped connection."""
    with provider(lambda _head, _body: said) as (origin, _seen):
        assert Line(origin=origin).send(REQUEST).ended is Ended.DROPPED


def test_nothing_comes():
    """Patience ends."""
    with provider(lambda _head, _body: HANG) as (origin, _seen):
        assert Line(origin=origin, patience=0.2).send(REQUEST).ended is Ended.HUNG


def test_an_incomplete_request_ends():
    """A provider that waits for the rest sees that none comes."""
    with provider(lambda _head, _body: answer(400)) as (origin, seen):
        reply = Line(origin=origin).send(b"POST / HTTP/1.1\r\nContent-Length: 99\r\n\r\n[", incomplete=True)
    assert reply.status == 400
    assert seen[0].endswith(b"\r\n\r\n[")


def test_each_request_has_its_own_idempotency_key():
    """Else a provider would give its first answer again."""
    with provider(lambda _head, _body: answer(200)) as (origin, seen):
        for _turn in range(2):
            Line(origin=origin).send(REQUEST)
    assert seen[0] != seen[1]
    assert KEY.encode() not in seen[0] + seen[1]


def test_nobody_is_there():
    """That is no fault of a request."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(Unreachable, match="refused"):
        Line(origin=f"http://127.0.0.1:{port}").send(REQUEST)


@contextlib.contextmanager
def secured(authority: trustme.CA) -> Iterator[str]:
    """One exchange over TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):
                wire, _address = server.accept()
                with context.wrap_socket(wire, server_side=True) as crm:
                    crm.recv(65_536)
                    crm.sendall(answer(400))

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"https://localhost:{server.getsockname()[1]}"
        thread.join(20)


def test_https(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A certificate is believed as Python believes it; another one is no fault of a request."""
    authority = trustme.CA()
    with secured(authority) as origin, pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
        Line(origin=origin).send(REQUEST)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with secured(authority) as origin:
        assert Line(origin=origin).send(REQUEST, incomplete=True).status == 400
