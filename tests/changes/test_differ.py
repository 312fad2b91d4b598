"""A contract against its successor: documents and terms, and whom each change hits."""

from pathlib import Path

import pytest

from crm_contracts.changes import changes, notice, told, uses_of
from crm_contracts.contracts import load_contract
from crm_contracts.model.consumer import CallSpec, CommandDriver, Consumer
from crm_contracts.model.contract import Contract, Effect
from crm_contracts.model.promises import Promises, Refresh

ROOT = Path(__file__).parents[2]
OPENAPI = """\
openapi: 3.1.0
info: {title: Shop, version: "1"}
servers: [{url: "https://crm.example/v1"}]
paths:
  /orders/{id}:
    get:
      operationId: getOrder
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses:
        "200":
          description: An order.
          headers: {ETag: {schema: {type: string}}}
          content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}
  /orders:
    get:
      operationId: listOrders
      parameters: [{name: status, in: query, schema: {type: string, enum: [open, done]}}]
      responses:
        "200":
          description: Orders.
          content:
            application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Order"}}}
    post:
      operationId: addOrder
      requestBody:
        required: true
        content: {application/json: {schema: {type: object, properties: {total: {type: number}}}}}
      responses: {"201": {description: Done.}}
components:
  schemas:
    Order:
      type: object
      required: [id, total]
      properties: {id: {type: string}, total: {type: number}, note: {type: string}}
"""
TERMS = """\
contract: shop
contact: crm@shop.example
auth: {kind: oauth2, access_token_lifetime: 24h}
limits: {requests: 100, per: 10s, headers: {X-Limit: "{limit}"}}
idempotency: {header: Idempotency-Key, kept: 24h}
versions: {"v1": {path: /v1}}
"""


def shop(folder: Path, openapi: tuple[str, str] = ("", ""), terms: tuple[str, str] = ("", "")) -> Contract:
    folder.mkdir(parents=True)
    for name, text, (old, new) in (("openapi.yaml", OPENAPI, openapi), ("contract.yaml", TERMS, terms)):
        assert old in text
        (folder / name).write_text(text.replace(old, new) if old else text)
    return load_contract(folder)


def consumer(name: str, *, reads: tuple[str, ...] | None = None, refresh: float | None = None) -> Consumer:
    call = CallSpec(name="find", does=("getOrder",), effect=Effect.READ, reads=reads)
    promises = Promises(refresh=Refresh(ahead=refresh) if refresh else None)
    return Consumer(
        name=name,
        file=Path(name),
        contract=Path("shop"),
        driver=CommandDriver(command=("true",)),
        calls={"find": call},
        promises=promises,
        contact=f"{name}@example.com",
    )


DOCUMENTS = [
    ("operationId: getOrder", "operationId: getOneOrder", None),
    ("  /orders/{id}:", "  /order/{id}:", "it was GET /orders/{id}, it is GET /order/{id}"),
    ("headers: {ETag: {schema: {type: string}}}", "", "the header ETag is gone"),
    ("enum: [open, done]", "enum: [open]", "the query parameter status: it has lost a value"),
    ("enum: [open, done]", "enum: [open, done, lost]", None),
    (
        "{name: status, in: query",
        "{name: state, in: query",
        "the query parameter status is not known any more",
    ),
    ("{name: status, in: query", "{name: status, required: true, in: query", "status is required now"),
    ('"201"', '"202"', "the answer 201 is not documented any more"),
    ("required: [id, total]", "required: [id]", "`total`: it may be missing now"),
    (
        "total: {type: number}, note",
        "total: {type: string}, note",
        "`total`: its type was number, it is string",
    ),
    ("note: {type: string}", "note: {type: string}, more: {type: string}", None),
    (
        "properties: {total: {type: number}}}}}",
        "required: [total], properties: {total: {type: number}}}}}",
        "required now",
    ),
    ("info: {title: Shop", "info: {title: The shop", None),
]


@pytest.mark.parametrize("old, new, said", DOCUMENTS)
def test_documents(tmp_path: Path, old: str, new: str, said: str | None):
    """What breaks is told, what does not is not called so."""
    found = changes(shop(tmp_path / "old" / "shop"), shop(tmp_path / "new" / "shop", (old, new)))
    breaking = [one.sentence for one in found if one.breaking]
    assert any(said in one for one in breaking) if said else breaking == []


def test_an_operation_that_is_gone_hits_who_does_it(tmp_path: Path):
    """And nobody else."""
    before = shop(tmp_path / "old" / "shop")
    after = shop(
        tmp_path / "new" / "shop",
        ("    get:\n      operationId: getOrder", "    put:\n      operationId: putOrder"),
    )
    uses = uses_of([consumer("vac")])
    gone = next(one for one in told(changes(before, after), uses) if "is gone: GET" in one.sentence)
    assert [str(hit) for hit in gone.hits] == ["vac (find)"]


TERMS_CHANGED = [
    ("access_token_lifetime: 24h", "access_token_lifetime: 1h", "token lifetime: 24 h -> 1 h", True),
    ("access_token_lifetime: 24h", "access_token_lifetime: 48h", "token lifetime: 24 h -> 48 h", False),
    ("requests: 100", "requests: 10", "rate limit: 100 per 10 s -> 10 per 10 s", True),
    ("requests: 100", "requests: 1000", "rate limit: 100 per 10 s -> 1000 per 10 s", False),
    ("X-Limit", "X-Other", "header X-Limit: sent -> not sent", True),
    ("header: Idempotency-Key", "header: X-Key", "Idempotency-Key -> X-Key", True),
    ("kept: 24h", "kept: 1h", "how long a repeat is recognised: 24 h -> 1 h", True),
    (
        '{"v1": {path: /v1}}',
        '{"v2": {path: /v2}, "v1": {path: /v1}}',
        "(the old one is still served): /v1 -> /v2",
        False,
    ),
    ('{"v1": {path: /v1}}', '{"v2": {path: /v2}}', "address of the operations: /v1 -> /v2", True),
    ("{path: /v1}", '{path: /v1, sunset: "2027-01-31"}', "version v1, sunset: none -> 2027-01-31", True),
    (
        "{path: /v1}",
        '{path: /v1, deprecated: "2026-01-31"}',
        "version v1, deprecated: no -> 2026-01-31",
        False,
    ),
    ("kind: oauth2", "kind: oauth2, expired: {status: 403}", "answer to an expired token: 401 -> 403", True),
    (
        "kind: oauth2",
        "kind: oauth2, refresh_token: {rotates: true}",
        "each use replaces the refresh token: no -> yes",
        True,
    ),
    ("kind: oauth2", "kind: oauth2, grants: [password]", "no client_credentials", True),
]


@pytest.mark.parametrize("old, new, said, breaks", TERMS_CHANGED)
def test_terms(tmp_path: Path, old: str, new: str, said: str, breaks: bool):
    """N2, N17: what no OpenAPI document says, and what hit the first team."""
    found = changes(shop(tmp_path / "old" / "shop"), shop(tmp_path / "new" / "shop", terms=(old, new)))
    assert [one.breaking for one in found if said in one.sentence] == [breaks], [
        one.sentence for one in found
    ]
    if not breaks:
        assert not any(one.breaking for one in found)


def test_whom_a_shorter_token_hits(tmp_path: Path):
    """N2, N27: everybody, with what they promise."""
    before = shop(tmp_path / "old" / "shop")
    after = shop(tmp_path / "new" / "shop", terms=("access_token_lifetime: 24h", "access_token_lifetime: 1h"))
    uses = uses_of([consumer("order-sync", refresh=600), consumer("vac")])
    (one,) = told(changes(before, after), uses)
    assert [str(hit) for hit in one.hits] == ["order-sync (promises 10 m)", "vac (promises nothing)"]


def test_whom_a_field_hits(tmp_path: Path):
    """Who says that it reads it for sure, who says nothing perhaps, who reads others not."""
    before = shop(tmp_path / "old" / "shop")
    after = shop(tmp_path / "new" / "shop", ("total: {type: number}, note", "note"))
    users = [consumer("reader", reads=("total",)), consumer("silent"), consumer("other", reads=("id",))]
    gone = next(
        one for one in told(changes(before, after), uses_of(users)) if "`total`: it is gone" in one.sentence
    )
    assert [(hit.consumer.name, hit.sure) for hit in gone.hits] == [("reader", True), ("silent", False)]


def test_the_notice_names_what_whom_and_nobody_s_fault(tmp_path: Path):
    """N27, N30: to be sent as it is."""
    before = shop(tmp_path / "old" / "shop")
    after = shop(
        tmp_path / "new" / "shop", ("total: {type: number}, note", "note"), ("24h}\nlimits", "1h}\nlimits")
    )
    text = notice(before, after, told(changes(before, after), uses_of([consumer("vac")])))
    assert text.startswith("# Change notice: Shop\n")
    assert "- token lifetime: 24 h -> 1 h" in text
    assert "| vac | vac@example.com | token lifetime: 24 h -> 1 h<br>" in text
    assert "(please check whether you read it)" in text
    assert "Questions: crm@shop.example" in text
    assert not {"fault", "broke", "guilty", "must have"} & set(text.lower().split())


@pytest.mark.parametrize("name", ["acme-crm", "legacy-crm"])
def test_a_contract_is_like_itself(name: str):
    """Nothing is found where nothing changed."""
    contract = load_contract(ROOT / "contracts" / name)
    assert changes(contract, load_contract(ROOT / "contracts" / name)) == ()
