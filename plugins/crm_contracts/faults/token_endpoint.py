"""A token endpoint that is in trouble."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from crm_contracts.faults.base import NOTHING, Bounded, Timed, TokenFault, whole
from crm_contracts.model.consumer import Consumer
from crm_contracts.model.contract import AuthPolicy, Contract
from crm_contracts.model.fault import TokenTerms, Trait
from crm_contracts.model.language import _
from crm_contracts.model.promises import Promises


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenEndpoint(TokenFault):
    """Every token is refused, so that a new one is needed, and the token endpoint is in trouble; the CRM itself is well.

    `unavailable`: it answers 503; `error`: 500; `login_page`: 200 with an HTML page; `slow`: it works, but each answer
    takes `delay` (for all of these the rest of the CRM is quick). For a refusal (`invalid_grant`) see `refresh_refused`.

    Example: `{fault: token_endpoint, how: slow, delay: 1.2 * deadline}`.
    Source: N1, N6; RFC 6749 5.2.
    """

    fault: Literal["token_endpoint"] = "token_endpoint"
    how: Annotated[
        Literal["unavailable", "error", "login_page", "slow"],
        Field(description="What is the matter with it."),
    ]
    delay: Annotated[Bounded, Field(description="How long each answer takes; for `slow`.")] = NOTHING

    def __post_init__(self) -> None:
        Timed.__post_init__(self)
        if (self.how == "slow") != (self.delay != NOTHING):
            raise ValueError(_("`delay` belongs to `how: slow`, and `how: slow` needs it"))

    def traits(self) -> frozenset[Trait]:
        """A credential is refused, and another is hard to get."""
        trouble = Trait.SLOW if self.how == "slow" else Trait.TOKEN_ENDPOINT
        return frozenset({Trait.CREDENTIALS, trouble})

    def sentence(self) -> str:
        """What it does."""
        what = {
            "unavailable": _("answers 503"),
            "error": _("answers 500"),
            "login_page": _("answers 200 with an HTML page"),
            "slow": _("takes {delay}").format(delay=self.delay),
        }[self.how]
        return _("every token is refused, and the token endpoint {what}").format(what=what)

    def terms(self, policy: AuthPolicy, promises: Promises) -> TokenTerms:  # noqa: ARG002 - whatever is promised
        """Older tokens are refused at once; who asks for another meets the trouble."""
        says = whole(policy.lifetime)
        if self.how == "slow":
            return TokenTerms(says=says, held_for=0.0, pause=self.delay.seconds)
        return TokenTerms(says=says, held_for=0.0, grants=self.how)

    def fits(self, consumer: Consumer, contract: Contract) -> str | None:  # noqa: ARG002 - the contract decides
        """It needs a token endpoint."""
        if contract.auth.refreshable:
            return None
        return _("a {kind} cannot be refreshed").format(kind=contract.auth.kind)
