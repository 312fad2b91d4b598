"""The lab's proxy for hosts that are wired in: CONNECT for them alone, and what happens behind it happens before it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from crm_contracts.lab.detour import Detour
from crm_contracts.model.contact import Contact
from crm_contracts.port import free_port
from tests.lab.caller import WITHIN, in_loop

HOST = "api.hubapi.com"
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(1000):
        if data == b"reset":
            writer.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0"
            )
            writer.transport.abort()
            return
        writer.write(data.upper())
    writer.close()


@asynccontextmanager
async def _standing(*, lab: bool = True) -> AsyncIterator[tuple[Detour, int]]:
    server = await asyncio.start_server(_echo, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1] if lab else free_port()
    detour = Detour((HOST,), ("127.0.0.1", port))
    url = await detour.start()
    try:
        yield detour, int(url.rpartition(":")[2])
    finally:
        await detour.close()
        server.close()


async def _said(port: int, line: str) -> tuple[bytes, Streams]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"{line} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    async with asyncio.timeout(WITHIN):
        return await reader.readuntil(b"\r\n\r\n"), (reader, writer)


@in_loop
async def test_an_intercepted_host_is_led_to_the_lab() -> None:
    """Bytes go both ways, and the end of one side is the end of the other."""
    async with _standing() as (detour, port):
        head, (reader, writer) = await _said(port, f"CONNECT {HOST.upper()}:443")
        assert head.startswith(b"HTTP/1.1 200 ")
        writer.write(b"hello")
        async with asyncio.timeout(WITHIN):
            assert await reader.readexactly(5) == b"HELLO"
            writer.write_eof()
            assert await reader.read() == b""
        writer.close()
        assert detour.refused == ()


@pytest.mark.parametrize(
    "line, contact",
    [
        ("CONNECT api.elsewhere.example:443", Contact(host="api.elsewhere.example", port=443, refused=True)),
        (f"CONNECT {HOST}:8443", Contact(host=HOST, port=8443, refused=True)),
        (f"GET http://{HOST}/crm", Contact(host=HOST, port=80, refused=True)),
        ("CONNECT [2001:db8::1]:443", Contact(host="2001:db8::1", port=443, refused=True)),
    ],
)
@in_loop
async def test_everything_else_is_refused_and_named(line: str, contact: Contact) -> None:
    """Once, however often it is tried, with what to write as the answer."""
    async with _standing() as (detour, port):
        for _time in range(2):
            head, (reader, writer) = await _said(port, line)
            assert head.startswith(b"HTTP/1.1 403 ")
            assert str(contact) in (await reader.read()).decode()
            writer.close()
        assert detour.refused == (contact,)


@in_loop
async def test_a_reset_behind_it_is_a_reset_before_it() -> None:
    """A fault of TCP reaches the caller as what it is."""
    async with _standing() as (_detour, port):
        _head, (reader, writer) = await _said(port, f"CONNECT {HOST}:443")
        writer.write(b"reset")
        with pytest.raises(ConnectionResetError):
            async with asyncio.timeout(WITHIN):
                await reader.read()
        writer.close()


@in_loop
async def test_a_lab_that_accepts_nothing_resets_the_caller() -> None:
    """No proxy answers for it that all is well."""
    async with _standing(lab=False) as (_detour, port):
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await _said(port, f"CONNECT {HOST}:443")


@in_loop
async def test_whoever_is_connected_when_it_closes_is_let_go() -> None:
    """Nothing is left open behind a run."""
    async with _standing() as (detour, port):
        _head, (reader, writer) = await _said(port, f"CONNECT {HOST}:443")
        await detour.close()
        async with asyncio.timeout(WITHIN):
            with suppress(ConnectionResetError):
                assert await reader.read() == b""
        writer.close()
