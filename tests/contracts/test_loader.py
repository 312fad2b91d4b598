import pickle

import pytest

from crm_contracts.contracts import Conformance, Router, apply_variant, load_contract
from crm_contracts.model.contract import Action, Effect
from crm_contracts.model.problem import Problems
from tests.contracts.folders import HEAD, OLD_HEAD, ORDERS, contract, places, problems, request, write


def test_a_folder_with_a_document_is_a_contract(tmp_path):
    """openapi.yaml alone is enough; the rest is read from it or has a default."""
    folder = tmp_path / "shop"
    folder.mkdir()
    found = contract(folder)
    assert (found.name, found.title, found.base_path) == ("shop", "Test", "/crm/v1")
    assert {one.id: (one.action, one.effect) for one in found.operations.values()} == {
        "listOrders": (Action.LIST, Effect.READ),
        "createOrder": (Action.CREATE, Effect.WRITE),
        "getOrder": (Action.GET, Effect.READ),
    }
    assert found.auth.kind == "none"
    assert found.idempotency.header == "Idempotency-Key"
    assert (found.paging.cursor, found.paging.size, found.paging.most) == ("after", 20, 100)
    assert (found.paging.results_at, found.paging.next_at) == ("results", "next")


@pytest.mark.parametrize("suffix", ["yaml", "yml"])
def test_a_bare_document_is_a_contract(tmp_path, suffix):
    """An OpenAPI document is served as it is, whatever it is called, and what lies beside it is not looked at."""
    path = tmp_path / f"vendor-v2.{suffix}"
    path.write_text(ORDERS)
    write(tmp_path, contract_yaml="nonsense: [", data_yaml="known: 3")
    found = load_contract(path)
    assert (found.name, found.operations["getOrder"].path) == ("vendor-v2", "/orders/{id}")


def test_json_documents_are_read(tmp_path):
    """A document may be JSON."""
    text = '{"openapi": "3.0.1", "info": {"title": "J", "version": "1"}, "paths": {"/a": {"get": {"responses": {}}}}}'
    found = load_contract(write(tmp_path, openapi_json=text))
    assert found.operations["GET /a"].effect is Effect.READ


def test_contract_yaml_alone_is_a_contract(tmp_path):
    """A CRM without a document is described by the requests that it takes."""
    text = """
    operations:
      queryOrders: POST /crmContract/queryPageList
      getOrder: {at: POST /crmContract/queryById, effect: read, body: {type: object, required: [id]}}
      "POST /**/query*": {effect: read}
    """
    found = load_contract(write(tmp_path, contract_yaml=text))
    assert [one.effect for one in found.operations.values()] == [Effect.READ, Effect.READ]
    match = Router(found).find("POST", "/crmContract/queryById")
    told = Conformance(found).check(request("POST", "/crmContract/queryById", {"no": 1}), match.operation)
    assert [one.rule for one in told] == ["schema.required"]


def test_several_documents_make_one_contract(tmp_path):
    """Operations of all documents are served, each below the path of its own server."""
    write(
        tmp_path,
        contract_yaml="documents: [orders.yaml, sub/files.yaml]\n",
        orders_yaml=ORDERS,
        sub__files_yaml=HEAD
        + "servers: [{url: https://files.example.com/files/v3}]\n"
        + "paths: {/files: {get: {operationId: listFiles, responses: {}}}}\n",
    )
    found = load_contract(tmp_path)
    assert set(found.operations) == {"listOrders", "createOrder", "getOrder", "listFiles"}
    router = Router(found)
    assert router.find("GET", "/files/v3/files").operation == found.operations["listFiles"]
    assert router.find("GET", "/crm/v1/orders").operation == found.operations["listOrders"]
    assert router.find("GET", "/crm/v1/files").operation is None


def test_references_lead_to_other_files(tmp_path):
    """Schemas, parameters, responses and path items may lie in other files of the folder, which may refer back."""
    write(
        tmp_path,
        openapi_yaml=HEAD
        + "paths: {/a: {$ref: 'paths/a.yaml'}}\ncomponents: {schemas: {Id: {type: integer}}}\n",
        paths__a_yaml="""
        post:
          operationId: a
          parameters: [{$ref: "../parts.yaml#/size"}]
          requestBody: {content: {application/json: {schema: {$ref: "../parts.yaml#/Order"}}}}
          responses: {"200": {$ref: "../parts.yaml#/Done"}}
        """,
        parts_yaml="""
        size: {name: size, in: query, schema: {type: integer}}
        Order: {type: object, properties: {id: {$ref: "openapi.yaml#/components/schemas/Id"}}}
        Done: {description: Done., content: {application/json: {schema: {$ref: "#/Order"}}}}
        """,
    )
    found = load_contract(tmp_path)
    told = Conformance(found).check(request("POST", "/a?size=x", {"id": "x"}), found.operations["a"])
    assert [one.rule for one in told] == ["query.type", "schema.type"]
    assert set(found.documents) == {"openapi.yaml", "paths/a.yaml", "parts.yaml"}


def test_remote_references_may_lie_in_the_folder(tmp_path):
    """contract.yaml may say which files of the folder are meant by a vendor's addresses."""
    write(
        tmp_path,
        contract_yaml="references: {'https://example.com/specs/': specs}\n",
        openapi_yaml=HEAD + "components: {schemas: {A: {$ref: 'https://example.com/specs/b.yaml#/Id'}}}\n",
        specs__b_yaml="Id: {$ref: '#/Inner'}\nInner: {type: integer}\n",
    )
    assert set(load_contract(tmp_path).documents) == {"openapi.yaml", "specs/b.yaml"}


def test_openapi_3_0_is_read(tmp_path):
    """A document of OpenAPI 3.0 is read in its own dialect."""
    text = (
        OLD_HEAD
        + """
paths:
  /a:
    post:
      operationId: a
      requestBody:
        content:
          application/json:
            schema: {type: object, properties: {n: {type: integer, minimum: 0, exclusiveMinimum: true, nullable: true}}}
      responses: {"200": {description: Done.}}
"""
    )
    found = contract(tmp_path, text)
    check = Conformance(found).check
    assert check(request("POST", "/a", {"n": None}), found.operations["a"]) == ()
    told = check(request("POST", "/a", {"n": 0}), found.operations["a"])
    assert [one.rule for one in told] == ["schema.exclusive_minimum"]


@pytest.mark.parametrize(
    "files, told",
    [
        (
            {"openapi_yaml": "openapi: 3.1.0\ninfo: {}\npaths: []\n"},
            ["openapi.yaml:3:8: Expected: a mapping to Path Item"],
        ),
        ({"openapi_yaml": "paths: {}\n"}, ["openapi.yaml:1:1: This is no OpenAPI document"]),
        ({"openapi_yaml": "swagger: '2.0'\n"}, ["openapi.yaml:1:1: Swagger 2.0 is not read"]),
        ({"openapi_yaml": "openapi: 4.0.0\n"}, ["openapi.yaml:1:10: OpenAPI 4.0.0 is not read"]),
        ({"openapi_yaml": "- 1\n"}, ["openapi.yaml:1:1: This is no OpenAPI document"]),
        ({"openapi_yaml": "a: [\n"}, ["openapi.yaml:2:1: This is no valid YAML"]),
        ({"openapi_json": '{"a": 1,}'}, ["openapi.json:1:"]),
        (
            {"openapi_yaml": HEAD + "paths: {/a: {get: 7}}\n"},
            ["openapi.yaml:3:19: Expected: Operation Object"],
        ),
        (
            {"openapi_yaml": HEAD + "components: {schemas: {A: {$ref: '#/components/schemas/B'}}}\n"},
            ["openapi.yaml:3:34: The reference #/components/schemas/B leads nowhere"],
        ),
        (
            {"openapi_yaml": HEAD + "components: {schemas: {A: {$ref: 'gone.yaml#/B'}}}\n"},
            ["openapi.yaml:3:34: There is no file gone.yaml"],
        ),
        (
            {"openapi_yaml": HEAD + "components: {schemas: {A: {$ref: '../../etc/passwd'}}}\n"},
            ["openapi.yaml:3:34: ../../etc/passwd lies outside"],
        ),
        (
            {"openapi_yaml": HEAD + "components: {schemas: {A: {$ref: 'https://example.com/a.yaml#/B'}}}\n"},
            ["openapi.yaml:3:34: The remote reference https://example.com/a.yaml#/B is not followed"],
        ),
        (
            {
                "openapi_yaml": HEAD
                + "components:\n  schemas:\n    A: {$ref: '#/components/schemas/B'}\n    B: {$ref: '#/components/schemas/A'}\n"
            },
            [
                "openapi.yaml:5:15: The reference",
                "openapi.yaml:6:15: The reference #/components/schemas/A leads in a circle",
            ],
        ),
        (
            {"contract_yaml": "documents: [a.yaml, ../b.yaml]\n"},
            ["contract.yaml:1:13: There is", "contract.yaml:1:21: "],
        ),
        (
            {"contract_yaml": "operations: {a: POST}\nauth: {kind: magic}\n"},
            ["contract.yaml:1:17: ", "contract.yaml:2:14: "],
        ),
        ({"contract_yaml": "a: &x [1]\nb: *x\n"}, ["contract.yaml:2:4: The alias *x is refused"]),
        ({"contract_yaml": "title: a\ntitle: b\n"}, ["contract.yaml:2:1: The key 'title' stands twice"]),
        (
            {"contract_yaml": "{}", "data_yaml": "known: {a: {id: 1}}\n"},
            ["data.yaml:1:12: The record does not say"],
        ),
    ],
)
def test_what_cannot_be_understood_is_told_with_its_place(tmp_path, files, told):
    """A broken file is no traceback but a problem for each fault, with file, line and column."""
    found = places(problems(tmp_path, **files))
    assert len(found) == len(told), found
    assert all(one.startswith(wanted) for one, wanted in zip(found, told, strict=True)), found


def test_the_problems_of_all_files_come_at_once(tmp_path):
    """One look tells what is wrong in contract.yaml, the documents, data.yaml and the variants."""
    found = problems(
        tmp_path,
        contract_yaml="colour: red\n",
        openapi_yaml=HEAD + "paths: 7\n",
        data_yaml="sees: {}\n",
        variants__odd_yaml="auth: {expird: {}}\n",
    )
    assert {one.partition(":")[0] for one in places(found)} == {
        "contract.yaml",
        "openapi.yaml",
        "data.yaml",
        "odd.yaml",
    }
    assert "expired" in {one.suggestion for one in found}


def test_many_references_to_one_remote_document_are_one_problem(tmp_path):
    """A vendor's document with hundreds of remote references does not fill the screen."""
    parts = "".join(f"    S{n}: {{$ref: 'https://example.com/a.yaml#/S{n}'}}\n" for n in range(300))
    (one,) = problems(tmp_path, openapi_yaml=HEAD + "components:\n  schemas:\n" + parts)
    assert "299 more" in one.message
    assert "https://example.com/" in one.remedy


def test_a_link_does_not_lead_out_of_the_folder(tmp_path):
    """A symbolic link to a file elsewhere is not followed."""
    (tmp_path / "secret.yaml").write_text("Id: {type: string}\n")
    folder = tmp_path / "a"
    folder.mkdir()
    (folder / "inside.yaml").symlink_to(tmp_path / "secret.yaml")
    text = HEAD + "components: {schemas: {A: {$ref: 'inside.yaml#/Id'}}}\n"
    assert "outside" in problems(folder, openapi_yaml=text)[0].message


@pytest.mark.parametrize("name", ["nothing", "openapi.yml"])
def test_what_is_not_there_is_told(tmp_path, name):
    """A folder without a contract and a file that does not exist are told, with the nearest name."""
    write(tmp_path, openapi_yaml=ORDERS)
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / name, tmp_path / "empty"):
        with pytest.raises(Problems):
            load_contract(path)
    with pytest.raises(Problems, match=r"openapi\.yaml"):
        load_contract(tmp_path / "openapi.yml")


def test_a_missing_reference_suggests_the_nearest(tmp_path):
    """A slip in a reference is told with what was probably meant."""
    text = ORDERS.replace("schemas/Page", "schemas/Pages")
    assert problems(tmp_path, openapi_yaml=text)[0].suggestion == "#/components/schemas/Page"


def test_data_is_no_reference(tmp_path):
    """A $ref in an example, a default or an extension is data; a property may be called default or example."""
    text = (
        HEAD
        + """
x-notes: {$ref: '#/nowhere'}
components:
  schemas:
    A: {example: {$ref: '#/nowhere'}, properties: {default: {$ref: '#/components/schemas/B'}, $ref: {type: string}}}
    B: {default: {$ref: '#/nowhere'}, enum: [{$ref: '#/nowhere'}]}
"""
    )
    assert len(contract(tmp_path, text).operations) == 0


def test_the_same_contract_is_loaded_once(tmp_path):
    """A contract is read again only when one of its files has changed."""
    first = contract(tmp_path)
    assert load_contract(tmp_path) is first
    (tmp_path / "data.yaml").write_text("known: {order: {in: orders, id: O-1}}\n")
    second = load_contract(tmp_path)
    assert second is not first
    assert second.known["order"].fields == {"id": "O-1"}
    (tmp_path / "contract.yaml").write_text("title: New\n")
    assert load_contract(tmp_path).title == "New"


def test_a_contract_crosses_a_pipe(tmp_path):
    """A contract that was pickled is the same contract, and finds and checks as before."""
    found = contract(tmp_path)
    again = pickle.loads(pickle.dumps(found))
    assert dict(again.operations) == dict(found.operations)
    told = Conformance(again).check(
        request("POST", "/orders", {"total": -1}), again.operations["createOrder"]
    )
    assert [one.rule for one in told] == ["schema.minimum"]


def test_operations_are_built_when_they_are_used(tmp_path):
    """A large document costs nothing for the operations that nobody asks for."""
    paths = "".join(f"  /p{n}: {{get: {{operationId: op{n}, responses: {{}}}}}}\n" for n in range(50))
    found = contract(
        tmp_path, HEAD + "paths:\n" + paths + "  /q: {post: {responses: {}}}\n", contract_yaml="{}\n"
    )
    assert len(found.operations) == 51
    assert "op49" in found.operations
    assert found.operations["op7"] is found.operations["op7"]


def test_an_id_that_stands_twice_hides_nothing(tmp_path):
    """Both operations of one id are served; the linter tells about it."""
    text = (
        HEAD + "paths: {/a: {get: {operationId: x, responses: {}}, put: {operationId: x, responses: {}}}}\n"
    )
    assert set(contract(tmp_path, text).operations) == {"x", "PUT /a"}


VARIED = {
    "contract_yaml": "auth: {kind: oauth2, expired: {status: 401, headers: {A: b}}}\nlimits: {requests: 5}\n",
    "variants__as-403_yaml": "variant: as-403\ntitle: T\nauth: {expired: {status: 403, headers: null}}\n",
}


def test_a_variant_is_laid_over_the_contract(tmp_path):
    """Maps are merged, null takes a key away, and the contract itself stays as it is."""
    found = contract(tmp_path, **VARIED)
    varied = apply_variant(found, "as-403")
    assert (found.auth.expired.status, found.variant) == (401, None)
    assert (varied.auth.expired.status, varied.auth.expired.headers, varied.variant) == (403, {}, "as-403")
    assert varied.limits.requests == 5


def test_an_unknown_variant_is_told(tmp_path):
    """A variant that a contract does not have is told with those that it has."""
    contract(tmp_path, **VARIED)
    with pytest.raises(Problems) as told:
        load_contract(tmp_path, variant="as-40")
    assert (told.value.problems[0].allowed, told.value.problems[0].suggestion) == (("as-403",), "as-403")


def test_a_broken_variant_is_told_with_its_place(tmp_path):
    """A fault in a variant is told where it stands, not where it is laid over."""
    write(tmp_path, openapi_yaml=ORDERS, variants__bad_yaml="variant: bad\nauth: {kind: magic}\n")
    with pytest.raises(Problems) as told:
        load_contract(tmp_path, variant="bad")
    assert places(told.value.problems)[0].startswith("bad.yaml:2:14: ")
