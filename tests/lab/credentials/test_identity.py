"""What a request presents, wherever it travels, and what the CRM thinks of it."""

import base64
import json
from dataclasses import replace

import pytest

from crm_contracts.lab.credentials.mint import LENGTH, Mint, is_minted
from crm_contracts.model.contract import AuthPolicy, Refusal
from tests.lab.credentials.asking import (
    CREATE_ORDER,
    GET_ORDER,
    OAUTH,
    bearer,
    carrying,
    client,
    credentials_of,
    granted,
    post,
    tried,
)


def state_of(credentials, request, now: float = 1.0) -> tuple[str, str] | None:
    found = credentials.identify(request, now)
    return (found.name, found.state) if found else None


def test_the_same_seed_and_run_give_the_same_secrets() -> None:
    """Everything follows from seed and run; another run has other secrets."""
    assert credentials_of().tenants == credentials_of().tenants
    one, two = credentials_of(run="a").tenants[0], credentials_of(run="b").tenants[0]
    assert one.access_token != two.access_token
    assert credentials_of(seed=2).tenants != credentials_of(seed=1).tenants


def test_two_tenants_have_nothing_in_common() -> None:
    """Each tenant has credentials of its own, and all secrets differ."""
    secrets = [
        text
        for tenant in credentials_of().tenants
        for text in (tenant.client_secret, tenant.refresh_token, tenant.access_token, tenant.password)
    ]
    assert len(set(secrets)) == 8
    assert all(is_minted(secret) and len(secret) == LENGTH for secret in secrets)
    assert len({(tenant.client_id, tenant.username) for tenant in credentials_of().tenants}) == 2


def test_tokens_of_other_runs_are_stray() -> None:
    """A token that another run got is recognised by its letters; nobody is judged by it."""
    credentials, other = credentials_of(run="a"), credentials_of(run="b")
    assert state_of(credentials, bearer(other.tenants[0].access_token)) == ("token#3", "stray")
    assert state_of(credentials, bearer("eyJhbGciOi.something.else")) == ("token#4", "unknown")
    assert state_of(credentials, bearer(Mint(seed=1, run="a").secret())) == ("token#5", "unknown")


def test_another_runs_client_is_stray_at_the_token_endpoint() -> None:
    """A token request of another run is stray too, whatever else it carries."""
    credentials, other = credentials_of(run="a"), credentials_of(run="b")
    request = post("/oauth/token", client(other.tenants[0], grant_type="client_credentials"))
    assert state_of(credentials, request) == ("client_secret#3", "stray")
    mixed = client(
        credentials.tenants[0], grant_type="refresh_token", refresh_token=other.tenants[0].refresh_token
    )
    assert state_of(credentials, post("/oauth/token", mixed)) == ("refresh_token#3", "stray")
    own = post("/oauth/token", client(credentials.tenants[0], grant_type="client_credentials"))
    assert state_of(credentials, own) == ("client_secret#1", "valid")


def test_nothing_presented_is_nothing() -> None:
    """A request without a credential has none, and is refused as invalid."""
    credentials = credentials_of()
    assert state_of(credentials, carrying()) is None
    assert state_of(credentials, bearer("")) is None
    refused = tried(credentials, carrying(), 1.0)
    assert refused is not None
    assert (refused.status, json.loads(refused.body)["category"]) == (401, "INVALID_AUTHENTICATION")


def test_the_scheme_is_part_of_the_credential() -> None:
    """A token under another scheme is presented, but is not good; the scheme's case does not matter."""
    credentials = credentials_of()
    token = credentials.tenants[0].access_token
    assert state_of(credentials, carrying(("authorization", f"bearer {token}"))) == ("token#1", "valid")
    assert state_of(credentials, carrying(("authorization", f"Token {token}"))) == ("token#3", "unknown")


@pytest.mark.parametrize(
    ("policy", "request_of"),
    [
        (
            AuthPolicy(kind="static_token", name="X-Crm-Token", scheme=""),
            lambda t: carrying(("x-crm-token", t)),
        ),
        (
            AuthPolicy(kind="api_key", where="query", name="api_key"),
            lambda t: carrying(query=(("api_key", t),)),
        ),
        (
            AuthPolicy(kind="api_key", where="body", name="token"),
            lambda t: carrying(body=json.dumps({"token": t}).encode()),
        ),
        (
            AuthPolicy(kind="api_key", where="body", name="token"),
            lambda t: carrying(body=f"a=1&token={t}".encode()),
        ),
        (
            AuthPolicy(kind="static_token", where="cookie", name="sid"),
            lambda t: carrying(("cookie", f"a=b; sid={t}")),
        ),
    ],
)
def test_credentials_travel_where_the_contract_says(policy: AuthPolicy, request_of) -> None:
    """Header, query, body and cookie are looked at as the contract names them; the right one is taken for ever."""
    credentials = credentials_of(policy)
    token = credentials.tenants[0].access_token
    assert tried(credentials, request_of(token), 1e9) is None
    assert tried(credentials, request_of("wrong-token-000"), 1.0) is not None
    assert tried(credentials, carrying(), 1.0) is not None


def test_basic_authentication() -> None:
    """User and password stand in base64; a wrong password is no secret in a report either."""
    credentials = credentials_of(AuthPolicy(kind="basic", scheme="Basic"))
    me = credentials.tenants[0]

    def basic(password: str):
        text = base64.b64encode(f"{me.username}:{password}".encode()).decode()
        return carrying(("authorization", f"Basic {text}"))

    assert state_of(credentials, basic(me.password)) == ("password#1", "valid")
    assert tried(credentials, basic(me.password), 1.0) is None
    wrong = basic("correct-horse-9")
    assert tried(credentials, wrong, 1.0) is not None
    encoded = wrong.headers[0][1].encode()
    assert credentials.secrets.redact(encoded) != encoded


def test_contracts_without_credentials_refuse_nobody() -> None:
    """A contract may know no credentials at all, and an operation may need none."""
    assert tried(credentials_of(AuthPolicy(kind="none")), carrying(), 1.0) is None
    assert tried(credentials_of(), carrying(), 1.0, replace(GET_ORDER, secured=False)) is None
    assert credentials_of().refuse(carrying(), None, None, 1.0) is None


def test_tokens_expire_at_their_lifetime() -> None:
    """A token is good until the moment that was told, and expired from then on."""
    credentials = credentials_of()
    body, _ = granted(credentials, 100.0, grant_type="client_credentials")
    request = bearer(body["access_token"])
    assert state_of(credentials, request, 1899.9) == ("token#3", "valid")
    assert state_of(credentials, request, 1900.0) == ("token#3", "expired")
    refused = tried(credentials, request, 1900.0)
    assert refused is not None
    assert (refused.status, json.loads(refused.body)["category"]) == (401, "EXPIRED_AUTHENTICATION")
    assert json.loads(refused.body)["message"] == "The access token has expired."


@pytest.mark.parametrize(
    ("expired", "status", "body"),
    [
        (
            Refusal(status=403, body={"detail": "Signature has expired."}),
            403,
            {"detail": "Signature has expired."},
        ),
        (
            Refusal(status=200, body={"code": 302, "msg": "请先登录！"}),
            200,
            {"code": 302, "msg": "请先登录！"},
        ),
        (Refusal(status=401, body=[{"errorCode": "{category}"}], category="X"), 401, [{"errorCode": "X"}]),
    ],
)
def test_the_expired_answer_is_exactly_the_contracts(expired: Refusal, status: int, body) -> None:
    """401, 403, 200 with a code in the body, a list: whatever the contract says."""
    credentials = credentials_of(replace(OAUTH, expired=expired))
    answer = tried(credentials, bearer(credentials.tenants[0].access_token), 1800.0)
    assert answer is not None
    assert (answer.status, json.loads(answer.body)) == (status, body)


def test_refusals_carry_headers_and_the_contracts_envelope() -> None:
    """The refusal's own headers and the error envelope of the contract are used."""
    policy = replace(OAUTH, expired=Refusal(headers={"WWW-Authenticate": 'Bearer error="invalid_token"'}))
    credentials = credentials_of(policy, envelope={"code": "{status}"})
    answer = tried(credentials, bearer(credentials.tenants[0].access_token), 1800.0)
    assert answer is not None
    assert answer.header("www-authenticate") == 'Bearer error="invalid_token"'
    assert json.loads(answer.body) == {"code": 401}


def test_missing_scopes_are_refused() -> None:
    """A good token without the operation's scope is told so; it is no matter of refreshing."""
    credentials = credentials_of()
    body, _ = granted(credentials, 0.0, grant_type="client_credentials", scope="crm.read")
    write = replace(CREATE_ORDER, scopes=("crm.write",))
    read = replace(GET_ORDER, scopes=("crm.read",))
    assert tried(credentials, bearer(body["access_token"]), 1.0, read) is None
    refused = tried(credentials, bearer(body["access_token"]), 1.0, write)
    assert refused is not None
    assert (refused.status, json.loads(refused.body)["category"]) == (403, "MISSING_SCOPES")


def test_every_token_has_a_name_of_its_own() -> None:
    """Tokens are told apart by name, and none of their names tells anything of them."""
    credentials = credentials_of()
    names = [granted(credentials, float(n), grant_type="client_credentials")[1].token for n in range(3)]
    assert names == ["token#3", "token#4", "token#5"]
