"""Bytes arrive in small pieces."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import ClassVar

from crm_contracts.lab.engines.embedded.stage import Stage
from crm_contracts.lab.engines.embedded.toxic import Toxic

TIMER = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class Slicer(Toxic):
    """Chunks are cut into pieces of about `average_size` ± `size_variation` bytes, `delay` µs apart."""

    type: ClassVar[str] = "slicer"

    average_size: int = 0
    size_variation: int = 0
    delay: int = 0

    async def pipe(self, stage: Stage) -> None:
        due = stage.now()
        while size := await stage.take():
            due = max(due, stage.now())
            for piece in self.pieces(size, stage.dice):
                await stage.give(piece)
                due += self.delay / 1_000_000
                # Timers of an event loop are no finer than a millisecond: a debt is paid once it is that large.
                ahead = due - stage.now()
                await stage.sleep(ahead if ahead >= TIMER else 0)

    def pieces(self, size: int, dice: Random) -> Iterator[int]:
        """Cut in about two, again and again: no end of the chunk is favoured with small or large pieces."""
        if size - self.average_size <= self.size_variation:
            yield size
            return
        spread = self.size_variation
        left = size // 2 + (dice.randrange(-spread, spread) if spread else 0)
        yield from self.pieces(left, dice)
        yield from self.pieces(size - left, dice)
