"""An answer that begins late."""

from dataclasses import dataclass
from random import Random
from typing import Annotated, Literal

from pydantic import Field

from crm_contracts.faults.base import Positive
from crm_contracts.faults.own_answer import OwnAnswerFault
from crm_contracts.faults.wire import complete
from crm_contracts.model.delivery import Delivery, Piece
from crm_contracts.model.exchange import Answer, Request
from crm_contracts.model.fault import Trait
from crm_contracts.model.language import _


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowFirstByte(OwnAnswerFault):
    """The CRM takes the request and does the work, but the first byte of its answer comes only after `delay`.

    Connections are made promptly, so a connect timeout never fires; only a read timeout or a total one does. The work is
    done whether the caller waits or not.

    Example: `{fault: slow_first_byte, delay: 1.5 * deadline}`.
    Source: N10, N15; timeout study (IC2E'18).
    """

    fault: Literal["slow_first_byte"] = "slow_first_byte"
    delay: Annotated[Positive, Field(description="How long nothing comes.")]

    def traits(self) -> frozenset[Trait]:
        """Answers are late, and a caller that gives up cannot know what became of its write."""
        return frozenset({Trait.SLOW}) | self._ambiguous()

    def sentence(self) -> str:
        """How late, and which exchanges."""
        return _("the first byte of an answer comes {delay} late{which}").format(
            delay=self.delay, which=self._aside()
        )

    def deliver(self, request: Request, answer: Answer | None, dice: Random, now: float) -> Delivery:  # noqa: ARG002 - no choice
        """The CRM's own answer, whatever it is, after a pause."""
        whole = complete(request, answer or Answer(status=503), now=now)
        pieces = (Piece(data=whole.pieces[0].data, pause=self.delay.seconds),)
        return Delivery(pieces=pieces, end=whole.end, status=whole.status)
