"""A fault that is on, and what is known of it when it goes off."""

from dataclasses import dataclass

from crm_contracts.lab.replies import ActiveReply
from crm_contracts.lab.tls.entrance import Altered
from crm_contracts.model.fault import Fault, TokenTerms
from crm_contracts.model.journal import FaultWindow


@dataclass(frozen=True, slots=True, kw_only=True)
class Active:
    """A fault between `switch_on` and `switch_off`; `before` counts what was recorded when it came on.

    `met` tells whether our probe met a toxic or a name that is not found, `why` why not; `toxics` are their names at the engine.
    """

    fault: Fault
    started: float
    before: int = 0
    met: bool = False
    why: str = ""
    toxics: tuple[str, ...] = ()
    down: bool = False
    reply: ActiveReply | None = None
    terms: TokenTerms | None = None
    altered: Altered | None = None

    def window(self, ended: float, *, touched: int, fired: bool, why: str) -> FaultWindow:
        """Return what the journal keeps of it."""
        return FaultWindow(
            fault=self.fault.fault,
            place=self.fault.place.value,
            sentence=self.fault.sentence(),
            started=self.started,
            ended=ended,
            fired=fired,
            touched=touched,
            why="" if fired else why,
            terms=self.terms,
        )
