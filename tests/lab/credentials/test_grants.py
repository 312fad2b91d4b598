"""The token endpoint, as RFC 6749 and 7009 describe it."""

import json
from dataclasses import replace

import pytest

from crm_contracts.lab.credentials.mint import is_minted
from crm_contracts.model.contract import AuthPolicy, RefreshToken
from crm_contracts.model.exchange import Grant
from tests.lab.credentials.asking import OAUTH, bearer, client, credentials_of, granted, post, tried


def test_client_credentials_give_a_token_that_works() -> None:
    """A client gets a token of whole seconds, without a refresh token, that opens operations."""
    credentials = credentials_of()
    body, grant = granted(credentials, 10.0, grant_type="client_credentials")
    assert body.keys() == {"access_token", "token_type", "expires_in", "scope"}
    assert (body["expires_in"], body["token_type"], body["scope"]) == (1800, "Bearer", "crm.read crm.write")
    assert grant == Grant(
        token="token#3",
        grant_type="client_credentials",
        requested=10.0,
        delivered=None,
        succeeded=True,
        status=200,
        says=1800,
        refused_from=1810.0,
    )
    assert tried(credentials, bearer(body["access_token"]), 11.0) is None


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("basic", [False, True])
def test_forms_and_json_and_basic_are_understood(as_json: bool, basic: bool) -> None:
    """The request may be a form or JSON, the client may stand in it or in a Basic header."""
    credentials = credentials_of()
    me = credentials.tenants[0]
    fields = {"grant_type": "client_credentials"} if basic else client(me, grant_type="client_credentials")
    request = post(
        "/oauth/token", fields, as_json=as_json, basic=(me.client_id, me.client_secret) if basic else None
    )
    answer, grant = credentials.grant(request, 0.0)
    assert (answer.status, grant.succeeded) == (200, True)
    assert answer.header("cache-control") == "no-store"


@pytest.mark.parametrize(
    ("fields", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "wrong"}, 401, "invalid_client"),
        ({"grant_type": ""}, 400, "invalid_request"),
        ({"grant_type": "authorization_code"}, 400, "unsupported_grant_type"),
        ({"scope": "crm.read admin"}, 400, "invalid_scope"),
        ({"grant_type": "refresh_token"}, 400, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "never-issued"}, 400, "invalid_grant"),
        ({"grant_type": "password", "username": "x", "password": "y"}, 400, "invalid_grant"),
    ],
)
def test_refusals_are_rfc_6749s(fields: dict[str, str], status: int, error: str) -> None:
    """Each fault of a token request has its own error word and status."""
    body, grant = granted(credentials_of(), 0.0, **{"grant_type": "client_credentials", **fields})
    assert (grant.status, body["error"]) == (status, error)
    assert (grant.succeeded, grant.token, grant.says) == (False, None, None)
    assert body["error_description"]


def test_only_post_gets_tokens() -> None:
    """A GET would leave the secret in logs; it is answered 405."""
    credentials = credentials_of()
    request = post("/oauth/token", client(credentials.tenants[0], grant_type="client_credentials"))
    answer, grant = credentials.grant(replace(request, method="GET"), 0.0)
    assert (answer.status, answer.header("allow"), grant.succeeded) == (405, "POST", False)


def test_scopes_can_be_narrowed() -> None:
    """A client may ask for fewer scopes than it has."""
    body, _ = granted(credentials_of(), 0.0, grant_type="client_credentials", scope="crm.read")
    assert body["scope"] == "crm.read"


def test_the_password_grant_also_gives_a_refresh_token() -> None:
    """A user's password gives both tokens; another tenant's user does not."""
    credentials = credentials_of()
    me, other = credentials.tenants
    body, grant = granted(credentials, 0.0, grant_type="password", username=me.username, password=me.password)
    assert grant.succeeded
    assert is_minted(body["refresh_token"])
    _, grant = granted(
        credentials, 0.0, grant_type="password", username=other.username, password=other.password
    )
    assert not grant.succeeded


def test_refreshing_rotates() -> None:
    """Each use replaces the refresh token; the new one works."""
    credentials = credentials_of()
    first, grant = granted(
        credentials, 5.0, grant_type="refresh_token", refresh_token=credentials.tenants[0].refresh_token
    )
    assert (grant.used_refresh, grant.refresh) == ("refresh_token#1", "refresh_token#3")
    second, grant = granted(
        credentials, 6.0, grant_type="refresh_token", refresh_token=first["refresh_token"]
    )
    assert grant.succeeded
    assert second["refresh_token"] not in {first["refresh_token"], credentials.tenants[0].refresh_token}


def test_reuse_revokes_the_whole_family() -> None:
    """An old refresh token that comes back ends every token that descends from the same log-in."""
    credentials = credentials_of()
    old = credentials.tenants[0].refresh_token
    first, _ = granted(credentials, 1.0, grant_type="refresh_token", refresh_token=old)
    independent, _ = granted(credentials, 1.0, grant_type="client_credentials")
    body, grant = granted(credentials, 2.0, grant_type="refresh_token", refresh_token=old)
    assert (grant.status, body["error"]) == (400, "invalid_grant")
    body, _ = granted(credentials, 3.0, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert body["error"] == "invalid_grant"
    identified = credentials.identify(bearer(first["access_token"]), 3.0)
    assert identified is not None
    assert identified.state == "revoked"
    assert tried(credentials, bearer(independent["access_token"]), 3.0) is None


def test_a_lost_answer_is_no_reuse() -> None:
    """Where the answer never left, a repeat with the old refresh token is served."""
    credentials = credentials_of()
    old = credentials.tenants[0].refresh_token
    _, lost = granted(credentials, 1.0, grant_type="refresh_token", refresh_token=old)
    credentials.lost(lost)
    _, again = granted(credentials, 2.0, grant_type="refresh_token", refresh_token=old)
    assert again.succeeded


@pytest.mark.parametrize(("rotates", "same"), [(False, True), (True, False)])
def test_reuse_may_be_allowed(rotates: bool, same: bool) -> None:
    """CRMs that do not rotate, or that do not look, serve the old refresh token again."""
    policy = replace(OAUTH, refresh_token=RefreshToken(rotates=rotates, reuse_refused=False))
    credentials = credentials_of(policy)
    old = credentials.tenants[0].refresh_token
    for now in (1.0, 2.0):
        body, grant = granted(credentials, now, grant_type="refresh_token", refresh_token=old)
        assert grant.succeeded
        assert (body["refresh_token"] == old) is same


def test_refresh_tokens_expire() -> None:
    """A refresh token dies at the end of its lifetime."""
    credentials = credentials_of(replace(OAUTH, refresh_token=RefreshToken(lifetime=60.0)))
    old = credentials.tenants[0].refresh_token
    assert granted(credentials, 59.9, grant_type="refresh_token", refresh_token=old)[1].succeeded
    body, _ = granted(credentials, 60.0, grant_type="refresh_token", refresh_token=old)
    assert body["error"] == "invalid_grant"


def test_another_clients_refresh_token_is_refused() -> None:
    """A refresh token belongs to the client that got it."""
    credentials = credentials_of()
    body, _ = granted(
        credentials, 1.0, grant_type="refresh_token", refresh_token=credentials.tenants[1].refresh_token
    )
    assert body["error"] == "invalid_grant"


def test_revocation_ends_a_token_at_once() -> None:
    """A revoked access token is refused as invalid, and the journal learns from when on."""
    credentials = credentials_of()
    body, grant = granted(credentials, 1.0, grant_type="client_credentials")
    answer = credentials.revoke(
        post("/oauth/revoke", client(credentials.tenants[0], token=body["access_token"])), 5.0
    )
    assert answer.status == 200
    refused = tried(credentials, bearer(body["access_token"]), 6.0)
    assert refused is not None
    assert json.loads(refused.body)["category"] == "INVALID_AUTHENTICATION"
    assert credentials.settled([grant])[0].refused_from == 5.0


def test_revoking_a_refresh_token_ends_its_family() -> None:
    """RFC 7009 2.1: the access tokens of the same grant go with it."""
    credentials = credentials_of()
    first, _ = granted(
        credentials, 1.0, grant_type="refresh_token", refresh_token=credentials.tenants[0].refresh_token
    )
    credentials.revoke(
        post("/oauth/revoke", client(credentials.tenants[0], token=first["refresh_token"])), 2.0
    )
    assert tried(credentials, bearer(first["access_token"]), 3.0) is not None
    body, _ = granted(credentials, 3.0, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert body["error"] == "invalid_grant"


def test_revocation_asks_for_a_client_and_forgives_unknown_tokens() -> None:
    """A stranger is refused; a token that is not known is answered as one that is."""
    credentials = credentials_of()
    assert credentials.revoke(post("/oauth/revoke", {"token": "x"}), 0.0).status == 401
    assert credentials.revoke(post("/oauth/revoke", client(credentials.tenants[0])), 0.0).status == 400
    assert (
        credentials.revoke(post("/oauth/revoke", client(credentials.tenants[0], token="x")), 0.0).status
        == 200
    )


LOGIN = AuthPolicy(
    kind="login",
    name="Admin-Token",
    scheme="",
    token_path="/login",
    token_at="$.data.adminToken",
    lifetime=604800.0,
)


def test_a_log_in_gives_a_token_where_the_contract_says() -> None:
    """CRMs without OAuth take a user and a password under names of their own, and answer in their own envelope."""
    credentials = credentials_of(LOGIN, result={"code": 0, "data": "{result}"})
    me = credentials.tenants[0]
    request = post("/login", {"account": me.username, "pwd": me.password}, as_json=True)
    answer, grant = credentials.grant(request, 0.0)
    body = json.loads(answer.body)
    assert (body["code"], body["data"]["expires_in"], grant.grant_type) == (0, 604800, "login")
    request = replace(bearer("x"), headers=(("admin-token", body["data"]["adminToken"]),))
    assert tried(credentials, request, 1.0) is None


def test_a_wrong_log_in_gets_the_contracts_refusal() -> None:
    """A log-in knows no RFC 6749: its refusal is that of an invalid credential."""
    policy = replace(LOGIN, invalid=replace(LOGIN.invalid, status=200, body={"code": 302}))
    answer, grant = credentials_of(policy).grant(
        post("/login", {"account": "a", "pwd": "b"}, as_json=True), 0.0
    )
    assert (answer.status, json.loads(answer.body)) == (200, {"code": 302})
    assert (grant.succeeded, grant.status) == (False, 200)


def test_a_log_in_may_set_a_cookie() -> None:
    """Where the credential travels in a cookie, the log-in sets it."""
    credentials = credentials_of(replace(LOGIN, where="cookie", name="sid", token_at="$.token"))
    me = credentials.tenants[0]
    answer, _ = credentials.grant(post("/login", {"u": me.username, "p": me.password}), 0.0)
    token = json.loads(answer.body)["token"]
    assert answer.header("set-cookie") == f"sid={token}; Path=/; HttpOnly; Max-Age=604800"
    request = replace(bearer("x"), headers=(("cookie", f"theme=dark; sid={token}"),))
    assert tried(credentials, request, 1.0) is None


def test_tokens_without_a_lifetime_say_nothing() -> None:
    """A token that lives for ever has no expires_in."""
    body, grant = granted(
        credentials_of(replace(OAUTH, lifetime=float("inf"))), 0.0, grant_type="client_credentials"
    )
    assert "expires_in" not in body
    assert (grant.says, grant.refused_from) == (None, None)


def test_no_secret_of_a_token_request_stays_readable() -> None:
    """Whatever a token request carries is known as a secret afterwards, also what was never issued here."""
    credentials = credentials_of()
    request = post(
        "/oauth/token", {"client_id": "x", "client_secret": "someone-elses-secret", "grant_type": "password"}
    )
    credentials.grant(request, 0.0)
    assert b"someone-elses" not in credentials.secrets.redact(request.body)
