"""One toxic at work on one direction of one connection."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Protocol

from crm_contracts.lab.engines.embedded.toxic import Toxic


@dataclass(slots=True)
class Chunk:
    """Bytes under way; `read_at` is when they came, on the loop's clock."""

    data: bytes
    read_at: float


class Onward(Protocol):
    """What comes after a stage: the next stage, or the socket."""

    @property
    def room(self) -> asyncio.Event:
        """Set while it wants more."""

    def push(self, chunk: Chunk) -> None:
        """Take a chunk, also where there is no room: whoever can wait looks at `room` first."""

    def end(self) -> None:
        """No more chunks will come."""


class Stage:
    """Runs a toxic as a task; can be given another toxic, or taken out, without losing a byte."""

    def __init__(self, *, onward: Onward, dice: Random, on_room: Callable[[], None]) -> None:
        self.onward = onward
        self.dice = dice
        self.passed = 0
        self.room = asyncio.Event()
        self.room.set()
        self._on_room = on_room
        self._arrived = asyncio.Event()
        self._queue: deque[Chunk] = deque()
        self._held: Chunk | None = None
        self._ended = False
        self._closed = False
        self._doomed = False
        self._toxic: Toxic
        self._task: asyncio.Task[None] | None = None

    # What a toxic uses.

    async def take(self, *, within: float | None = None) -> int:
        """Hold the next chunk and tell its size; 0 at the end of the stream, or when `within` seconds are over."""
        try:
            async with asyncio.timeout(within):
                await self._next()
        except TimeoutError:
            return 0
        return len(self._held.data) if self._held else 0

    async def give(self, size: int | None = None) -> int:
        """Pass on the chunk in hand, or its first `size` bytes, as soon as there is room; tell how many bytes went."""
        while not self.onward.room.is_set():
            # Looked up anew each time: what comes after may have been taken out meanwhile.
            await self.onward.room.wait()
        return self._give(size)

    def doom(self) -> None:
        """Whatever becomes of the toxic, this connection will be closed."""
        self._doomed = True

    def drop(self) -> None:
        """Lose the chunk in hand."""
        self._held = None

    async def age(self, delay: float) -> None:
        """Sleep until the chunk in hand is `delay` seconds old; for what comes after it is then new."""
        if self._held:
            await self.sleep(self._held.read_at + delay - self.now())
            self._held.read_at = self.now()

    async def sleep(self, seconds: float) -> float:
        """Sleep, and tell how long it really was; others run in any case."""
        start = self.now()
        await asyncio.sleep(max(0.0, seconds))
        return self.now() - start

    def now(self) -> float:
        """The loop's clock, in seconds."""
        return asyncio.get_running_loop().time()

    # What a link does with it.

    def run(self, toxic: Toxic) -> None:
        """Begin with a toxic, or go on with another one: a chunk in hand is passed on at once."""
        self._interrupt()
        if self._doomed:
            self.close()
        if self._closed:
            return
        self._give()
        self._toxic = toxic
        self._task = asyncio.get_running_loop().create_task(self._work())

    def push(self, chunk: Chunk) -> None:
        if self._closed:
            return
        self._queue.append(chunk)
        self._arrived.set()
        if len(self._queue) >= self._toxic.room:
            self.room.clear()

    def end(self) -> None:
        self._ended = True
        self._arrived.set()

    def leave(self) -> None:
        """Be taken out: what is under way goes on at once, except where the toxic closes the connection instead."""
        self._interrupt()
        if self._doomed or self._toxic.closes_when_removed:
            self.close()
        if self._closed:
            return
        self._give()
        for chunk in self._queue:
            self.onward.push(chunk)
        self._closed = True
        self.room.set()
        if self._ended:
            self.onward.end()

    def close(self) -> None:
        """End the stream here; what was under way is lost."""
        if not self._closed:
            self.cut()
            self.onward.end()

    def cut(self) -> None:
        """Stop without a word to what comes after: it is gone."""
        self._interrupt()
        self._closed = True
        self._held = None
        self._queue.clear()
        self.room.set()
        self._on_room()

    def _interrupt(self) -> None:
        # A cancelled task never gets past the `await` in which it is: what it holds can be taken at once.
        if self._task:
            self._task.cancel()

    async def _work(self) -> None:
        await self._toxic.pipe(self)
        self.close()

    async def _next(self) -> None:
        while not self._queue and not self._ended:
            self._arrived.clear()
            await self._arrived.wait()
        self._held = self._queue.popleft() if self._queue else None
        if not self.room.is_set() and len(self._queue) < self._toxic.room:
            self.room.set()
            self._on_room()

    def _give(self, size: int | None = None) -> int:
        chunk = self._held
        if chunk is None or size == 0:
            return 0
        part = chunk.data if size is None else chunk.data[:size]
        rest = chunk.data[len(part) :]
        self._held = Chunk(rest, chunk.read_at) if rest else None
        self.onward.push(Chunk(part, chunk.read_at))
        return len(part)
