from pathlib import Path
from typing import Any

import pytest

from crm_contracts.contracts import Schemas, advise_contract, lint_contract, load_contract
from crm_contracts.contracts.lint.schemas import parts_of
from crm_contracts.contracts.variants import variants_in
from tests.contracts.folders import HEAD, OLD_HEAD, ORDERS, places, write

SHIPPED = Path(__file__).parents[3] / "contracts"


def _lint(folder, **files):
    return places(lint_contract(write(folder, **files)))


def _told(found, *wanted):
    assert len(found) == len(wanted), found
    for one, start in zip(found, wanted, strict=True):
        assert one.startswith(start), (one, start)


@pytest.mark.parametrize("name", ["acme-crm", "legacy-crm"])
def test_the_shipped_contracts_are_sound(name):
    """Users copy the shipped contracts: nothing is wrong in them, and nothing is left to ask."""
    assert lint_contract(SHIPPED / name) == ()
    assert advise_contract(SHIPPED / name) == ()
    for variant in variants_in(SHIPPED / name):
        assert load_contract(SHIPPED / name, variant=variant).variant == variant


def test_the_reference_contract_reads_and_writes_as_it_says():
    """Effects, actions and collections of the reference contract are as a reader would expect them."""
    operations = load_contract(SHIPPED / "acme-crm").operations
    assert len(operations) >= 24
    assert operations["searchContacts"].effect == "read"
    assert (operations["upsertContacts"].action, operations["upsertContacts"].upsert_by) == (
        "batch_upsert",
        "email",
    )
    assert operations["associateContact"].action == "associate"


def test_a_sound_contract_has_no_problems(tmp_path):
    """What is right is not accused."""
    assert _lint(tmp_path, openapi_yaml=ORDERS) == []


def test_what_cannot_be_loaded_is_told_by_the_linter_too(tmp_path):
    """Unreadable files of every kind are told at once."""
    found = _lint(tmp_path, openapi_yaml="a: [", contract_yaml="x: 1\n", data_yaml="y: 1\n")
    assert {one.partition(":")[0] for one in found} == {"openapi.yaml", "contract.yaml", "data.yaml"}
    assert advise_contract(tmp_path) == ()


@pytest.mark.parametrize(
    "change, told",
    [
        (
            ('responses:\n        "200"', 'respones:\n        "200"'),
            "The Operation Object has no key 'respones'.",
        ),
        (("operationId: getOrder", "operationId: listOrders"), "The operationId 'listOrders' stands twice"),
        (
            ("name: id, in: path, required: true", "name: ident, in: path, required: true"),
            "The path parameter 'id' is not",
        ),
        (("in: path, required: true", "in: path"), "A path parameter says `required: true`."),
        (("in: header", "in: heder"), "Unknown value 'heder'."),
        (
            ("name: after, in: query, schema: {type: string}", "name: after, in: query"),
            "The parameter has neither",
        ),
        (('"201"', '"20"'), "'20' is no status"),
        (("type: number, minimum: 0", "type: numbr, minimum: 0"), "Unknown type 'numbr'."),
        (("required: [id, total]", "required: [id, totl]"), "The schema requires 'totl'"),
        (('pattern: "^O-[0-9]+$"', 'pattern: "^O-[0-9"'), "pattern must be a regular expression"),
        (("minimum: 1, maximum: 100", "minimum: 100, maximum: 1, x-a: 1"), "minimum is above maximum"),
        (
            ("default: 20", "default: 200"),
            "The value is not what its schema says: The number is more than 100.",
        ),
        (("maxLength: 20", "maxLenght: 20"), "A schema has no word 'maxLenght'."),
        (("maxLength: 20", "nullable: true"), "OpenAPI 3.1 has no `nullable`."),
        (("maxLength: 20", "maxLength: many"), "maxLength must be a whole number"),
        (("minimum: 0}", "exclusiveMinimum: true}"), "In OpenAPI 3.1 exclusiveMinimum is the bound itself."),
        (("maxLength: 20", "required: true"), "`required` is a list of names"),
        (
            ("format: date-time", "format: date-time, example: yesterday"),
            "The value is not what its schema says: The value is no date-time.",
        ),
    ],
)
def test_faults_of_a_document_are_told(tmp_path, change, told):
    """One slip in a document is told once or more, with its place and what was meant."""
    assert change[0] in ORDERS
    found = _lint(tmp_path, openapi_yaml=ORDERS.replace(*change))
    assert any(told in one for one in found), found
    assert all(one.startswith("openapi.yaml:") and ":1:1:" not in one for one in found)


def test_examples_must_be_valid(tmp_path):
    """An example is told with the part of it that its schema refuses."""
    text = (
        HEAD
        + """
paths:
  /a:
    post:
      parameters: [{name: q, in: query, schema: {type: integer}, example: x}]
      requestBody:
        content:
          application/json:
            schema: {$ref: '#/components/schemas/A'}
            examples: {good: {value: {n: 1}}, bad: {value: {n: {}}}, far: {$ref: '#/components/examples/Far'}}
      responses: {"200": {description: Done.}}
components:
  examples: {Far: {value: {}}}
  schemas: {A: {type: object, required: [n, id], properties: {n: {type: integer}, id: {readOnly: true}}}}
"""
    )
    _told(
        _lint(tmp_path, openapi_yaml=text),
        "openapi.yaml:7:75: The value is not what its schema says: The type must be integer.",
        "openapi.yaml:12:64: The value is not what its schema says: The type must be integer. (/n)",
        "openapi.yaml:15:27: The value is not what its schema says: The property 'n' is missing.",
    )


def test_openapi_3_0_has_its_own_words(tmp_path):
    """In a document of OpenAPI 3.0 the words of 3.1 are faults, and its own are none."""
    text = (
        OLD_HEAD
        + """
paths: {}
components:
  schemas:
    A: {type: string, nullable: true, example: null}
    B: {type: [string, 'null']}
    C: {type: array}
    D: {type: integer, exclusiveMinimum: 5}
    E: {type: string, contains: x, unheard: 1}
"""
    )
    found = _lint(tmp_path, openapi_yaml=text)
    assert [one.partition(": ")[2] for one in found if ":6:" not in one][:3] != []
    assert not any(":6:" in one for one in found)
    for words in ("one type", "`items`", "true or false", "no word 'unheard'"):
        assert any(words in one for one in found), words


def test_paths_that_mean_the_same_are_told(tmp_path):
    """Two paths that differ by the names of their parameters alone, and a path without a slash."""
    item = "{get: {parameters: [{name: %s, in: path, required: true, schema: {}}], responses: {}}}"
    text = HEAD + f"paths:\n  /a/{{x}}: {item % 'x'}\n  /a/{{y}}: {item % 'y'}\n  b: {{}}\n"
    _told(
        _lint(tmp_path, openapi_yaml=text),
        "openapi.yaml:5:3: This path means",
        "openapi.yaml:6:3: 'b' is no path",
    )


def test_security_schemes_must_exist(tmp_path):
    """A security scheme that nobody describes is told with the nearest one."""
    text = (
        HEAD
        + "security: [{oath: []}]\npaths: {}\ncomponents: {securitySchemes: {oauth: {type: http, scheme: basic}}}\n"
    )
    (found,) = lint_contract(write(tmp_path, openapi_yaml=text))
    assert (found.suggestion, found.position.line, found.position.column) == ("oauth", 3, 13)


@pytest.mark.parametrize(
    "text, told",
    [
        ("contract: other", "contract.yaml:1:11: The contract is called 'other'"),
        (
            "operations: {listOrder: {effect: read}}",
            "contract.yaml:1:14: The contract has no operation 'listOrder'.",
        ),
        ("operations: {'GET /order': {effect: read}}", "contract.yaml:1:14: No operation of the contract is"),
        (
            "operations: {listOrders: {at: GET /x}}",
            "contract.yaml:1:14: listOrders (GET /orders) is there already.",
        ),
        ("operations: {new: GET /orders}", "contract.yaml:1:14: listOrders (GET /orders) is there already."),
        ("operations: {createOrder: {body: {}}}", "contract.yaml:1:28: The document describes the body"),
        (
            "operations: {listOrders: {scopes: [crm]}}\nauth: {kind: oauth2, scopes: [crm.read]}",
            "contract.yaml:1:36: No client may",
        ),
        ("collections: {order: {}}", "contract.yaml:1:15: No operation works on the collection 'order'."),
        (
            "collections: {orders: {refers: {a: contact}}}",
            "contract.yaml:1:36: There is no collection 'contact'.",
        ),
        (
            "versions: {'1': {path: /crm/v1, lacks: [getOrdr]}}",
            "contract.yaml:1:41: The contract has no operation 'getOrdr'.",
        ),
        (
            "versions: {a: {path: /a, deprecated: 2027-01-01, sunset: 2026-01-01}}",
            "contract.yaml:1:58: The version ends",
        ),
        ("versions: {a: {path: /a}, b: {path: /a}}", "contract.yaml:1:37: Version 'a' has this path, too."),
        ("base_path: /x\nversions: {a: {path: /a}}", "contract.yaml:1:12: The first version's path"),
        ("idempotency: {header: Idempotence-Key}", "contract.yaml:1:23: No operation of the document takes"),
        ("limits: {per: 10s}", "contract.yaml:1:15: `per` needs `requests`"),
        ("limits: {requests: 10, daily: 5}", "contract.yaml:1:31: A day allows less"),
        ("errors: {envelope: {a: '{statu}'}}", "contract.yaml:1:24: There is no placeholder {statu}."),
        ("results: {envelope: {data: 1}}", "contract.yaml:1:21: The envelope of a success must contain"),
        (
            "auth: {kind: static_token, refresh_token: {rotates: true}}",
            "contract.yaml:1:28: A credential of kind static_token",
        ),
        (
            "auth: {kind: api_key, access_token_lifetime: 1h}",
            "contract.yaml:1:23: A credential of kind api_key",
        ),
        (
            "auth: {kind: static_token, expired: {refresh_signal: true}}",
            "contract.yaml:1:54: A credential of kind",
        ),
        ("auth: {kind: login}", "contract.yaml:1:1: Kind login needs the request"),
        ("auth: {kind: oauth2, login: POST /login}", "contract.yaml:1:22: `login` belongs to kind login"),
        ("auth: {kind: oauth2, grants: []}", "contract.yaml:1:30: Without a grant"),
        ("auth: {kind: oauth2, access_token_lifetime: 500ms}", "contract.yaml:1:45: The lifetime is told"),
        (
            "auth: {kind: oauth2, grants: [password], refresh_token: {rotates: true}}",
            "contract.yaml:1:42: The grants do not contain refresh_token",
        ),
        (
            "auth: {kind: oauth2, refresh_token: {lifetime: 5m}}",
            "contract.yaml:1:48: The refresh token dies before",
        ),
        (
            "auth: {kind: oauth2, refresh_token: {reuse: refused}}",
            "contract.yaml:1:38: `reuse` speaks of replaced",
        ),
        (
            "auth: {kind: oauth2, expired: {status: 200}}",
            "contract.yaml:1:40: With status 200 a caller cannot tell",
        ),
    ],
)
def test_contradictions_in_contract_yaml_are_told(tmp_path, text, told):
    """A name that means nothing, and settings that cannot both be true, are told with their place."""
    folder = tmp_path / "shop"
    folder.mkdir()
    _told(_lint(folder, openapi_yaml=ORDERS, contract_yaml=f"{text}\n"), told)


def test_variants_are_linted(tmp_path):
    """A variant that makes a sound contract contradictory, or has another name than its file, is told."""
    _told(
        _lint(
            tmp_path,
            openapi_yaml=ORDERS,
            contract_yaml="auth: {kind: oauth2}\n",
            variants__a_yaml="variant: b\nauth: {expired: {status: 200}}\n",
        ),
        "a.yaml:1:1: With status 200",
        "a.yaml:1:10: The variant is called 'b'",
    )


def test_records_are_held_against_the_schemas(tmp_path):
    """data.yaml may leave out what has a default; what it says must be what the CRM could answer."""
    text = """\
known:
  good: {in: orders, id: O-1, total: 1}
  late: {in: orders, id: O-2, total: 1, placed: yesterday}
  same: {in: orders, id: O-1, total: 1}
  none: {in: order, id: O-3}
seeds:
  orders:
    - {id: O-4, totl: 5}
    - {total: 5}
    - {id: O-6, total: 5, note: null, customer: C-9}
  customers: [{id: C-1}]
"""
    overlay = "collections: {orders: {refers: {customer: customers}}, customers: {}}\noperations: {c: {at: GET /c, collection: customers, action: list}}\n"
    document = ORDERS.replace("      additionalProperties: false\n", "")
    found = _lint(tmp_path, openapi_yaml=document, contract_yaml=overlay, data_yaml=text)
    _told(
        found,
        "data.yaml:3:49: The value is no date-time.",
        "data.yaml:4:26: Another record has this id already, at ",
        "data.yaml:5:14: There is no collection 'order'.",
        "data.yaml:8:7: The record has no total.",
        "data.yaml:8:17: A record of orders has no field 'totl'.",
        "data.yaml:9:7: The record has no id.",
        "data.yaml:10:49: There is no record C-9 in customers.",
    )


def test_the_linter_asks_about_reads_that_count_as_writes(tmp_path):
    """A POST whose path says search, query, list or read is asked about until somebody says its effect."""
    text = (
        HEAD
        + "paths:\n"
        + "".join(
            f"  {path}: {{post: {{operationId: {name}, responses: {{}}}}}}\n"
            for name, path in [
                ("a", "/x/search"),
                ("b", "/y/queryPageList"),
                ("c", "/z/batch/read"),
                ("d", "/playlists"),
            ]
        )
    )
    write(tmp_path, openapi_yaml=text)
    assert [one.rpartition("says ")[2] for one in places(advise_contract(tmp_path))] == [
        "'search'. Does it only read?",
        "'query'. Does it only read?",
        "'read'. Does it only read?",
    ]
    assert all("effect: read" in one.remedy for one in advise_contract(tmp_path))
    write(
        tmp_path,
        contract_yaml='operations: {"POST /x/*": {effect: write}, b: {effect: read}, c: {effect: read}}\n',
    )
    assert advise_contract(tmp_path) == ()


def test_the_linter_asks_by_what_a_batch_finds_its_records(tmp_path):
    """An upsert that does not say its key is asked about."""
    text = ORDERS.replace(
        "paths:\n", "paths:\n  /orders/batch/upsert: {post: {operationId: up, responses: {}}}\n"
    )
    (asked,) = advise_contract(write(tmp_path, openapi_yaml=text))
    assert "upsert_by" in asked.remedy
    write(tmp_path, contract_yaml="operations: {up: {upsert_by: id}}\n")
    assert advise_contract(tmp_path) == ()


def test_every_schema_of_the_reference_contract_compiles():
    """Each schema of the reference contract is one that the validator takes whole."""
    found = load_contract(SHIPPED / "acme-crm")
    document: Any = found.documents["openapi.yaml"]
    for name, schema in document["components"]["schemas"].items():
        assert list(parts_of((), schema))
        Schemas(found.documents).validator({"$ref": f"openapi.yaml#/components/schemas/{name}"}, "response")
