"""A connection that does not want to end."""

from dataclasses import dataclass
from typing import ClassVar

from crm_contracts.lab.engines.embedded.stage import Stage
from crm_contracts.lab.engines.embedded.toxic import Toxic


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowClose(Toxic):
    """Bytes pass at once; the close is passed on `delay` ms late."""

    type: ClassVar[str] = "slow_close"

    delay: int = 0

    async def pipe(self, stage: Stage) -> None:
        while await stage.take():
            await stage.give()
        await stage.sleep(self.delay / 1000)
