from dataclasses import replace

import pytest

from crm_contracts.contracts import Conformance, Router
from crm_contracts.model.contract import AuthPolicy, Body, Effect, Media, Operation, Response
from crm_contracts.model.exchange import Answer
from crm_contracts.model.json import Schema
from tests.contracts.folders import HEAD, contract, request

JSON = "application/json"


def _check(found, sent):
    match = Router(found).find(sent.method, sent.target)
    return Conformance(found).check(replace(sent, path_params=match.path_params), match.operation)


def _rules(violations):
    return [one.rule for one in violations]


@pytest.fixture
def orders(tmp_path):
    return contract(tmp_path)


def test_sound_requests_are_sound(orders):
    """What the contract asks for, and what it does not speak of, is no violation."""
    for sent in (
        request("GET", "/crm/v1/orders?limit=100&after=x"),
        request("GET", "/crm/v1/orders?unknown=1&limit=5", user_agent="x", x_other="y"),
        request("GET", "/crm/v1/orders/O-12"),
        request("POST", "/crm/v1/orders", {"total": 99.5, "note": None}),
        request(
            "POST", "/crm/v1/orders", {"id": "O-1", "total": 1}, **{"content-type": f"{JSON}; charset=UTF-8"}
        ),
    ):
        assert _check(orders, sent) == (), sent


@pytest.mark.parametrize(
    "body, rule, offset",
    [
        (b'{"total": 1,}', "json.trailing_comma", 11),
        (b'{"total": NaN}', "json.nan", 10),
        (b'{"total": 1, "total": 2}', "json.duplicate_key", 13),
        (b"\xef\xbb\xbf{}", "json.bom", 0),
        (b'{"note": "\xff", "total": 1}', "json.utf8", 10),
        (b'{"note": "x"}', "schema.required", 0),
        (b'{"total": "1"}', "schema.type", 10),
        (b'{"total": -1}', "schema.minimum", 10),
        (b'{"total": 1, "placed": "now"}', "schema.format", 23),
        (b'{"total": 1, "note": "' + b"x" * 21 + b'"}', "schema.max_length", 21),
        (b'{"total": 1, "colour": 2}', "schema.additional_properties", 13),
        (b"[1]", "schema.type", 0),
        (b"", "body.required", 0),
    ],
)
def test_a_wrong_body_is_named_with_its_byte(orders, body, rule, offset):
    """What is wrong in a body is told by rule and byte: strict JSON first, then the schema."""
    found = _check(orders, request("POST", "/crm/v1/orders", body, **{"content-type": JSON}))
    assert [(one.rule, one.offset, one.part) for one in found] == [(rule, offset, "body")]


def test_every_fault_of_a_body_is_told(orders):
    """A schema's violations come all at once, each with its pointer."""
    found = _check(orders, request("POST", "/crm/v1/orders", {"total": "x", "note": 7}))
    assert sorted((one.pointer, one.rule) for one in found) == [
        ("/note", "schema.type"),
        ("/total", "schema.type"),
    ]


def test_a_message_does_not_quote_the_value(orders):
    """A value may be a secret; the message says what is wrong with it, not what it is."""
    found = _check(orders, request("POST", "/crm/v1/orders", {"total": "hunter2", "placed": "hunter2"}))
    assert len(found) == 2
    assert "hunter2" not in " ".join(one.message for one in found)


@pytest.mark.parametrize(
    "content_type, rules",
    [
        (None, ["content_type.missing"]),
        ("text/plain", ["content_type.unknown"]),
        ("application/json; charset=gbk", ["content_type.charset"]),
        ("APPLICATION/JSON", []),
    ],
)
def test_the_content_type_is_looked_at(orders, content_type, rules):
    """The body's type must be one that the operation takes, and JSON is UTF-8."""
    sent = request(
        "POST", "/crm/v1/orders", b'{"total": 1}', **({"content-type": content_type} if content_type else {})
    )
    if content_type is None:
        sent = replace(sent, headers=())
    assert _rules(_check(orders, sent)) == rules


def test_a_wrong_type_does_not_hide_broken_json(orders):
    """Where JSON alone may travel, a body of another type is read as JSON, too."""
    sent = request("POST", "/crm/v1/orders", b"{'total': 1}", **{"content-type": "text/plain"})
    assert _rules(_check(orders, sent)) == ["content_type.unknown", "json.single_quotes"]


def test_a_compressed_body_is_left_alone(orders):
    """Bytes that are not JSON but gzip are not accused of being no JSON."""
    sent = request(
        "POST", "/crm/v1/orders", b"\x1f\x8b\x08", **{"content-type": JSON, "content-encoding": "gzip"}
    )
    assert _check(orders, sent) == ()


def test_json_where_nobody_described_a_body_is_still_json(orders):
    """A body that calls itself JSON is read by a parser, whether it was asked for or not."""
    sent = request("GET", "/crm/v1/orders", b"{,}")
    assert _rules(_check(orders, sent)) == ["json.unexpected"]
    assert _check(orders, request("GET", "/crm/v1/orders", {"a": 1})) == ()


@pytest.mark.parametrize(
    "target, rule, offset",
    [
        ("/crm/v1/orders?limit=0", "query.minimum", 0),
        ("/crm/v1/orders?after=x&limit=ten", "query.type", 8),
        ("/crm/v1/orders?limit=1.5", "query.type", 0),
        ("/crm/v1/orders?limit=5&limit=500", "query.maximum", 0),
        ("/crm/v1/orders/X-1", "path.pattern", None),
    ],
)
def test_parameters_are_typed_by_their_schemas(orders, target, rule, offset):
    """A parameter's text is read as its schema's type, and then held against the schema."""
    found = _check(orders, request("GET", target))
    assert [(one.rule, one.offset) for one in found] == [(rule, offset)]
    assert found[0].part == rule.partition(".")[0]


def test_headers_are_checked(orders):
    """A declared header is held against its schema."""
    found = _check(orders, request("POST", "/crm/v1/orders", {"total": 1}, idempotency_key="short"))
    assert [(one.rule, one.part) for one in found] == [("header.min_length", "head")]


def test_an_unknown_query_parameter_is_a_violation_where_the_contract_says_so(tmp_path):
    """unknown_query: refused makes an undeclared parameter a violation; a key in the query is none."""
    files = {"contract_yaml": "unknown_query: refused\nauth: {kind: api_key, in: query, name: key}\n"}
    found = contract(tmp_path, **files)
    sent = request("GET", "/crm/v1/orders?limit=5&key=k&limt=7")
    assert [(one.rule, one.offset) for one in _check(found, sent)] == [("query.unknown", 14)]


@pytest.mark.parametrize(
    "method, target, rule, words",
    [
        ("GET", "/crm/v1/order", "operation.unknown", "/crm/v1/orders"),
        ("PUT", "/crm/v1/orders", "operation.method", "GET, POST"),
        ("GET", "/elsewhere", "operation.unknown", "/elsewhere"),
    ],
)
def test_what_the_contract_does_not_have_is_told(orders, method, target, rule, words):
    """An unknown path names the nearest one, an unknown method those that the path has."""
    (found,) = _check(orders, request(method, target))
    assert found.rule == rule
    assert words in found.message


@pytest.mark.parametrize("method, target", [("HEAD", "/crm/v1/orders"), ("OPTIONS", "/crm/v1/orders/O-1")])
def test_head_and_options_go_where_others_go(orders, method, target):
    """HEAD and OPTIONS belong to every path of the contract."""
    assert _check(orders, request(method, target)) == ()


def test_the_token_endpoint_is_no_unknown_operation(orders):
    """A token request to an endpoint that no document has is the credentials' business."""
    found = replace(orders, auth=AuthPolicy(token_path="/oauth/token"))
    assert _check(found, request("POST", "/oauth/token", b"grant_type=x")) == ()


FORMS = (
    HEAD
    + """
paths:
  /token:
    post:
      requestBody:
        required: true
        content:
          application/x-www-form-urlencoded:
            schema:
              type: object
              required: [grant_type, size]
              properties:
                grant_type: {enum: [client_credentials]}
                size: {type: integer}
                tags: {type: array, items: {type: string}}
                more: {type: object, required: [a]}
      responses: {"200": {description: A token.}}
  /import:
    post:
      requestBody:
        content: {"*/*": {}, "text/*": {}, application/vnd.acme+json: {schema: {type: array}}}
      responses: {"200": {description: Done.}}
"""
)


@pytest.mark.parametrize(
    "body, rules",
    [
        (b"grant_type=client_credentials&size=5&tags=a&tags=b", []),
        (b"grant_type=client_credentials&size=5&more=%7B%22a%22%3A1%7D", []),
        (b"grant_type=client_credentials", ["form.required"]),
        (b"grant_type=password&size=5", ["form.enum"]),
        (b"grant_type=client_credentials&size=big", ["form.type"]),
    ],
)
def test_forms_are_typed_by_their_schemas(tmp_path, body, rules):
    """The members of a form are read as the types that their schema asks for."""
    sent = request("POST", "/token", body, **{"content-type": "application/x-www-form-urlencoded"})
    assert _rules(_check(contract(tmp_path, FORMS), sent)) == rules


CLIENTS = (
    HEAD
    + """
paths:
  /oauth/token:
    post:
      requestBody:
        content:
          application/x-www-form-urlencoded:
            schema:
              type: object
              required: [grant_type, client_id, client_secret]
              properties: {client_secret: {type: string, minLength: 1}}
      responses: {"200": {description: A token.}}
"""
)


@pytest.mark.parametrize(
    "body, proof, rules",
    [
        pytest.param(b"grant_type=a&client_id=a&client_secret=b", "", [], id="in the form"),
        pytest.param(b"grant_type=a", "Basic YTpi", [], id="in the header"),
        pytest.param(b"grant_type=a&client_id=a", "Basic YTpi", [], id="the name in both"),
        pytest.param(b"grant_type=a", "Basic YTo=", ["form.min_length"], id="no secret"),
        pytest.param(b"scope=a", "Basic YTpi", ["form.required"], id="something else is missing"),
        pytest.param(b"grant_type=a", "Basic Y", ["form.required"], id="no base64"),
        pytest.param(b"grant_type=a", "Bearer YTpi", ["form.required"], id="another scheme"),
    ],
)
def test_a_client_proves_itself_in_the_form_or_in_the_header(tmp_path, body, proof, rules):
    """RFC 6749 2.3.1 prefers the header, and many libraries use it, whatever a document says of the form."""
    headers = {"content-type": "application/x-www-form-urlencoded", "authorization": proof}
    sent = request("POST", "/oauth/token", body, **headers)
    assert _rules(_check(contract(tmp_path, CLIENTS), sent)) == rules


def test_media_types_may_be_patterns(tmp_path):
    """An exact type wins over a pattern, and a pattern takes what fits it."""
    found = contract(tmp_path, FORMS)
    for content_type, rules in (
        ("application/vnd.acme+json", ["schema.type"]),
        ("text/csv", []),
        ("image/png", []),
    ):
        assert (
            _rules(_check(found, request("POST", "/import", b"{}", **{"content-type": content_type})))
            == rules
        )


UNION: Schema = {
    "oneOf": [
        {
            "type": "object",
            "required": ["kind"],
            "properties": {"kind": {"const": "a"}, "n": {"type": "integer"}},
        },
        {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "b"}}},
    ]
}


def test_a_union_tells_what_its_nearest_branch_lacks(tmp_path):
    """Where one branch of a union fits but for one value, that value is told."""
    body = Body(media={JSON: Media(media_type=JSON, schema=UNION)})
    operation = Operation(id="x", method="POST", path="/x", effect=Effect.WRITE, body=body)
    found = replace(contract(tmp_path), operations={"x": operation})
    told = Conformance(found).check(request("POST", "/x", {"kind": "c"}), operation)
    assert _rules(told) == ["schema.one_of"]
    told = Conformance(found).check(request("POST", "/x", b'{"kind": "a", "n": "x"}'), operation)
    assert [(one.rule, one.offset, one.pointer) for one in told] == [("schema.type", 19, "/n")]


def _answer(status=200, body=b'{"results": []}', **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status=status, headers=tuple(({"content-type": JSON} | named).items()), body=body)


@pytest.mark.parametrize(
    "answer, rules",
    [
        (_answer(), []),
        (_answer(body=b'{"results": [{"id": "O-1", "total": 1}]}'), []),
        (_answer(body=b'{"results": [{"total": 1}]}'), ["schema.required"]),
        (_answer(body=b'{"results": []'), ["json.truncated"]),
        (_answer(body=b""), ["json.empty"]),
        (_answer(status=404), ["response.status"]),
        (_answer(content_type="text/html"), ["content_type.unknown"]),
    ],
)
def test_answers_are_held_against_the_document(orders, answer, rules):
    """Status, content type, JSON and schema of an answer must be documented ones."""
    operation = orders.operations["listOrders"]
    assert _rules(Conformance(orders).check_response(operation, answer)) == rules


def test_ranges_default_and_headers_of_answers():
    """A status may be documented as a range or by default; documented headers are checked."""
    from pathlib import Path

    from crm_contracts.model.contract import Contract, Parameter

    tag = Parameter(
        name="ETag", where="header", required=True, schema={"type": "string", "pattern": '^"'}, style="simple"
    )
    responses = {"2XX": Response(status="2XX", headers={"ETag": tag}), "default": Response(status="default")}
    operation = Operation(id="x", method="GET", path="/x", effect=Effect.READ, responses=responses)
    conformance = Conformance(Contract(name="a", folder=Path(), operations={"x": operation}))
    assert _rules(conformance.check_response(operation, _answer(etag='"7"'))) == []
    assert _rules(conformance.check_response(operation, _answer(etag="7"))) == ["header.pattern"]
    assert _rules(conformance.check_response(operation, _answer(204, b""))) == ["header.required"]
    assert _rules(conformance.check_response(operation, _answer(500, b"anything"))) == []
