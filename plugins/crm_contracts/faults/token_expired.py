"""A token that is refused although the caller believes in it."""

from dataclasses import dataclass
from typing import Literal

from crm_contracts.faults.base import TokenFault, whole
from crm_contracts.model.contract import AuthPolicy
from crm_contracts.model.fault import TokenTerms
from crm_contracts.model.language import _
from crm_contracts.model.promises import Promises


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenExpired(TokenFault):
    """Every token that the caller holds is refused from now on; a new one is good.

    Right is one refresh and one repeat, or `refused` where the contract says that a refusal is no refresh signal or the
    token cannot be refreshed.

    Example: `{fault: token_expired}`.
    Source: N1, incident A; JUDGING, tokens, trial 2.
    """

    fault: Literal["token_expired"] = "token_expired"

    def sentence(self) -> str:
        """That they are refused."""
        return _("the CRM refuses every token that it gave out so far")

    def terms(self, policy: AuthPolicy, promises: Promises) -> TokenTerms:  # noqa: ARG002 - whatever is promised
        """Older tokens are refused at once; new ones live as the contract says."""
        return TokenTerms(says=whole(policy.lifetime), held_for=0.0, trial="refused_early")
