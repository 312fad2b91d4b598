"""The driver's end of the way to a Python caller: JSON lines over a socket pair."""

import asyncio
import json
import socket
from collections.abc import Callable
from typing import Any

LONGEST = 64 * 1024 * 1024
"""Bytes that one line may have; the child keeps its values far below."""
Message = dict[str, Any]


class Channel:
    """Sends orders, and hands on what comes back in the order in which it came."""

    def __init__(self, take: Callable[[Message], None]) -> None:
        self._take = take
        self._ends: tuple[socket.socket, ...] = ()
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None

    def pair(self) -> socket.socket:
        """Make both ends and return the one that the caller's process inherits."""
        self._ends = socket.socketpair()
        return self._ends[1]

    async def open(self) -> None:
        """Begin to read; our copy of the caller's end is closed, so that its end can be seen."""
        ours, theirs = self._ends
        theirs.close()
        reader, self._writer = await asyncio.open_unix_connection(sock=ours, limit=LONGEST)
        self._reading = asyncio.create_task(self._read(reader))

    def send(self, **order: object) -> None:
        """Send one order; one to a process that is gone is lost."""
        if self._writer and not self._writer.is_closing():
            self._writer.write(json.dumps(order).encode() + b"\n")

    async def closed(self) -> None:
        """Wait until the other end is gone and everything that it sent was taken."""
        if self._reading:
            await asyncio.wait([self._reading])

    def close(self) -> None:
        """Close our end: the caller's process ends itself."""
        if self._reading:
            self._reading.cancel()
        if self._writer:
            self._writer.close()
        else:
            for end in self._ends:
                end.close()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while line := await reader.readline():
                self._take(json.loads(line))
        except (OSError, ValueError):
            return
