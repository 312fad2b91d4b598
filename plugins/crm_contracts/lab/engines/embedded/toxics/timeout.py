"""Silence."""

from dataclasses import dataclass
from typing import ClassVar

from crm_contracts.lab.engines.embedded.stage import Stage
from crm_contracts.lab.engines.embedded.toxic import Toxic


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeout(Toxic):
    """Nothing passes; after `timeout` ms without a new chunk the connection is closed. 0 is a black hole."""

    type: ClassVar[str] = "timeout"
    closes_when_removed: ClassVar[bool] = True

    timeout: int = 0

    async def pipe(self, stage: Stage) -> None:
        within = self.timeout / 1000 if self.timeout > 0 else None
        while await stage.take(within=within):
            stage.drop()
