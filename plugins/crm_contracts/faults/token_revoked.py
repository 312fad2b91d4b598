"""Tokens that were taken away."""

from dataclasses import dataclass
from typing import Literal

from crm_contracts.faults.base import TokenFault, whole
from crm_contracts.model.contract import AuthPolicy
from crm_contracts.model.fault import TokenTerms
from crm_contracts.model.language import _
from crm_contracts.model.promises import Promises


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRevoked(TokenFault):
    """Every token that the caller holds is revoked; the refusal is the contract's for a token that is not valid.

    Unlike an expired token it was not to be foreseen, and its refusal may read otherwise. A new one is good: right is one
    refresh and one repeat, or `refused` where the token cannot be refreshed.

    Example: `{fault: token_revoked}`.
    Source: N1, N6; RFC 7009.
    """

    fault: Literal["token_revoked"] = "token_revoked"

    def sentence(self) -> str:
        """That they are revoked."""
        return _("the CRM has revoked every token that it gave out so far")

    def terms(self, policy: AuthPolicy, promises: Promises) -> TokenTerms:  # noqa: ARG002 - whatever is promised
        """Older tokens are invalid at once; new ones live as the contract says."""
        return TokenTerms(says=whole(policy.lifetime), held_for=0.0, answer="invalid")
