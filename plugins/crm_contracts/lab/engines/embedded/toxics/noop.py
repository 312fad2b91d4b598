"""No toxic: what runs on a connection that toxicity spares."""

from dataclasses import dataclass
from typing import ClassVar

from crm_contracts.lab.engines.embedded.stage import Stage
from crm_contracts.lab.engines.embedded.toxic import Toxic


@dataclass(frozen=True, slots=True, kw_only=True)
class Noop(Toxic):
    """Everything passes as it came."""

    type: ClassVar[str] = "noop"

    async def pipe(self, stage: Stage) -> None:
        while await stage.take():
            await stage.give()
