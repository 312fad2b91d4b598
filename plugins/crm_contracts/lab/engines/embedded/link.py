"""One direction of one connection: from one socket through its toxics to the other socket."""

import asyncio
from collections.abc import Callable
from random import Random

from crm_contracts.lab.engines.embedded.stage import Chunk, Onward, Stage
from crm_contracts.lab.engines.embedded.toxic import Toxic


class Outlet:
    """The socket at the end of a link."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self.room = asyncio.Event()
        self.room.set()
        self._transport = transport
        self._ended = False

    def write(self, data: bytes) -> None:
        if not self._ended:
            self._transport.write(data)

    def push(self, chunk: Chunk) -> None:
        self.write(chunk.data)

    def end(self) -> None:
        """Close the whole socket once everything is written: a proxy knows no half-closed connections."""
        self._ended = True
        self._transport.close()

    def cut(self) -> None:
        """The socket is gone."""
        self._ended = True
        self.room.set()


class Link:
    """Bytes flow straight from `source` to `sink` while no toxic is on, and through its stages else."""

    def __init__(self, source: asyncio.Transport, sink: asyncio.Transport) -> None:
        self.feed: Callable[[bytes], None]
        self._source = source
        self._outlet = Outlet(sink)
        self._stages: dict[str, Stage] = {}
        self._route()

    def add(self, name: str, toxic: Toxic, dice: Random) -> None:
        """Put a toxic behind those that are there."""
        stage = Stage(onward=self._outlet, dice=dice, on_room=self._balance)
        stage.run(toxic)
        if self._stages:
            next(reversed(self._stages.values())).onward = stage
        self._stages[name] = stage
        self._route()

    def update(self, name: str, toxic: Toxic) -> None:
        self._stages[name].run(toxic)

    def dice(self, name: str) -> Random:
        """The randomness of one toxic on this link."""
        return self._stages[name].dice

    def remove(self, name: str) -> None:
        """Take a toxic out; bytes that it delayed go on at once."""
        stage = self._stages.pop(name)
        for other in self._stages.values():
            if other.onward is stage:
                other.onward = stage.onward
        stage.leave()
        self._route()

    def end(self) -> None:
        """The source sends no more."""
        self._head.end()

    def cut(self) -> None:
        """The sink is gone: nothing more can be delivered."""
        self._outlet.cut()
        for stage in self._stages.values():
            stage.cut()
        self._balance()

    def hold(self) -> None:
        """The sink's buffer is full."""
        self._outlet.room.clear()
        self._balance()

    def release(self) -> None:
        """The sink's buffer has room again."""
        self._outlet.room.set()
        self._balance()

    @property
    def _head(self) -> Onward:
        return next(iter(self._stages.values()), self._outlet)

    def _route(self) -> None:
        self.feed = self._feed if self._stages else self._outlet.write
        self._balance()

    def _feed(self, data: bytes) -> None:
        self._head.push(Chunk(data, asyncio.get_running_loop().time()))
        self._balance()

    def _balance(self) -> None:
        if self._head.room.is_set():
            self._source.resume_reading()
        else:
            self._source.pause_reading()
