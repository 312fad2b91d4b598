"""Work that waits."""

from dataclasses import dataclass
from random import Random
from typing import Annotated, Literal

from pydantic import Field

from crm_contracts.faults.base import Positive, ReplyFault
from crm_contracts.faults.wire import complete
from crm_contracts.model.contract import Refusal
from crm_contracts.model.delivery import Delivery, Piece
from crm_contracts.model.exchange import Answer, Request
from crm_contracts.model.fault import Trait
from crm_contracts.model.language import _

_GIVEN_UP = Refusal(status=503, category="LOCK_TIMEOUT", message="The database is locked. Try again later.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay(ReplyFault):
    """The server works on the selected operations for `delay` and then gives up with 503, in the contract's envelope.

    So does a database that is locked: with `effect: write` writes hang and reads work. With `processed: before` the work
    was done, and the CRM's own answer comes after the delay.

    Example: `{fault: delay, delay: 2 * deadline, effect: write}`.
    Source: N16, incident B; N24.
    """

    fault: Literal["delay"] = "delay"
    delay: Annotated[Positive, Field(description="How long the server works on it.")]

    def traits(self) -> frozenset[Trait]:
        """Answers are late; where they come at all, they may be errors."""
        failing = {Trait.ERROR_STATUS} if self.processed == "after" else set()
        return frozenset({Trait.SLOW} | failing) | self._ambiguous()

    def sentence(self) -> str:
        """How long, what then, and which exchanges."""
        if self.processed == "before":
            return _("the CRM answers after {delay}{which}").format(delay=self.delay, which=self._aside())
        sentence = _("the CRM hangs for {delay} and then answers 503{which}")
        return sentence.format(delay=self.delay, which=self._aside())

    def refusal(self) -> Refusal | None:
        """The error after which the server gives up."""
        return _GIVEN_UP if self.processed == "after" else None

    def deliver(self, request: Request, answer: Answer | None, dice: Random, now: float) -> Delivery:  # noqa: ARG002 - no choice
        """Nothing for a while, then the whole answer."""
        whole = complete(request, answer or Answer(status=503), now=now)
        pieces = (Piece(data=whole.pieces[0].data, pause=self.delay.seconds),)
        return Delivery(pieces=pieces, end=whole.end, status=whole.status)
