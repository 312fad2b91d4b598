"""What a real CRM does otherwise than its contract says; nothing is written, no secret goes astray."""

from pathlib import Path

import pytest

from crm_contracts.contracts import load_contract
from crm_contracts.live import Probed, Server, probed
from crm_contracts.model.contract import Contract
from tests.live.crm import CONTRACT, OPENAPI, Behaviour, crm

ENVIRON = {"CRM_CLIENT_ID": "probe", "CRM_CLIENT_SECRET": "the-secret-of-production"}


@pytest.fixture
def contract(tmp_path: Path) -> Contract:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "contract.yaml").write_text(CONTRACT)
    (folder / "openapi.yaml").write_text(OPENAPI)
    return load_contract(folder)


def probe(contract: Contract, behaviour: Behaviour, **environ: str) -> Probed:
    with crm(behaviour) as origin:
        server = Server(origin, contract.base_path)
        return probed(contract, server, f"{origin}/oauth/token", environ or ENVIRON)


def test_a_crm_that_keeps_its_contract(contract: Contract):
    """Nothing is found; lists are asked first, so that their records answer the rest."""
    behaviour = Behaviour(order={"id": "O-7", "total": 5.5, "more": 1})
    outcome = probe(contract, behaviour)
    assert outcome.as_promised
    assert outcome.changes == ()
    assert [(method, path) for method, path, _headers in behaviour.asked] == [
        ("POST", "/oauth/token"),
        ("GET", "/v1/orders"),
        ("GET", "/v1/orders/O-7"),
    ]
    assert behaviour.asked[1][2]["authorization"] == "Bearer live-token-0000"


@pytest.mark.parametrize(
    "behaviour, said",
    [
        (Behaviour(expires_in=3600), "token lifetime: contract 24 h, server 1 h"),
        (Behaviour(expires_in="3600"), "token lifetime: contract 24 h, server 1 h"),
        (Behaviour(headers={"X-Limit": "50"}), "rate limit (x-limit): contract 100, server 50"),
        (Behaviour(headers={}), "header x-limit: contract sent, server not sent"),
        (
            Behaviour(headers={"X-Limit": "100", "Sunset": "Sun, 31 Jan 2027 00:00:00 GMT"}),
            "ends on: contract never, server 2027-01-31",
        ),
        (
            Behaviour(headers={"X-Limit": "100", "Deprecation": "@1767139200"}),
            "deprecated: contract never, server 2025-12-31",
        ),
        (Behaviour(order={"id": "O-1", "total": "5"}), "/total: The type must be number. (schema.type)"),
        (Behaviour(order={"id": "O-1"}), "The property 'total' is missing. (schema.required)"),
        (Behaviour(status=203), "Status 203 is not documented; documented: 200. (response.status)"),
    ],
)
def test_what_differs_is_told(contract: Contract, behaviour: Behaviour, said: str):
    """N2: the token's life first of all."""
    outcome = probe(contract, behaviour)
    assert not outcome.as_promised
    assert said in [change.sentence for change in outcome.changes if change.breaking]


@pytest.mark.parametrize(
    "behaviour",
    [
        Behaviour(expires_in=86399),
        Behaviour(expires_in=172800),
        Behaviour(headers={"X-Limit": "500"}),
    ],
)
def test_what_harms_nobody_does_not_fail(contract: Contract, behaviour: Behaviour):
    """A second less than a day, a longer life, a higher limit."""
    assert probe(contract, behaviour).as_promised


@pytest.mark.parametrize(
    "behaviour, said",
    [
        (
            Behaviour(expires_in=3600, tokens=iter(["one-token"] * 9)),
            "gives the same token again, with 1 h left",
        ),
        (Behaviour(expires_in=None), "the server does not tell any"),
        (Behaviour(status=503), "listOrders answered 503: the CRM is not well."),
        (Behaviour(status=401), "listOrders answered 401: the credential was not taken."),
        (Behaviour(status=429), "the rate limit is used up"),
        (Behaviour(token_status=401), "the token endpoint answered 401 and gave no token"),
    ],
)
def test_a_doubt_is_unknown(contract: Contract, behaviour: Behaviour, said: str):
    """It accuses nobody, and it is no pass."""
    outcome = probe(contract, behaviour)
    assert not any(change.breaking for change in outcome.changes if change.operation)
    assert not outcome.as_promised
    assert any(said in text for text in outcome.unknown)


def test_nothing_is_written(contract: Contract):
    """One POST for a token; everything else is GET."""
    behaviour = Behaviour()
    probe(contract, behaviour)
    assert [path for method, path, _headers in behaviour.asked if method != "GET"] == ["/oauth/token"]


def test_a_redirect_to_another_host_is_not_followed(contract: Contract):
    """The credential stays with the host that was named."""
    stranger = Behaviour()
    with crm(stranger) as elsewhere:
        outcome = probe(contract, Behaviour(location=f"{elsewhere}/v1/orders/O-1"))
    assert stranger.asked == []
    assert "getOrder answered 302: a redirect to another host is not followed." in outcome.unknown


def test_a_redirect_on_the_same_host_is_followed(contract: Contract):
    """As every client does."""
    assert probe(contract, Behaviour(location="/v1/orders/other")).as_promised


def test_no_credential_and_nobody_there(contract: Contract):
    """Both are unknown, and name no secret."""
    nothing = probe(contract, Behaviour(), NOTHING="x")
    assert "no credential is set" in nothing.unknown[0]
    gone = probed(contract, Server("http://127.0.0.1:9", "/v1"), "http://127.0.0.1:9/oauth/token", ENVIRON)
    assert not gone.as_promised
    assert "Connection refused" in gone.unknown[0]
    assert "the-secret" not in repr((nothing, gone))


def test_a_token_that_is_there_already(contract: Contract):
    """It is used; of its life nothing is claimed."""
    behaviour = Behaviour()
    outcome = probe(contract, behaviour, CRM_ACCESS_TOKEN="mine-mine-mine")
    assert outcome.as_promised
    assert not outcome.lifetime_asked
    assert [method for method, _path, _headers in behaviour.asked] == ["GET", "GET"]
    assert behaviour.asked[0][2]["authorization"] == "Bearer mine-mine-mine"
