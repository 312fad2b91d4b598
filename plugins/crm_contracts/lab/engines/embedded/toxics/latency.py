"""Bytes arrive late."""

from dataclasses import dataclass
from random import Random
from typing import ClassVar

from crm_contracts.lab.engines.embedded.stage import Stage
from crm_contracts.lab.engines.embedded.toxic import Toxic


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency(Toxic):
    """Every chunk arrives `latency` ± `jitter` ms after it was read; the end of the stream is not delayed by itself."""

    type: ClassVar[str] = "latency"
    # Chunks under way at the same time are delayed together, not one after the other.
    room: ClassVar[int] = 1024

    latency: int = 0
    jitter: int = 0

    async def pipe(self, stage: Stage) -> None:
        while await stage.take():
            await stage.age(self._delay(stage.dice))
            await stage.give()

    def _delay(self, dice: Random) -> float:
        jitter = dice.randrange(-self.jitter, self.jitter) if self.jitter > 0 else 0
        return (self.latency + jitter) / 1000
