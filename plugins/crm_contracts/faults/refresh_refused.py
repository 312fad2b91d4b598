"""New tokens that cannot be had."""

from dataclasses import dataclass
from typing import Literal

from crm_contracts.faults.base import TokenFault, whole
from crm_contracts.model.consumer import Consumer
from crm_contracts.model.contract import AuthPolicy, Contract
from crm_contracts.model.fault import TokenTerms, Trait
from crm_contracts.model.language import _
from crm_contracts.model.promises import Promises


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshRefused(TokenFault):
    """Every token is refused, and the token endpoint refuses to give out another: `invalid_grant`.

    The refresh token was revoked, has expired, or the integration was switched off by an administrator. Right is to tell
    the user and an operator; asking the token endpoint again and again helps nobody.

    Example: `{fault: refresh_refused}`.
    Source: N6; RFC 6749 5.2; FIELD (Pipedrive's 60 days, Zoho's 20 refresh tokens).
    """

    fault: Literal["refresh_refused"] = "refresh_refused"

    def traits(self) -> frozenset[Trait]:
        """A credential is refused, and no other can be had."""
        return frozenset({Trait.CREDENTIALS, Trait.TOKEN_ENDPOINT})

    def sentence(self) -> str:
        """That there is neither an old one nor a new one."""
        return _("the CRM refuses every token and gives out no new one (invalid_grant)")

    def terms(self, policy: AuthPolicy, promises: Promises) -> TokenTerms:  # noqa: ARG002 - whatever is promised
        """Older tokens are refused at once, token requests too."""
        return TokenTerms(says=whole(policy.lifetime), held_for=0.0, grants="refused")

    def fits(self, consumer: Consumer, contract: Contract) -> str | None:  # noqa: ARG002 - the contract decides
        """It needs a token endpoint."""
        if contract.auth.refreshable:
            return None
        return _("a {kind} cannot be refreshed").format(kind=contract.auth.kind)
