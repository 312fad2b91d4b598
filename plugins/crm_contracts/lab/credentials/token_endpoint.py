"""The token endpoint: OAuth 2.0 grants (RFC 6749), revocation (RFC 7009), and the log-in of CRMs that know no OAuth."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass

from crm_contracts.lab.credentials.presented import basic_of, fields_of
from crm_contracts.lab.credentials.rules import InForce, Rules
from crm_contracts.lab.credentials.token import Refreshing, Token
from crm_contracts.lab.credentials.wallet import Scopes, Wallet
from crm_contracts.lab.envelope import fill
from crm_contracts.lab.secrets import Secrets
from crm_contracts.model.contract import AuthPolicy
from crm_contracts.model.endpoint import Tenant
from crm_contracts.model.exchange import Answer, Grant, Request
from crm_contracts.model.fault import Told
from crm_contracts.model.json import JSON, FrozenJSON

_Headers = tuple[tuple[str, str], ...]
_HEADERS: _Headers = (
    ("content-type", "application/json"),
    ("cache-control", "no-store"),
    ("pragma", "no-cache"),
)


_PAGE = b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><h1>Sign in</h1></body></html>\n"


class TokenRefused(Exception):  # noqa: N818 - RFC 6749's errors are answers, not failures
    """A token request that gets no token; `error` is RFC 6749's word."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        self.error, self.description, self.status = error, description, status
        super().__init__(description)


_TROUBLE = {
    "refused": TokenRefused("invalid_grant", "The grant is not valid any more."),
    "unavailable": TokenRefused("temporarily_unavailable", "The token endpoint is not available.", 503),
    "error": TokenRefused("server_error", "Something broke at the token endpoint.", 500),
    "login_page": TokenRefused("", "", 200),
}
"""What a token rule lets the token endpoint say, by its `grants`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """One token request; `kind` is its grant type."""

    request: Request
    fields: Mapping[str, str]
    kind: str
    now: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """What one successful request is given."""

    secret: str
    token: Token
    rule: InForce | None
    refreshing: Refreshing | None = None


class TokenEndpoint:
    """Answers token requests; every token that it gives out is kept in the wallet."""

    def __init__(self, wallet: Wallet, rules: Rules, secrets: Secrets, result: FrozenJSON) -> None:
        self._wallet = wallet
        self._rules = rules
        self._secrets = secrets
        self._result = result
        self._grants = {
            "client_credentials": self._client_credentials,
            "refresh_token": self._refresh,
            "password": self._password,
        }

    @property
    def _policy(self) -> AuthPolicy:
        return self._wallet.policy

    def grant(self, request: Request, now: float) -> tuple[Answer, Grant]:
        """Answer a token request, and return what the journal keeps of it."""
        fields = fields_of(request)
        kind = "login" if self._policy.kind == "login" else fields.get("grant_type", "")
        asked = _Asked(request=request, fields=fields, kind=kind, now=now)
        try:
            given = self._given(asked)
        except TokenRefused as refused:
            answer = refused_answer(refused)
            return answer, self._record(asked, answer.status)
        if given.rule is not None:
            given.rule.touched += 1
        answer = self._answer(given)
        return answer, self._record(asked, answer.status, given)

    def revoke(self, request: Request, now: float) -> Answer:
        """End a token before its time; a token that is not known is answered in the same way (RFC 7009 2.2)."""
        fields = fields_of(request)
        try:
            tenant = self._client(request, fields)
            if not fields.get("token"):
                raise TokenRefused("invalid_request", "The parameter token is missing.")
        except TokenRefused as refused:
            return refused_answer(refused)
        self._end(fields["token"], tenant, now)
        return Answer(status=200, headers=(("cache-control", "no-store"),))

    def _given(self, asked: _Asked) -> _Given:
        kind, fields = asked.kind, asked.fields
        if asked.request.method != "POST":
            raise TokenRefused("invalid_request", "Use POST.", 405)
        if (force := self._rules.refusing()) is not None:
            force.touched += 1
            raise _TROUBLE[force.terms.grants]
        if kind == "login":
            return self._fresh(self._user(fields), asked.now, self._wallet.all_scopes)
        tenant = self._client(asked.request, fields)
        if not kind:
            raise TokenRefused("invalid_request", "The parameter grant_type is missing.")
        if kind not in self._policy.grants or kind not in self._grants:
            raise TokenRefused("unsupported_grant_type", f"There is no grant type {kind}.")
        return self._grants[kind](tenant, fields, asked.now)

    def _client_credentials(self, tenant: Tenant, fields: Mapping[str, str], now: float) -> _Given:
        # RFC 6749 4.4.3: no refresh token here.
        return self._fresh(tenant, now, self._scopes(fields, self._wallet.all_scopes))

    def _password(self, tenant: Tenant, fields: Mapping[str, str], now: float) -> _Given:
        user = self._user(fields)
        if user is not tenant:
            raise TokenRefused("invalid_grant", "This user belongs to another client.")
        return self._fresh(tenant, now, self._scopes(fields, self._wallet.all_scopes), refreshes=True)

    def _refresh(self, tenant: Tenant, fields: Mapping[str, str], now: float) -> _Given:
        used = self._usable(tenant, fields.get("refresh_token", ""), now)
        scopes = self._scopes(fields, used.scopes)
        rule = self._rules.taking()
        secret, token = self._wallet.issue(tenant, now, family=used.family, scopes=scopes, rule=rule)
        follower = used
        if self._policy.refresh_token.rotates:
            used.replaced = True
            follower = self._wallet.issue_refreshing(tenant, now, family=used.family, scopes=used.scopes)
        return _Given(secret=secret, token=token, rule=rule, refreshing=follower)

    def _usable(self, tenant: Tenant, secret: str, now: float) -> Refreshing:
        if not secret:
            raise TokenRefused("invalid_request", "The parameter refresh_token is missing.")
        found = self._wallet.refreshing.get(secret)
        terms = self._policy.refresh_token
        if found is None or found.tenant.client_id != tenant.client_id or found.dead:
            raise TokenRefused("invalid_grant", "The refresh token is not valid.")
        if terms.lifetime is not None and now >= found.issued + terms.lifetime:
            raise TokenRefused("invalid_grant", "The refresh token has expired.")
        if found.replaced and terms.reuse_refused:
            # RFC 9700 4.14.2: an old refresh token that comes back was stolen by one of two; nobody can tell by whom.
            self._wallet.revoke_family(found.family, now)
            raise TokenRefused("invalid_grant", "The refresh token has been used already.")
        return found

    def _fresh(self, tenant: Tenant, now: float, scopes: Scopes, *, refreshes: bool = False) -> _Given:
        family = self._wallet.new_family()
        rule = self._rules.taking()
        secret, token = self._wallet.issue(tenant, now, family=family, scopes=scopes, rule=rule)
        if not refreshes or "refresh_token" not in self._policy.grants:
            return _Given(secret=secret, token=token, rule=rule)
        refreshing = self._wallet.issue_refreshing(tenant, now, family=family, scopes=scopes)
        return _Given(secret=secret, token=token, rule=rule, refreshing=refreshing)

    def _client(self, request: Request, fields: Mapping[str, str]) -> Tenant:
        presented = basic_of(request) or (fields.get("client_id", ""), fields.get("client_secret", ""))
        for tenant in self._wallet.tenants:
            if presented == (tenant.client_id, tenant.client_secret):
                return tenant
        raise TokenRefused("invalid_client", "The client is not known or its secret is wrong.", 401)

    def _user(self, fields: Mapping[str, str]) -> Tenant:
        # A log-in names its two fields as it likes (account, mobile...), so their values are what counts.
        values = set(fields.values())
        for tenant in self._wallet.tenants:
            if {tenant.username, tenant.password} <= values:
                return tenant
        status = 401 if self._policy.kind == "login" else 400
        raise TokenRefused("invalid_grant", "The user is not known or the password is wrong.", status)

    def _scopes(self, fields: Mapping[str, str], most: Scopes) -> Scopes:
        wanted = frozenset(fields.get("scope", "").split())
        if not wanted or most is None:
            return most
        if wanted - most:
            raise TokenRefused("invalid_scope", f"Not allowed: {' '.join(sorted(wanted - most))}.")
        return wanted

    def _end(self, secret: str, tenant: Tenant, now: float) -> None:
        token = self._wallet.tokens.get(secret)
        if token is not None and token.tenant.client_id == tenant.client_id and token.revoked is None:
            token.revoked = now
        refreshing = self._wallet.refreshing.get(secret)
        if refreshing is not None and refreshing.tenant.client_id == tenant.client_id:
            self._wallet.revoke_family(refreshing.family, now)

    def _answer(self, given: _Given) -> Answer:
        says = _says(self._policy, given.rule)
        body = _placed(self._result, self._policy.token_at, self._told(given, says), given.secret)
        headers = _HEADERS
        if self._policy.where == "cookie":
            age = f"; Max-Age={says}" if says is not None else ""
            headers = (*headers, ("set-cookie", f"{self._policy.name}={given.secret}; Path=/; HttpOnly{age}"))
        return Answer(status=200, headers=headers, body=json.dumps(body).encode())

    def _told(self, given: _Given, says: int | None) -> dict[str, JSON]:
        told: dict[str, JSON] = {}
        if self._policy.kind == "oauth2":
            told["token_type"] = self._policy.scheme or "Bearer"
        if says is not None:
            told |= _expiry(says, given.rule.terms.told if given.rule else "whole")
        if given.refreshing is not None:
            told["refresh_token"] = given.refreshing.secret
        if given.token.scopes is not None:
            told["scope"] = " ".join(sorted(given.token.scopes))
        return told

    def _record(self, asked: _Asked, status: int, given: _Given | None = None) -> Grant:
        used = asked.fields.get("refresh_token") if asked.kind == "refresh_token" else None
        return Grant(
            token=given.token.name if given else None,
            grant_type=asked.kind,
            requested=asked.request.at or asked.now,
            delivered=None,
            succeeded=given is not None,
            status=status,
            says=_says(self._policy, given.rule) if given else None,
            refused_from=given.token.refused_from if given else None,
            refresh=given.refreshing.name if given and given.refreshing else None,
            used_refresh=self._secrets.name(used, "refresh_token") if used else None,
        )


def refused_answer(refused: TokenRefused) -> Answer:
    """Return RFC 6749's answer to a token request that gets no token (5.2)."""
    if not refused.error:
        return Answer(status=refused.status, headers=(("content-type", "text/html"),), body=_PAGE)
    headers = _HEADERS
    if refused.error == "invalid_client":
        headers = (*headers, ("www-authenticate", 'Basic realm="token"'))
    if refused.status == 405:
        headers = (*headers, ("allow", "POST"))
    body = {"error": refused.error, "error_description": refused.description}
    return Answer(status=refused.status, headers=headers, body=json.dumps(body).encode())


def _says(policy: AuthPolicy, rule: InForce | None) -> int | None:
    if rule is not None:
        return rule.terms.says
    return int(policy.lifetime) if math.isfinite(policy.lifetime) else None


def _expiry(says: int, told: Told) -> dict[str, JSON]:
    """How the life of a token is told."""
    odd: dict[Told, JSON] = {
        "text": str(says),
        "fraction": says - 0.5,
        "zero": 0,
        "negative": -1,
        "null": None,
    }
    return {} if told == "missing" else {"expires_in": odd.get(told, says)}


def _placed(result: FrozenJSON, token_at: str, told: dict[str, JSON], secret: str) -> JSON:
    *way, last = token_at.removeprefix("$").strip(".").split(".")
    told = {last: secret, **told}
    whole = fill(result, {"result": {}}) if way else told
    if not isinstance(whole, dict):
        whole = {}
    place = whole
    for step in way:
        deeper = place.get(step)
        place[step] = deeper = deeper if isinstance(deeper, dict) else {}
        place = deeper
    if way:
        place.update(told)
    return whole
