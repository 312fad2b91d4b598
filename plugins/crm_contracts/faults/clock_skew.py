"""A CRM whose clock is wrong."""

from dataclasses import dataclass
from random import Random
from typing import Annotated, Literal

from pydantic import Field

from crm_contracts.faults.base import Lasting
from crm_contracts.faults.own_answer import OwnAnswerFault
from crm_contracts.faults.wire import complete
from crm_contracts.model.delivery import Delivery
from crm_contracts.model.exchange import Answer, Request
from crm_contracts.model.fault import Trait
from crm_contracts.model.language import _


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSkew(OwnAnswerFault):
    """The `Date` of answers is wrong by `by`, `ahead` or `behind`: the clocks of CRM and caller differ.

    A caller that counts the life of its token, or the wait that it was told as a date, from the CRM's clock on one side
    and its own on the other is wrong by as much. To strike the token endpoint too, name it in `operations`.

    Example: `{fault: clock_skew, by: 2h, direction: behind}`.
    Source: N3; RFC 9110 6.6.1.
    """

    fault: Literal["clock_skew"] = "clock_skew"
    by: Annotated[Lasting, Field(description="How wrong the clock is.")]
    direction: Annotated[
        Literal["ahead", "behind"], Field(description="Whether the CRM's clock is ahead or behind.")
    ] = "ahead"

    def traits(self) -> frozenset[Trait]:
        """None by itself: the answers are sound."""
        return frozenset()

    def sentence(self) -> str:
        """How wrong, and which exchanges."""
        ahead = self.direction == "ahead"
        sentence = (
            _("the CRM's clock is {by} ahead{which}") if ahead else _("the CRM's clock is {by} behind{which}")
        )
        return sentence.format(by=self.by, which=self._aside())

    def deliver(self, request: Request, answer: Answer | None, dice: Random, now: float) -> Delivery:  # noqa: ARG002 - no choice
        """The CRM's own answer, whatever it is, at another time."""
        skew = self.by.seconds if self.direction == "ahead" else -self.by.seconds
        return complete(request, answer or Answer(status=503), now=max(0.0, now + skew))
