"""The auth policy of a contract: from `auth:` of contract.yaml, and from the document where that is silent."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from typing import Any, Final

from crm_contracts.contracts.node import Node, root
from crm_contracts.contracts.overlay import AnswerFile, AuthFile, RefreshTokenFile
from crm_contracts.contracts.servers import path_of
from crm_contracts.model.contract import AuthKind, AuthPolicy, RefreshToken, Refusal
from crm_contracts.model.json import JSON

_GRANTS: Final = {
    "clientCredentials": ("client_credentials",),
    "password": ("password", "refresh_token"),
    "authorizationCode": ("refresh_token",),
}
_ORDER: Final = ("oauth2", "static_token", "api_key", "basic")
_SCHEMES: Final[Mapping[AuthKind, str]] = {"basic": "Basic", "api_key": "", "none": ""}


def auth_policy(says: AuthFile | None, documents: Mapping[str, JSON], roots: Iterable[str]) -> AuthPolicy:
    """Return how callers prove who they are; without a word in either, nobody has to.

    >>> auth_policy(None, {}, ()).kind
    'none'
    """
    found = _documented([root(documents, name) for name in roots])
    if says is None:
        return found or AuthPolicy(kind="none", where="header", name="Authorization", scheme="", grants=())
    kind = says.kind or (found.kind if found else "oauth2")
    base = (
        found
        if found is not None and found.kind == kind
        else AuthPolicy(kind=kind, scheme=_SCHEMES.get(kind, "Bearer"))
    )
    return _refusals(_said(base, says), says)


def refusal(base: Refusal, says: AnswerFile | None) -> Refusal:
    """Return an answer with what contract.yaml says about it; what it leaves out stays.

    >>> refusal(Refusal(status=401), AnswerFile(status=403)).status
    403
    """
    return base if says is None else replace(base, **_known(says))


def _said(base: AuthPolicy, says: AuthFile) -> AuthPolicy:
    wanted: dict[str, Any] = {
        "where": says.where,
        "name": says.name,
        "scheme": says.scheme,
        "grants": says.grants,
        "token_path": says.login.partition(" ")[2] if says.login else says.token_path,
        "revoke_path": says.revoke_path,
        "token_at": says.token_at,
        "lifetime": says.access_token_lifetime,
        "scopes": says.scopes,
    }
    policy = replace(base, **{name: value for name, value in wanted.items() if value is not None})
    return replace(policy, refresh_token=_refresh_token(policy.refresh_token, says.refresh_token))


def _refresh_token(base: RefreshToken, says: RefreshTokenFile | None) -> RefreshToken:
    if says is None:
        return base
    for_ever = says.lifetime == float("inf")
    lifetime = None if for_ever else (base.lifetime if says.lifetime is None else says.lifetime)
    return RefreshToken(
        lifetime=lifetime,
        rotates=base.rotates if says.rotates is None else says.rotates,
        reuse_refused=base.reuse_refused if says.reuse is None else says.reuse == "refused",
    )


def _refusals(policy: AuthPolicy, says: AuthFile) -> AuthPolicy:
    # What cannot be refreshed gives no sign to refresh, whatever its refusal looks like.
    signal = policy.refreshable
    expired = refusal(replace(policy.expired, refresh_signal=signal), says.expired)
    invalid = refusal(replace(policy.invalid, refresh_signal=signal), says.invalid)
    return replace(
        policy,
        expired=expired,
        invalid=invalid,
        missing_scope=refusal(policy.missing_scope, says.missing_scope),
    )


def _known(says: AnswerFile) -> dict[str, Any]:
    said = {one.name: getattr(says, one.name) for one in fields(says)}
    return {name: value for name, value in said.items() if value is not None}


def _documented(documents: Iterable[Node]) -> AuthPolicy | None:
    schemes = (
        scheme for one in documents for _name, scheme in one.at("components").at("securitySchemes").members()
    )
    found = [policy for scheme in schemes for policy in _of_scheme(scheme)]
    return min(found, key=lambda policy: _ORDER.index(policy.kind), default=None)


def _of_scheme(scheme: Node) -> Iterator[AuthPolicy]:
    kind = scheme.text("type")
    if kind == "oauth2":
        yield _oauth2(scheme)
    elif kind == "apiKey" and scheme.text("in") in {"header", "query", "cookie"}:
        where: Any = scheme.text("in")
        yield _unrefreshable(
            AuthPolicy(kind="api_key", where=where, name=scheme.text("name"), scheme="", grants=())
        )
    elif kind == "http" and scheme.text("scheme").lower() == "basic":
        yield _unrefreshable(AuthPolicy(kind="basic", scheme="Basic", grants=()))
    elif kind == "http":
        yield _unrefreshable(
            AuthPolicy(kind="static_token", scheme=scheme.text("scheme").capitalize(), grants=())
        )


def _oauth2(scheme: Node) -> AuthPolicy:
    flows = dict(scheme.at("flows").members())
    grants = dict.fromkeys(grant for name in flows for grant in _GRANTS.get(name, ()))
    url = next((flow.text("tokenUrl") for flow in flows.values() if flow.text("tokenUrl")), "")
    scopes = dict.fromkeys(scope for flow in flows.values() for scope in flow.at("scopes").mapping)
    policy = AuthPolicy(scopes=tuple(scopes), grants=tuple(grants) or AuthPolicy().grants)
    return replace(policy, token_path=path_of(url)) if url else policy


def _unrefreshable(policy: AuthPolicy) -> AuthPolicy:
    return replace(
        policy,
        expired=replace(policy.expired, refresh_signal=False),
        invalid=replace(policy.invalid, refresh_signal=False),
    )
