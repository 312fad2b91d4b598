"""Requests that callers send for tokens and with them, and token rules as the faults bring them."""

import base64
import json
from dataclasses import dataclass, field
from typing import ClassVar
from urllib.parse import urlencode

from crm_contracts.lab.credentials import Credentials
from crm_contracts.lab.secrets import Secrets
from crm_contracts.model.contract import AuthPolicy, Effect, Operation, RefreshToken
from crm_contracts.model.endpoint import Tenant
from crm_contracts.model.exchange import Answer, Grant, Request
from crm_contracts.model.fault import Place, Selector, TokenTerms, Trait
from crm_contracts.model.promises import Promises

GET_ORDER = Operation(id="getOrder", method="GET", path="/orders/{id}", effect=Effect.READ)
CREATE_ORDER = Operation(id="createOrder", method="POST", path="/orders", effect=Effect.WRITE)

OAUTH = AuthPolicy(
    grants=("client_credentials", "refresh_token", "password"),
    lifetime=1800.0,
    revoke_path="/oauth/revoke",
    refresh_token=RefreshToken(lifetime=5184000.0, rotates=True),
    scopes=("crm.read", "crm.write"),
)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A token rule with terms of its own."""

    place: ClassVar[Place] = Place.TOKEN
    told: TokenTerms
    chosen: Selector = field(default_factory=Selector)
    fault: str = "token_rule"
    at: None = None
    for_: None = None
    repeat: None = None

    def traits(self) -> frozenset[Trait]:
        return frozenset({Trait.CREDENTIALS})

    def sentence(self) -> str:
        return "tokens are upset"

    def selector(self) -> Selector:
        return self.chosen

    def terms(self, policy: AuthPolicy, promises: Promises) -> TokenTerms:
        return self.told


def credentials_of(policy: AuthPolicy = OAUTH, *, seed: int = 1, run: str = "a", **more) -> Credentials:
    return Credentials(policy, seed=seed, run=run, secrets=Secrets(), opened=0.0, **more)


def post(
    path: str, fields: dict[str, str], *, as_json: bool = False, basic: tuple[str, str] | None = None
) -> Request:
    body = json.dumps(fields) if as_json else urlencode(fields)
    headers: tuple[tuple[str, str], ...]
    headers = (("content-type", "application/json" if as_json else "application/x-www-form-urlencoded"),)
    if basic is not None:
        headers += (("authorization", "Basic " + base64.b64encode(":".join(basic).encode()).decode()),)
    return Request(method="POST", target=path, path=path, query=(), headers=headers, body=body.encode())


def client(tenant: Tenant, **fields: str) -> dict[str, str]:
    return {"client_id": tenant.client_id, "client_secret": tenant.client_secret, **fields}


def granted(credentials: Credentials, now: float, **fields: str) -> tuple[dict, Grant]:
    """Ask the token endpoint as the first tenant."""
    request = post("/oauth/token", client(credentials.tenants[0], **fields))
    answer, grant = credentials.grant(request, now)
    return json.loads(answer.body), grant


def bearer(token: str, **more) -> Request:
    return carrying(("authorization", f"Bearer {token}"), **more)


def carrying(*headers: tuple[str, str], target: str = "/orders/O-1", query=(), body: bytes = b"") -> Request:
    return Request(method="GET", target=target, path=target, query=query, headers=headers, body=body)


def tried(
    credentials: Credentials, request: Request, now: float, operation: Operation = GET_ORDER
) -> Answer | None:
    """Present what the request carries at an operation, as the gateway does."""
    return credentials.refuse(request, operation, credentials.identify(request, now), now)
