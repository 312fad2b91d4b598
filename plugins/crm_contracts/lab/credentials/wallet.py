"""All credentials that the CRM gave out in one run, and what became of them."""

import itertools
import math
from collections.abc import Iterable

from crm_contracts.lab.credentials.mint import Mint
from crm_contracts.lab.credentials.rules import InForce
from crm_contracts.lab.credentials.token import Refreshing, Token
from crm_contracts.lab.secrets import Secrets
from crm_contracts.model.contract import AuthPolicy
from crm_contracts.model.endpoint import TENANTS, Tenant

Scopes = frozenset[str] | None

KINDS = {"api_key": "api_key", "basic": "password"}
"""What the credential that opens operations is called where it is no token."""


class Wallet:
    """The tenants with their first credentials, and every token since; times are monotonic seconds."""

    def __init__(self, policy: AuthPolicy, mint: Mint, secrets: Secrets, opened: float) -> None:
        self.policy = policy
        self._mint = mint
        self._secrets = secrets
        self._families = itertools.count(1)
        self.kind = KINDS.get(policy.kind, "token")
        self.tokens: dict[str, Token] = {}
        self.by_name: dict[str, Token] = {}
        self.refreshing: dict[str, Refreshing] = {}
        self.tenants = tuple(self._tenant(name, opened) for name in TENANTS)

    @property
    def all_scopes(self) -> Scopes:
        """What a client may have; None where the CRM knows no scopes."""
        return frozenset(self.policy.scopes) or None

    def issue(
        self, tenant: Tenant, now: float, *, family: int, scopes: Scopes, rule: InForce | None = None
    ) -> tuple[str, Token]:
        """Give out a token under the plain terms, or under those of a rule."""
        secret = self._mint.secret()
        token = Token(
            name=self._secrets.name(secret, self.kind),
            tenant=tenant,
            issued=now,
            family=family,
            scopes=scopes,
        )
        if rule is None:
            token.cut(now + self._lifetime)
        elif rule.terms.refused_after is not None:
            token.cut(now + rule.terms.refused_after, rule)
        self._keep(secret, token)
        return secret, token

    def issue_refreshing(self, tenant: Tenant, now: float, *, family: int, scopes: Scopes) -> Refreshing:
        """Give out a refresh token."""
        secret = self._mint.secret()
        name = self._secrets.name(secret, "refresh_token")
        fresh = Refreshing(secret=secret, name=name, tenant=tenant, issued=now, family=family, scopes=scopes)
        self.refreshing[secret] = fresh
        return fresh

    def new_family(self) -> int:
        """Return the number of a new log-in."""
        return next(self._families)

    def revoke_family(self, family: int, now: float) -> None:
        """Take away everything that descends from one log-in."""
        for refreshing in self.refreshing.values():
            refreshing.dead |= refreshing.family == family
        for token in self.tokens.values():
            if token.family == family:
                token.revoked = now if token.revoked is None else token.revoked

    def by_last_use(self) -> Iterable[Token]:
        """All tokens, those that were presented last first."""
        return sorted(self.tokens.values(), key=lambda token: -token.presented)

    def knows(self, secret: str) -> bool:
        """Whether it is a secret with which a token can be asked for."""
        return secret in self.refreshing or any(
            secret in {tenant.client_secret, tenant.password} for tenant in self.tenants
        )

    @property
    def _lifetime(self) -> float:
        return self.policy.lifetime if self.policy.refreshable else math.inf

    def _tenant(self, name: str, opened: float) -> Tenant:
        bare = Tenant(
            name=name,
            client_id=self._mint.identifier(),
            client_secret=self._secret("client_secret"),
            username=f"crm-integration@{name}.example",
            password=self._secret("password"),
        )
        return self._equipped(bare, opened)

    def _equipped(self, bare: Tenant, opened: float) -> Tenant:
        family = self.new_family()
        words = {
            field: getattr(bare, field)
            for field in ("name", "client_id", "client_secret", "username", "password")
        }
        if self.policy.kind == "oauth2" and "refresh_token" in self.policy.grants:
            first = self.issue_refreshing(bare, opened, family=family, scopes=self.all_scopes)
            words["refresh_token"] = first.secret
        if self.policy.kind == "basic":
            self._keep_password(bare, family, opened)
        elif self.policy.kind != "none":
            words["access_token"], _ = self.issue(bare, opened, family=family, scopes=self.all_scopes)
        return Tenant(**words)

    def _keep_password(self, tenant: Tenant, family: int, opened: float) -> None:
        name = self._secrets.name(tenant.password, "password")
        token = Token(name=name, tenant=tenant, issued=opened, family=family, scopes=self.all_scopes)
        self._keep(f"{tenant.username}:{tenant.password}", token)

    def _keep(self, secret: str, token: Token) -> None:
        self.tokens[secret] = token
        self.by_name[token.name] = token

    def _secret(self, kind: str) -> str:
        secret = self._mint.secret()
        self._secrets.name(secret, kind)
        return secret
