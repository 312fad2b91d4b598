import math

import pytest

from crm_contracts.model.contract import Action, Effect
from tests.contracts.folders import HEAD, ORDERS, contract, places, problems

SECURED = (
    HEAD
    + """
security: [{oauth: [read]}]
paths:
  /a: {get: {operationId: a, responses: {}}, post: {operationId: b, security: [{oauth: [write]}], responses: {}}}
  /open: {get: {operationId: open, security: [], responses: {}}, put: {operationId: both, security: [{}, {oauth: []}]}}
components:
  securitySchemes:
    key: {type: apiKey, in: query, name: api_key}
    oauth:
      type: oauth2
      flows:
        clientCredentials: {tokenUrl: "https://id.example.com/oauth/v2/token", scopes: {read: R, write: W}}
"""
)


def test_what_contract_yaml_says_holds(tmp_path):
    """Every setting of contract.yaml reaches the contract, durations in seconds."""
    text = """
contract: shop
title: The shop
contact: crm@example.com
base_path: /v9
strictness: strict-crash
auth:
  kind: oauth2
  token_path: /token
  access_token_lifetime: 30m
  refresh_token: {lifetime: 60d, rotates: true, reuse: accepted}
  expired: {status: 403, category: GONE, body: {detail: x}, refresh_signal: false}
limits: {requests: 10, per: 1m, daily: {requests: 500, category: DAY, retry_after: none}, headers: {X-Left: "{remaining}"}}
idempotency: {header: Idempotency-Key, kept: 1h}
concurrency: etag
paging: {style: page, in: body, position: page, limit: rows, size: 5, most: 50, results_at: $.data.list, next_at: $.n}
versions:
  "2": {path: /v9}
  "1": {path: /v8, deprecated: "2026-03-31", sunset: "2028-09-30", lacks: [getOrder], retired: {status: 404}}
errors: {envelope: {code: "{status}"}, answers: {malformed: {status: 422}}}
results: {envelope: {data: "{result}"}}
collections: {orders: {unique: [total], refers: {contact: contacts}, order: -placed}, contacts: {key: no}}
"""
    found = contract(tmp_path, contract_yaml=text)
    assert (found.name, found.title, found.contact, found.base_path) == (
        "shop",
        "The shop",
        "crm@example.com",
        "/v9",
    )
    assert found.strictness == "strict-crash"
    auth = found.auth
    assert (auth.token_path, auth.lifetime, auth.expired.status) == ("/token", 1800.0, 403)
    assert (auth.expired.category, auth.expired.body, auth.expired.refresh_signal) == (
        "GONE",
        {"detail": "x"},
        False,
    )
    assert (auth.refresh_token.lifetime, auth.refresh_token.rotates) == (60 * 86400.0, True)
    assert auth.refresh_token.reuse_refused is False
    limits = found.limits
    assert (limits.requests, limits.window, limits.daily, limits.daily_category) == (10, 60.0, 500, "DAY")
    assert (limits.daily_retry_after, limits.headers) == ("none", {"X-Left": "{remaining}"})
    assert (found.idempotency.header, found.idempotency.kept_for, found.etag) == (
        "Idempotency-Key",
        3600.0,
        True,
    )
    assert (found.paging.style, found.paging.where, found.paging.cursor) == ("page", "body", "page")
    assert (found.paging.results_at, found.paging.next_at, found.paging.size) == ("data.list", "n", 5)
    new, old = found.versions
    assert (new.headers, new.lacks) == ({}, ())
    assert (old.base_path, old.lacks, old.gone and old.gone.status) == ("/v8", ("getOrder",), 404)
    assert set(old.headers) == {"Deprecation", "Sunset", "Warning"}
    assert (found.envelope, found.result) == ({"code": "{status}"}, {"data": "{result}"})
    assert (found.answers["malformed"].status, found.answers["malformed"].category) == (422, "MALFORMED_JSON")
    assert found.answers["not_found"].status == 404
    orders = found.collections["orders"]
    assert (orders.unique, orders.refers, orders.order, found.collections["contacts"].key) == (
        ("total",),
        {"contact": "contacts"},
        "-placed",
        "no",
    )


def test_what_nobody_says_has_a_default(tmp_path):
    """An empty contract.yaml changes nothing."""
    found = contract(tmp_path, contract_yaml="{}\n")
    assert (found.limits.requests, found.versions, found.result) == (None, (), "{result}")
    assert "{correlation_id}" in str(found.envelope)
    assert str(found.answers["upstream_closed"].body).startswith("<html>")
    assert (found.etag, found.unknown_query, found.strictness) == (False, "ignored", "strict-400")


def test_none_switches_off(tmp_path):
    """`none` is a word where a whole section can be missing, and for ever where a lifetime is meant."""
    text = (
        "limits: none\nidempotency: none\npaging: none\nauth: {kind: oauth2, access_token_lifetime: none}\n"
    )
    found = contract(tmp_path, contract_yaml=text)
    assert (found.limits.requests, found.idempotency.header, found.paging.style) == (None, None, "none")
    assert found.auth.lifetime == math.inf


def test_the_documents_security_is_the_default_policy(tmp_path):
    """Kind, token endpoint, grants and scopes come from the document where contract.yaml is silent."""
    found = contract(tmp_path, SECURED)
    assert (found.auth.kind, found.auth.token_path) == ("oauth2", "/oauth/v2/token")
    assert (found.auth.grants, found.auth.scopes) == (("client_credentials",), ("read", "write"))
    secured = {name: (one.secured, one.scopes) for name, one in found.operations.items()}
    assert secured == {
        "a": (True, ("read",)),
        "b": (True, ("write",)),
        "open": (False, ()),
        "both": (False, ()),
    }
    said = contract(tmp_path, SECURED, contract_yaml="auth: {access_token_lifetime: 5m}\n")
    assert (said.auth.token_path, said.auth.lifetime) == ("/oauth/v2/token", 300.0)


@pytest.mark.parametrize(
    "scheme, wanted",
    [
        ("{type: apiKey, in: header, name: X-Key}", ("api_key", "header", "X-Key", "")),
        ("{type: apiKey, in: cookie, name: sid}", ("api_key", "cookie", "sid", "")),
        ("{type: http, scheme: bearer}", ("static_token", "header", "Authorization", "Bearer")),
        ("{type: http, scheme: basic}", ("basic", "header", "Authorization", "Basic")),
    ],
)
def test_each_kind_of_security_scheme_is_known(tmp_path, scheme, wanted):
    """A credential that cannot be refreshed gives no sign to refresh."""
    found = contract(tmp_path, HEAD + f"components: {{securitySchemes: {{one: {scheme}}}}}\n").auth
    assert (found.kind, found.where, found.name, found.scheme) == wanted
    assert not found.expired.refresh_signal


def test_contract_yaml_secures_what_no_document_does(tmp_path):
    """Where no document speaks of security, every operation needs the credential of contract.yaml."""
    text = "auth: {kind: login, in: header, name: Admin-Token, scheme: '', login: POST /login, token_at: $.token}\n"
    text += "operations: {logIn: POST /login, read: GET /things}\n"
    found = contract(tmp_path, contract_yaml=text)
    assert (found.auth.token_path, found.auth.token_at, found.auth.name) == (
        "/login",
        "$.token",
        "Admin-Token",
    )
    assert {name: one.secured for name, one in found.operations.items()}["read"]
    assert contract(tmp_path, contract_yaml="operations: {a: GET /a}\n").operations["a"].secured is False


def test_effects_are_overridden_by_id_and_by_pattern(tmp_path):
    """The more particular key wins, setting by setting."""
    text = """
operations:
  "POST /**": {effect: read, action: search}
  createOrder: {effect: write}
  "POST /orders/**": {collection: orders}
"""
    found = contract(tmp_path, contract_yaml=text).operations["createOrder"]
    assert (found.effect, found.action, found.collection) == (Effect.WRITE, Action.SEARCH, "orders")


def test_the_token_operations_only_read(tmp_path):
    """A token request writes nothing that the ledger would know."""
    document = ORDERS + "  x: {}\n".replace("  x: {}\n", "")
    paths = document.replace(
        "paths:\n", "paths:\n  /oauth/token: {post: {operationId: token, responses: {}}}\n"
    )
    found = contract(
        tmp_path, paths, contract_yaml="base_path: ''\nauth: {kind: oauth2}\n".replace("base_path: ''\n", "")
    )
    assert found.operations["token"].effect is Effect.WRITE
    root = paths.replace("/oauth/token: {", "/oauth/token: {servers: [{url: https://api.example.com}], ")
    found = contract(tmp_path, root)
    assert (found.operations["token"].effect, found.operations["token"].base_path) == (Effect.READ, "")
    assert found.operations["token"].secured is False


@pytest.mark.parametrize(
    "text, told",
    [
        ("auth: {kind: oauth}", "contract.yaml:1:14: Unknown value 'oauth'."),
        ("auth: {access_token_lifetime: 30}", "contract.yaml:1:31: 30 is no duration"),
        ("auth: {access_token_lifetime: 2 * deadline}", "contract.yaml:1:31: A contract knows no promises"),
        ("auth: {login: /login}", "contract.yaml:1:15: '/login' is no request"),
        ("limits: {requests: 0}", "contract.yaml:1:20: 0 is too small"),
        ("versions: {a: {path: x}}", "contract.yaml:1:22: 'x' is no path"),
        ("versions: {a: {path: /x, sunset: 2028-13-01}}", "contract.yaml:1:34: '2028-13-01' is no date"),
        ("errors: {answers: {malfored: {}}}", "contract.yaml:1:20: Unknown key 'malfored'."),
        ("operations: {a: {effect: reads}}", "contract.yaml:1:26: Unknown value 'reads'."),
        ("strictnes: lenient", "contract.yaml:1:1: Unknown key 'strictnes'."),
    ],
)
def test_a_wrong_setting_is_told_with_its_place(tmp_path, text, told):
    """What contract.yaml may not say is told with line and column."""
    assert places(problems(tmp_path, contract_yaml=text))[0].startswith(told)


def test_records_come_from_data_yaml(tmp_path):
    """Named records, several under one name, and seeds are read in their order."""
    text = """
known:
  order: [{in: orders, id: O-1, total: 1}, {in: orders, id: O-2, total: 2}]
  first: {in: orders, id: O-3, total: 3}
seeds: {orders: [{id: O-4, total: 4}]}
"""
    found = contract(tmp_path, data_yaml=text)
    assert [(one.name, one.fields["id"]) for one in found.records] == [
        ("order", "O-1"),
        ("order", "O-2"),
        ("first", "O-3"),
        (None, "O-4"),
    ]
    assert found.known["order"].fields["id"] == "O-1"
    assert [found.known_for(number)["order"].fields["id"] for number in range(3)] == ["O-1", "O-2", "O-1"]
    assert found.known_for(1)["first"].fields["id"] == "O-3"
