"""A version that has ended."""

from dataclasses import dataclass, replace
from random import Random
from typing import Annotated, Literal

from pydantic import Field

from crm_contracts.faults.base import ReplyFault
from crm_contracts.faults.wire import complete, http_date
from crm_contracts.model.contract import Refusal
from crm_contracts.model.delivery import Delivery
from crm_contracts.model.exchange import Answer, Request
from crm_contracts.model.fault import Trait
from crm_contracts.model.language import _


@dataclass(frozen=True, slots=True, kw_only=True)
class RetiredVersion(ReplyFault):
    """The caller's version of the API has ended: everything is answered 410 (or 404), in the contract's own envelope.

    `Sunset` says that it ended today. Repeating cannot help; somebody must move the caller to another version. Before the
    end see `deprecated_version`.

    Example: `{fault: retired_version, code: 410}`.
    Source: N17; RFC 8594; RFC 9110 15.5.11.
    """

    fault: Literal["retired_version"] = "retired_version"
    code: Annotated[Literal[404, 410], Field(description="The HTTP status.")] = 410

    def traits(self) -> frozenset[Trait]:
        """A permanent error."""
        return frozenset({Trait.ERROR_STATUS, Trait.PERMANENT}) | self._ambiguous()

    def sentence(self) -> str:
        """The code, and which exchanges."""
        sentence = _("this version of the API has ended: {code}{which}")
        return sentence.format(code=self.code, which=self._aside())

    def refusal(self) -> Refusal | None:
        """The error in the contract's envelope."""
        return Refusal(
            status=self.code, category="VERSION_RETIRED", message="This version of the API has ended."
        )

    def deliver(self, request: Request, answer: Answer | None, dice: Random, now: float) -> Delivery:  # noqa: ARG002 - no choice
        """The error, and since when."""
        own = answer if answer is not None and answer.status == self.code else Answer(status=self.code)
        sunset = ("sunset", http_date(int(now) // 86400 * 86400))
        return complete(request, replace(own, headers=(*own.headers, sunset)), now=now)
