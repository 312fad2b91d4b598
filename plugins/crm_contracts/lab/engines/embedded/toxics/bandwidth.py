"""A narrow line."""

from dataclasses import dataclass
from typing import ClassVar

from crm_contracts.lab.engines.embedded.stage import Stage
from crm_contracts.lab.engines.embedded.toxic import Toxic

PORTION = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Bandwidth(Toxic):
    """At most `rate` kB pass in a second; a large chunk goes in portions of 100 ms."""

    type: ClassVar[str] = "bandwidth"

    rate: int = 0

    async def pipe(self, stage: Stage) -> None:
        per_second = self.rate * 1000
        portion = int(per_second * PORTION)
        owed = 0.0
        while size := await stage.take():
            owed += size / per_second
            while size > portion:
                await stage.sleep(PORTION)
                size -= await stage.give(portion)
                owed -= PORTION
            # Timers are late: what was slept too long is taken off the next chunk.
            owed -= await stage.sleep(owed)
            await stage.give()
