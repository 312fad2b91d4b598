"""The sink for alerts: where callers send what their people should see. It lies beside the faulty path, not in it."""

import asyncio
import secrets
from collections.abc import Callable

from crm_contracts.lab.wire import Incoming, Wire

PREFIX = "/alerts/"
LONGEST = 16 * 1024
"""Of an alert's text so many bytes are kept."""

Take = Callable[[bytes], None]

_TAKEN = b"HTTP/1.1 204 No Content\r\n"
_UNKNOWN = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n"
_UNREADABLE = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n"


class AlertSink:
    """One listening port of the lab; each run has a path of its own on it."""

    def __init__(self) -> None:
        self._takers: dict[str, Take] = {}
        self._server: asyncio.Server | None = None
        self._port = 0
        self.open: set[asyncio.Transport] = set()

    async def start(self) -> None:
        """Listen on a free port of the loopback."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _AlertConnection(self), "127.0.0.1", 0)
        self._port = self._server.sockets[0].getsockname()[1]

    def register(self, take: Take) -> str:
        """Return the URL at which `take` gets the text of alerts."""
        key = secrets.token_hex(8)
        self._takers[key] = take
        return f"http://127.0.0.1:{self._port}{PREFIX}{key}"

    def unregister(self, url: str) -> None:
        """Take no more alerts for a run."""
        self._takers.pop(url.rpartition("/")[2], None)

    def take(self, incoming: Incoming) -> bytes:
        """Hand an alert to its run and return the head of the answer."""
        if not incoming.readable:
            return _UNREADABLE
        key = incoming.target.partition("?")[0].removeprefix(PREFIX).partition("/")[0]
        taker = self._takers.get(key)
        if taker is None:
            return _UNKNOWN
        taker((incoming.body or incoming.target.partition("?")[2].encode("latin-1"))[:LONGEST])
        return _TAKEN

    async def close(self) -> None:
        """Stop listening and end all connections."""
        if self._server is not None:
            self._server.close()
        for transport in tuple(self.open):
            transport.abort()


class _AlertConnection(asyncio.Protocol):
    def __init__(self, sink: AlertSink) -> None:
        self._sink = sink
        self._wire = Wire()
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._sink.open.add(transport)

    def data_received(self, data: bytes) -> None:
        self._wire.receive(data, 0.0)
        while (incoming := self._wire.next()) is not None:
            answer = self._sink.take(incoming)
            going_on = incoming.readable and incoming.keep
            self._transport.write(answer + (b"\r\n" if going_on else b"connection: close\r\n\r\n"))
            if not going_on:
                self._transport.close()
                return
        if self._wire.continue_wanted:
            self._wire.continue_wanted = False
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the protocol's signature
        self._sink.open.discard(self._transport)
