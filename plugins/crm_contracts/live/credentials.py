"""How we prove to a real CRM who we are, with the variables of an endpoint: CRM_CLIENT_ID, CRM_CLIENT_SECRET and the like.

A refresh token is never used: where it rotates, its owner would be locked out.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from crm_contracts.live.server import Server
from crm_contracts.model.contract import AuthPolicy
from crm_contracts.model.exchange import Answer
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _


class Refusal(Exception):  # noqa: N818 - a fact, told to the user as one
    """There is no credential: none is set, or the CRM gave none. The text says what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A credential as it travels; `says` is the token's life in seconds as the CRM told it (None: it did not).

    `shared` tells that the CRM gives everybody the same token, so that `says` is only what is left of its life.
    """

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    asked: bool = False
    says: float | None = None
    shared: bool = False


def obtain(policy: AuthPolicy, server: Server, token_url: str, environ: Mapping[str, str]) -> Held:
    """Return a credential; a token is asked for where its kind knows such, twice where its life seems short.

    Raises Refusal, or Unreachable where the token endpoint does not answer.
    """
    if policy.kind == "none":
        return Held()
    if policy.kind == "basic":
        return _carried(policy, _basic(environ))
    form = _form(policy, environ)
    if form is None:
        return _carried(policy, _needed(environ, "CRM_ACCESS_TOKEN"))
    token, says = _asked(policy, server, token_url, form)
    shared = (
        says is not None and says < policy.lifetime and _asked(policy, server, token_url, form)[0] == token
    )
    held = _carried(policy, token)
    return Held(headers=held.headers, query=held.query, asked=True, says=says, shared=shared)


def _form(policy: AuthPolicy, environ: Mapping[str, str]) -> dict[str, str] | None:
    """What is sent to the token endpoint; None where a credential is there already."""
    user = {"username": environ.get("CRM_USERNAME", ""), "password": environ.get("CRM_PASSWORD", "")}
    if policy.kind == "login":
        return user if all(user.values()) else None
    client = {
        "client_id": environ.get("CRM_CLIENT_ID", ""),
        "client_secret": environ.get("CRM_CLIENT_SECRET", ""),
    }
    if policy.kind != "oauth2" or not all(client.values()):
        return None
    if "client_credentials" in policy.grants:
        return {"grant_type": "client_credentials", **client}
    if "password" in policy.grants and all(user.values()):
        return {"grant_type": "password", **client, **user}
    return None


def _asked(policy: AuthPolicy, server: Server, url: str, form: Mapping[str, str]) -> tuple[str, float | None]:
    answer = server.token(url, form, json=policy.kind == "login")
    value = _value(answer)
    token = _at(value, policy.token_at)
    if answer.status >= 300 or not isinstance(token, str) or not token:
        sentence = _("the token endpoint answered {status} and gave no token")
        raise Refusal(sentence.format(status=answer.status))
    says = value.get("expires_in") if isinstance(value, dict) else None
    try:
        return token, float(says) if isinstance(says, int | float | str) else None
    except ValueError:
        return token, None


def _carried(policy: AuthPolicy, secret: str) -> Held:
    value = f"{policy.scheme} {secret}".strip() if policy.scheme else secret
    if policy.where == "query":
        return Held(query={policy.name: secret})
    if policy.where == "cookie":
        return Held(headers={"Cookie": f"{policy.name}={secret}"})
    if policy.where == "body":
        raise Refusal(_("the credential travels in the body, and a GET has none"))
    return Held(headers={policy.name: value})


def _basic(environ: Mapping[str, str]) -> str:
    pair = f"{_needed(environ, 'CRM_USERNAME')}:{_needed(environ, 'CRM_PASSWORD')}"
    return base64.b64encode(pair.encode()).decode()


def _needed(environ: Mapping[str, str], name: str) -> str:
    if not environ.get(name):
        sentence = _(
            "no credential is set: CRM_CLIENT_ID and CRM_CLIENT_SECRET, CRM_USERNAME and CRM_PASSWORD, "
            "or CRM_ACCESS_TOKEN"
        )
        raise Refusal(sentence)
    return environ[name]


def _value(answer: Answer) -> JSON:
    try:
        value: JSON = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    return value


def _at(value: JSON, path: str) -> JSON:
    for step in path.removeprefix("$").strip(".").split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value
