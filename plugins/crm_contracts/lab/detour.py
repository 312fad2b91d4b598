"""A proxy for programs that have the CRM's host wired in: what they open to it is led to the lab, all else is refused."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Sequence

from crm_contracts.model.contact import Contact

HTTPS = 443
HEAD = 16 * 1024
"""Bytes that the first lines of a request may have."""
PATIENCE = 10.0
"""Seconds in which they must be there."""
MOST = 64
"""So many refused hosts are kept."""

_PIECE = 64 * 1024
_RESET = struct.pack("ii", 1, 0)


class Detour:
    """Answers CONNECT (RFC 9110 9.3.6) for the intercepted hosts at port 443.

    What becomes of the connection behind it becomes of the caller's: a reset is passed on as a reset, and where nothing
    accepts one, the caller's is reset, too.
    """

    def __init__(self, hosts: Sequence[str], lab: tuple[str, int]) -> None:
        self.refused: tuple[Contact, ...] = ()
        self._hosts = frozenset(hosts)
        self._lab = lab
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    async def start(self) -> str:
        """Listen on a free port of the loopback; returns the proxy's URL."""
        self._server = await asyncio.start_server(self._take, "127.0.0.1", 0, limit=HEAD)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def close(self) -> None:
        """Stop listening, and end what came by it."""
        if self._server is not None:
            self._server.close()
        for task in tuple(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            async with asyncio.timeout(PATIENCE):
                line = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[0]
            await self._serve(line.decode("latin-1"), reader, writer)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            _reset(writer)
        except asyncio.CancelledError:
            _reset(writer)  # The run is over; nobody waits for this task's end.
        finally:
            self._open.discard(task)

    async def _serve(self, line: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, port = _wanted(line)
        if not line.startswith("CONNECT ") or host not in self._hosts or port != HTTPS:
            await self._refuse(host, port, writer)
            return
        theirs, ours = await asyncio.open_connection(*self._lab)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(_pass_on(reader, ours))
                group.create_task(_pass_on(theirs, writer))
        except* OSError:
            _reset(ours)
            _reset(writer)
        finally:
            ours.close()
            writer.close()

    async def _refuse(self, host: str, port: int, writer: asyncio.StreamWriter) -> None:
        contact = Contact(host=host, port=port, refused=True)
        if contact not in self.refused and len(self.refused) < MOST:
            self.refused += (contact,)
        said = f"{contact.remedy()}\n".encode()
        head = f"HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {len(said)}\r\n"
        writer.write(head.encode() + b"Connection: close\r\n\r\n" + said)
        with contextlib.suppress(OSError):
            await writer.drain()
        writer.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(_PIECE):
        writer.write(data)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()


def _wanted(line: str) -> tuple[str, int]:
    """The host and port of a request to a proxy: `CONNECT host:443`, or `GET http://host/path`."""
    target = [*line.split(" "), ""][1]
    scheme, found, rest = target.partition("://")
    place = rest.partition("/")[0] if found else target
    host, _colon, port = place.rpartition(":") if place.rpartition(":")[2].isdigit() else (place, "", "")
    return host.strip("[]").rstrip(".").lower(), int(port[:5] or (80 if scheme == "http" else HTTPS))


def _reset(writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError, AttributeError):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()
