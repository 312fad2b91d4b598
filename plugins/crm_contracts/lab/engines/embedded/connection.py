"""A caller's connection and the one to the upstream that belongs to it."""

import asyncio
import socket
import struct
from collections.abc import Callable, Mapping

from crm_contracts.lab.engines import address
from crm_contracts.lab.engines.embedded.link import Link
from crm_contracts.model.toxic import Stream

LINGER_ZERO = struct.pack("ii", 1, 0)


class Port(asyncio.Protocol):
    """One of the two sockets: what it reads goes out over one link, what it writes came in over the other."""

    def __init__(self, *, on_open: Callable[[], None], on_lost: Callable[[], None]) -> None:
        self.transport: asyncio.Transport
        self.is_open = False
        self.outgoing: Link | None = None
        self.incoming: Link | None = None
        self._on_open = on_open
        self._on_lost = on_lost

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.is_open = True
        # Nothing is read before both ends are there.
        transport.pause_reading()
        self._on_open()

    def data_received(self, data: bytes) -> None:
        if self.outgoing:
            self.outgoing.feed(data)

    def eof_received(self) -> bool:
        if self.outgoing:
            self.outgoing.end()
        return True

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self.is_open = False
        if self.outgoing and self.incoming:
            self.outgoing.end()
            self.incoming.cut()
        self._on_lost()

    def pause_writing(self) -> None:
        if self.incoming:
            self.incoming.hold()

    def resume_writing(self) -> None:
        if self.incoming:
            self.incoming.release()

    def reset_when_closed(self) -> None:
        """Make the close an RST, whenever it comes."""
        raw = self.transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_ZERO)

    def abort(self) -> None:
        if self.is_open:
            self.transport.abort()


class Connection:
    """Accepts, connects to the upstream, and lives while either socket is open."""

    def __init__(
        self,
        number: int,
        upstream: str,
        *,
        on_ready: Callable[["Connection"], None],
        on_gone: Callable[["Connection"], None],
    ) -> None:
        self.links: Mapping[Stream, Link] = {}
        self.client = Port(on_open=self._accepted, on_lost=self._lost)
        self.server = Port(on_open=self._joined, on_lost=self._lost)
        self.number = number
        self._upstream = upstream
        self._on_ready = on_ready
        self._on_gone = on_gone
        self._reaching: asyncio.Task[None] | None = None

    def reset_when_closed(self) -> None:
        """Make every close from now on an RST on both sides."""
        self.client.reset_when_closed()
        self.server.reset_when_closed()

    def abort(self) -> None:
        """Close both sockets now; what is under way is lost."""
        for link in self.links.values():
            link.cut()
        self.client.abort()
        self.server.abort()

    def _accepted(self) -> None:
        self._reaching = asyncio.get_running_loop().create_task(self._reach_upstream())

    async def _reach_upstream(self) -> None:
        try:
            host, port = address.parse(self._upstream)
            await asyncio.get_running_loop().create_connection(lambda: self.server, host, port)
        except (OSError, ValueError):
            self.client.transport.close()

    def _joined(self) -> None:
        if not self.client.is_open:
            return self.server.abort()
        client, server = self.client, self.server
        upward = Link(client.transport, server.transport)
        downward = Link(server.transport, client.transport)
        client.outgoing = server.incoming = upward
        client.incoming = server.outgoing = downward
        self.links = {"upstream": upward, "downstream": downward}
        return self._on_ready(self)

    def _lost(self) -> None:
        if self._reaching and not self.client.is_open:
            self._reaching.cancel()
        if not (self.client.is_open or self.server.is_open):
            self._on_gone(self)
