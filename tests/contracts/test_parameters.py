import pytest

from crm_contracts.contracts import Conformance
from crm_contracts.model.contract import Effect, Operation, Parameter
from crm_contracts.model.json import Schema
from tests.contracts.folders import contract, request


@pytest.fixture
def rules(tmp_path):
    """What is wrong with a target (and path parameters) for one parameter."""
    found = contract(tmp_path)

    def check(parameter, target="/x", *, path="", **headers):
        operation = Operation(
            id=str(id(parameter)), method="GET", path="/x", effect=Effect.READ, parameters=(parameter,)
        )
        sent = request("GET", target, **headers)
        if path:
            from dataclasses import replace

            sent = replace(sent, path_params={parameter.name: path})
        return [one.rule for one in Conformance(found).check(sent, operation)]

    return check


INTEGERS: Schema = {"type": "array", "items": {"type": "integer"}, "maxItems": 2}
OBJECT: Schema = {
    "type": "object",
    "properties": {"n": {"type": "integer"}, "s": {"type": "string"}},
    "required": ["n"],
}


@pytest.mark.parametrize(
    "style, explode, query, wrong",
    [
        ("form", True, "ids=1&ids=2", []),
        ("form", True, "ids=1&ids=x", ["query.type"]),
        ("form", True, "ids=1&ids=2&ids=3", ["query.max_items"]),
        ("form", False, "ids=1,2", []),
        ("form", False, "ids=1,2,3", ["query.max_items"]),
        ("spaceDelimited", False, "ids=1%202", []),
        ("spaceDelimited", False, "ids=1+x", ["query.type"]),
        ("pipeDelimited", False, "ids=1%7C2", []),
        ("form", True, "", []),
    ],
)
def test_arrays_in_the_query(rules, style, explode, query, wrong):
    """An array is read in the style that its parameter has."""
    parameter = Parameter(name="ids", where="query", schema=INTEGERS, style=style, explode=explode)
    assert rules(parameter, f"/x?{query}") == wrong


@pytest.mark.parametrize(
    "style, explode, query, wrong",
    [
        ("deepObject", True, "f%5Bn%5D=1&f[s]=a", []),
        ("deepObject", True, "f[n]=x", ["query.type"]),
        ("deepObject", True, "f[s]=a", ["query.required"]),
        ("form", True, "n=1&s=a", []),
        ("form", True, "s=a", ["query.required"]),
        ("form", False, "f=n,1,s,a", []),
        ("form", False, "f=s,a", ["query.required"]),
        ("content", False, "f=%7B%22n%22%3A1%7D", []),
        ("content", False, "f=%7B%22n%22%3A1,%7D", ["query.type"]),
    ],
)
def test_objects_in_the_query(rules, style, explode, query, wrong):
    """An object is read from its own members, from a list, or from JSON."""
    parameter = Parameter(name="f", where="query", schema=OBJECT, style=style, explode=explode)
    assert rules(parameter, f"/x?{query}") == wrong


@pytest.mark.parametrize(
    "schema, text, wrong",
    [
        ({"type": "boolean"}, "true", []),
        ({"type": "boolean"}, "yes", ["query.type"]),
        ({"type": ["integer", "null"]}, "", []),
        ({"type": "integer"}, "", ["query.type"]),
        ({"type": "string", "pattern": "^[0-9]+$"}, "0042", []),
        ({"anyOf": [{"type": "integer"}, {"enum": ["all"]}]}, "all", []),
        ({"anyOf": [{"type": "integer"}, {"enum": ["all"]}]}, "none", ["query.any_of"]),
        ({"anyOf": [{"type": "integer", "maximum": 5}, {"type": "string"}]}, "6", []),
        ({"enum": [1, 2]}, "2", []),
        ({"enum": [1, 2]}, "3", ["query.enum"]),
        ({"type": "number"}, "1e5", []),
        ({"type": "number"}, "1e999", ["query.type"]),
        ({"type": "number"}, "NaN", ["query.type"]),
        ({}, "anything", []),
    ],
)
def test_one_value_may_be_read_in_many_ways(rules, schema, text, wrong):
    """A text is every value that its schema's types allow; one that fits is enough."""
    assert rules(Parameter(name="q", where="query", schema=schema), f"/x?q={text}") == wrong


@pytest.mark.parametrize(
    "style, explode, text, wrong",
    [
        ("simple", False, "1,2", []),
        ("simple", False, "1,x", ["path.type"]),
        ("label", False, ".1,2", []),
        ("label", True, ".1.2", []),
        ("matrix", False, ";ids=1,2", []),
        ("matrix", True, ";ids=1;ids=2", []),
        ("matrix", True, ";ids=1;ids=x", ["path.type"]),
    ],
)
def test_arrays_in_the_path(rules, style, explode, text, wrong):
    """A path parameter is read in its style."""
    parameter = Parameter(
        name="ids", where="path", required=True, schema=INTEGERS, style=style, explode=explode
    )
    assert rules(parameter, path=text) == wrong


def test_headers_and_cookies(rules):
    """Headers and cookies are found whatever their case and neighbours, and may be required."""
    header = Parameter(
        name="X-Ids", where="header", required=True, schema=INTEGERS, style="simple", explode=False
    )
    assert rules(header, x_ids="1, 2") == []
    assert rules(header, x_ids="1, x") == ["header.type"]
    assert rules(header) == ["header.required"]
    cookie = Parameter(name="sid", where="cookie", required=True, schema={"type": "string", "minLength": 3})
    assert rules(cookie, cookie="a=b; sid=abc") == []
    assert rules(cookie, cookie="a=b; sid=x") == ["cookie.min_length"]
    assert rules(cookie, cookie="a=b") == ["cookie.required"]


def test_what_is_required_must_be_there(rules):
    """A required parameter that was not sent is a violation, in whatever style it is written."""
    assert rules(Parameter(name="q", where="query", required=True)) == ["query.required"]
    deep = Parameter(name="f", where="query", required=True, schema=OBJECT, style="deepObject")
    assert rules(deep) == ["query.required"]
    assert rules(Parameter(name="q", where="query", required=True), "/x?q=") == []


def test_the_headers_of_http_itself_are_not_parameters(rules):
    """OpenAPI ignores parameters named Accept, Content-Type and Authorization."""
    assert rules(Parameter(name="Accept", where="header", required=True)) == []
