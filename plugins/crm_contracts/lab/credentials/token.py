"""What the CRM remembers of the credentials that it gave out."""

import math
from dataclasses import dataclass, field
from typing import Literal

from crm_contracts.lab.credentials.rules import InForce
from crm_contracts.model.contract import Operation
from crm_contracts.model.endpoint import Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """From `at` (monotonic seconds) on the token is refused, by a token rule or (without one) by its plain lifetime."""

    at: float
    rule: InForce | None = None

    @property
    def everywhere(self) -> bool:
        """Whether it strikes at every operation, so that the token is simply expired."""
        return self.rule is None or not self.rule.restricted

    @property
    def revokes(self) -> bool:
        """Whether it is refused as a token that is not valid, instead of one that has outlived its time."""
        return self.rule is not None and self.rule.terms.answer == "invalid"

    def strikes(self, operation: Operation | None, now: float) -> bool:
        """Whether the token is refused now at this operation."""
        return self.at <= now and (self.rule is None or self.rule.covers(operation))


@dataclass(slots=True, kw_only=True)
class Token:
    """One credential that opens operations: an access token, a static token, an API key or a password.

    `scopes` is None where the CRM knows no scopes; `family` joins the tokens that descend from one log-in.
    """

    name: str
    tenant: Tenant
    issued: float
    family: int
    scopes: frozenset[str] | None = None
    cuts: tuple[Cut, ...] = ()
    revoked: float | None = None
    presented: float = -math.inf

    def state(self, now: float) -> Literal["valid", "expired", "revoked"]:
        """What the CRM thinks of it now, whatever the operation."""
        if self.revoked is not None and self.revoked <= now:
            return "revoked"
        for cut in self.cuts:
            if cut.at <= now and cut.everywhere:
                return "revoked" if cut.revokes else "expired"
        return "valid"

    @property
    def refused_from(self) -> float | None:
        """The moment from which it is taken at no operation any more, as far as is known now."""
        moments = [cut.at for cut in self.cuts if cut.everywhere]
        if self.revoked is not None:
            moments.append(self.revoked)
        return min(moments, default=None)

    def struck_by(self, operation: Operation | None, now: float) -> Cut | None:
        """The earliest cut that refuses it now at this operation."""
        striking = [cut for cut in self.cuts if cut.strikes(operation, now)]
        return min(striking, key=lambda cut: cut.at, default=None)

    def cut(self, at: float, rule: InForce | None = None) -> None:
        """Refuse it from a moment on."""
        if not math.isinf(at):
            self.cuts = (*self.cuts, Cut(at=at, rule=rule))


@dataclass(slots=True, kw_only=True)
class Refreshing:
    """A refresh token; `replaced` once its use gave out another, `dead` once its family was revoked."""

    secret: str = field(repr=False)
    name: str
    tenant: Tenant
    issued: float
    family: int
    scopes: frozenset[str] | None = None
    replaced: bool = False
    dead: bool = False
