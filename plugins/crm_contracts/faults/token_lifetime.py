"""Tokens that live shorter than they did."""

import math
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from crm_contracts.faults.base import Timed, TokenFault, whole
from crm_contracts.model.consumer import Consumer
from crm_contracts.model.contract import AuthPolicy, Contract
from crm_contracts.model.fault import TokenTerms
from crm_contracts.model.language import _
from crm_contracts.model.promises import Promises, Refresh
from crm_contracts.model.span import Span, human

COMPRESSED = 3.0
"""Seconds to which a longer life is compressed by the server, so that nobody waits."""
DUE = 2.0
"""Seconds after issue at which the promised refresh falls in the trial of leeway."""
REFUSED = 4.0
"""Seconds after issue from which the token is refused in the trial of leeway."""
WIDEST_JITTER = 1.0
"""Seconds; a refresh that is promised less exactly cannot be judged."""

Trial = Literal["refused_early", "honest", "leeway"]


def _whole_seconds(span: Span) -> Span:
    if span.promise is not None or span.plus < 1 or span.plus % 1:
        raise ValueError(
            _("{value} is no life of a token; write whole seconds, minutes, hours or days").format(value=span)
        )
    return span


Life = Annotated[Span, AfterValidator(_whole_seconds)]


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenLifetime(TokenFault):
    """The lifetime of access tokens is cut from `from` (default: the contract's) to `to`.

    A life of more than 3 s is compressed to 3 s by the server, which never waits; reports tell both. There are three
    trials, never mixed. `refused_early`: nobody is told, the CRM goes on saying `from` and refuses tokens after `to`,
    also those from before. `honest`: it says the new life and keeps it. `leeway`: the caller promises when it refreshes
    (`refresh: {ahead: 10m}` or `{at: 66%}`); the life told makes that moment fall 2 s after issue, and the token is
    refused at 4 s. In the last two, tokens from before are refused at once, so that a new one is asked for.

    Example: `{fault: token_lifetime, from: 24h, to: 1h}`.
    Source: N2, N3, incident A; JUDGING, tokens: three trials.
    """

    fault: Literal["token_lifetime"] = "token_lifetime"
    from_: Annotated[
        Life | None, Field(alias="from", description="The life until now; default: the contract's.")
    ] = None
    to: Annotated[Life, Field(description="The life from now on.")]
    trial: Annotated[
        Trial,
        Field(
            description="Nobody is told (`refused_early`), all are (`honest`), or how far ahead (`leeway`)."
        ),
    ] = "refused_early"

    def __post_init__(self) -> None:
        Timed.__post_init__(self)
        if self.from_ is not None and self.from_.seconds <= self.to.seconds:
            raise ValueError(_("`to` must be shorter than `from`: the life is cut"))

    def sentence(self) -> str:
        """The cut, the compression, and who is told."""
        if self.trial == "leeway":
            sentence = _(
                "the life told makes the promised refresh due {due} after issue; refused after {refused}"
            )
            return sentence.format(due=human(DUE), refused=human(REFUSED))
        short = self._short()
        life = human(self.to.seconds)
        if short < self.to.seconds:
            life = _("{real}, compressed to {short}").format(real=life, short=human(short))
        before = human(self.from_.seconds) if self.from_ else _("the contract's")
        told = _("and says so") if self.trial == "honest" else _("without telling anyone")
        sentence = _("the life of tokens is cut from {before} to {life}, {told}")
        return sentence.format(before=before, life=life, told=told)

    def terms(self, policy: AuthPolicy, promises: Promises) -> TokenTerms:
        """What is said and done, by trial."""
        short = self._short()
        real = self.to.seconds
        if self.trial == "honest":
            return TokenTerms(
                says=whole(short), refused_after=short, held_for=0.0, real=real, trial=self.trial
            )
        if self.trial == "leeway":
            says = _says(promises.refresh or Refresh(ahead=0.0))
            return TokenTerms(says=says, refused_after=REFUSED, held_for=0.0, real=real, trial=self.trial)
        said = self.from_.seconds if self.from_ else policy.lifetime
        return TokenTerms(says=whole(said), refused_after=short, held_for=short, real=real, trial=self.trial)

    def fits(self, consumer: Consumer, contract: Contract) -> str | None:
        """The trials in which a new token is asked for need one that can be had, and leeway a promise."""
        if contract.auth.kind == "none":
            return _("this contract asks for no credential")
        if self.trial != "refused_early" and not contract.auth.refreshable:
            return _("a {kind} cannot be refreshed").format(kind=contract.auth.kind)
        return _no_leeway(consumer.promises.refresh) if self.trial == "leeway" else None

    def _short(self) -> float:
        return min(self.to.seconds, COMPRESSED)


def _says(refresh: Refresh) -> int:
    if refresh.at:
        return math.ceil(DUE / refresh.at)
    return math.ceil((refresh.ahead or 0.0) + refresh.jitter + DUE)


def _no_leeway(refresh: Refresh | None) -> str | None:
    if refresh is None or (refresh.ahead is None and refresh.at is None):
        return _("no refresh ahead of expiry is promised")
    if refresh.jitter > WIDEST_JITTER:
        return _("the promised refresh has a jitter of more than {most}").format(most=human(WIDEST_JITTER))
    return None
