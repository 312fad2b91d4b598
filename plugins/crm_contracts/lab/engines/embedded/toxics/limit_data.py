"""A connection that ends in mid-message."""

from dataclasses import dataclass
from typing import ClassVar

from crm_contracts.lab.engines.embedded.stage import Stage
from crm_contracts.lab.engines.embedded.toxic import Toxic


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitData(Toxic):
    """The connection is closed once `bytes` have passed in this direction; each connection has its own count."""

    type: ClassVar[str] = "limit_data"

    bytes: int = 0

    async def pipe(self, stage: Stage) -> None:
        while await stage.take():
            stage.passed += await stage.give(max(0, self.bytes - stage.passed))
            if stage.passed >= self.bytes:
                return
