"""A day's quota that is used up."""

from dataclasses import dataclass, replace
from random import Random
from typing import Annotated, Literal

from pydantic import Field

from crm_contracts.faults.base import ReplyFault, whole
from crm_contracts.faults.wire import complete, http_date
from crm_contracts.model.contract import Refusal
from crm_contracts.model.delivery import Delivery
from crm_contracts.model.exchange import Answer, Request
from crm_contracts.model.fault import Trait
from crm_contracts.model.language import _

DAY = 86400


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyQuota(ReplyFault):
    """The quota of this day (UTC) is used up: 429 until midnight, in the contract's own envelope.

    `Retry-After` points to midnight, as a date, in seconds, or not at all. No call can wait so long: right is to stop asking
    and to say so, or to serve what is kept. Some CRMs say 403.

    Example: `{fault: daily_quota, retry_after: seconds}`.
    Source: N15; FIELD (HubSpot, Pipedrive, Salesforce).
    """

    fault: Literal["daily_quota"] = "daily_quota"
    code: Annotated[Literal[429, 403], Field(description="The HTTP status.")] = 429
    retry_after: Annotated[
        Literal["date", "seconds", "none"], Field(description="The form of Retry-After.")
    ] = "date"

    def traits(self) -> frozenset[Trait]:
        """An error status that says when to come back."""
        return frozenset({Trait.ERROR_STATUS, Trait.LIMITED}) | self._ambiguous()

    def sentence(self) -> str:
        """The code, and which exchanges."""
        sentence = _("the quota of the day is used up: {code} until midnight UTC{which}")
        return sentence.format(code=self.code, which=self._aside())

    def refusal(self) -> Refusal | None:
        """The error in the contract's envelope."""
        return Refusal(status=self.code, category="DAILY_QUOTA", message="The quota of this day is used up.")

    def deliver(self, request: Request, answer: Answer | None, dice: Random, now: float) -> Delivery:  # noqa: ARG002 - no choice
        """The error, and when the next day begins."""
        own = answer if answer is not None and answer.status == self.code else Answer(status=self.code)
        told = (("x-daily-quota-remaining", "0"), *self._told(now))
        return complete(request, replace(own, headers=(*own.headers, *told)), now=now)

    def _told(self, now: float) -> tuple[tuple[str, str], ...]:
        midnight = (int(now) // DAY + 1) * DAY
        if self.retry_after == "none":
            return ()
        text = http_date(midnight) if self.retry_after == "date" else str(whole(midnight - now))
        return (("retry-after", text),)
