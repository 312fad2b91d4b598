"""The connection is torn down."""

from dataclasses import dataclass
from typing import ClassVar

from crm_contracts.lab.engines.embedded.stage import Stage
from crm_contracts.lab.engines.embedded.toxic import Toxic


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetPeer(Toxic):
    """`timeout` ms after the first byte both sides get RST, and the byte is lost.

    A connection that was open before the toxic came is closed with FIN instead.
    """

    type: ClassVar[str] = "reset_peer"
    resets: ClassVar[bool] = True

    timeout: int = 0

    async def pipe(self, stage: Stage) -> None:
        await stage.take()
        stage.drop()
        stage.doom()
        await stage.sleep(self.timeout / 1000)
