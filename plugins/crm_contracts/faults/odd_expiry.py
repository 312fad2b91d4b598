"""New tokens whose life is told in an odd way."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from crm_contracts.faults.base import TokenFault, whole
from crm_contracts.model.consumer import Consumer
from crm_contracts.model.contract import AuthPolicy, Contract
from crm_contracts.model.fault import TokenTerms, Told
from crm_contracts.model.language import _
from crm_contracts.model.promises import Promises


@dataclass(frozen=True, slots=True, kw_only=True)
class OddExpiry(TokenFault):
    """Every token is refused, and the new ones are good, but their `expires_in` is not the whole number that it was.

    `text`: the number in quotes; `fraction`: with a fraction; `missing`: left out; `zero`, `negative`, `null`: what they
    say. RFC 6749 only recommends the field, so a caller needs an answer for each; refusing is legal, falling over is not.

    Example: `{fault: odd_expiry, says: text}`.
    Source: N1, N19; RFC 6749 5.1.
    """

    trial: ClassVar[str] = "odd"

    fault: Literal["odd_expiry"] = "odd_expiry"
    says: Annotated[
        Literal["text", "fraction", "missing", "zero", "negative", "null"],
        Field(description="What stands in `expires_in`."),
    ]

    def sentence(self) -> str:
        """What it says instead."""
        what = {
            "text": _("is text"),
            "fraction": _("has a fraction"),
            "missing": _("is missing"),
            "zero": _("is 0"),
            "negative": _("is -1"),
            "null": _("is null"),
        }[self.says]
        return _("every token is refused, and expires_in of the new ones {what}").format(what=what)

    def terms(self, policy: AuthPolicy, promises: Promises) -> TokenTerms:  # noqa: ARG002 - whatever is promised
        """Older tokens are refused at once; new ones live as the contract says, whatever they say."""
        told: Told = self.says
        return TokenTerms(says=whole(policy.lifetime), held_for=0.0, trial=self.trial, told=told)

    def fits(self, consumer: Consumer, contract: Contract) -> str | None:  # noqa: ARG002 - the contract decides
        """It needs a token endpoint."""
        if contract.auth.refreshable:
            return None
        return _("a {kind} cannot be refreshed").format(kind=contract.auth.kind)
