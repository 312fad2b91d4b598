"""A token that may not do this."""

from dataclasses import dataclass
from typing import Literal

from crm_contracts.faults.base import TokenFault, whole
from crm_contracts.model.contract import AuthPolicy
from crm_contracts.model.fault import TokenTerms, Trait
from crm_contracts.model.language import _
from crm_contracts.model.promises import Promises


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeMissing(TokenFault):
    """Tokens are good, but lack the scope for the selected operations: the contract's refusal, 403 as a rule.

    An administrator took a permission away. No new token helps, so a refresh and a repeat are both in vain: right is to say
    whose permission is missing. When the fault goes off the permission is back.

    Example: `{fault: scope_missing, effect: write}`.
    Source: N6, N17; RFC 6750 3.1 (insufficient_scope).
    """

    fault: Literal["scope_missing"] = "scope_missing"

    def traits(self) -> frozenset[Trait]:
        """A permanent error: the credential itself is taken, so this is no trial of refreshing."""
        return frozenset({Trait.ERROR_STATUS, Trait.PERMANENT})

    def sentence(self) -> str:
        """That the scope is missing, and where."""
        where = self.operations or ((self.effect.value,) if self.effect else ())
        at = f" ({', '.join(where)})" if where else ""
        return _("the CRM says that a scope is missing{where}").format(where=at)

    def terms(self, policy: AuthPolicy, promises: Promises) -> TokenTerms:  # noqa: ARG002 - whatever is promised
        """No token is touched; what is asked with it is refused."""
        return TokenTerms(says=whole(policy.lifetime), answer="missing_scope")
