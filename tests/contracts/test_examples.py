from pathlib import Path
from random import Random
from typing import Any

import pytest

from crm_contracts.contracts import Schemas, example_for, example_of
from crm_contracts.contracts.patterns import PatternUnknownError, text_for
from crm_contracts.model.contract import Contract, Media
from crm_contracts.model.json import Schema
from tests.contracts.folders import contract

ALONE = Contract(name="a", folder=Path())
SCHEMAS = [
    {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}, "b": {"type": "string"}}},
    {"type": "string", "format": "date-time"},
    {"type": "string", "format": "uuid"},
    {"type": "string", "format": "email", "maxLength": 40},
    {"type": "string", "pattern": "^CO-[0-9]{4,12}$"},
    {"type": "string", "pattern": r"^\+?[1-9]\d{1,14}$", "minLength": 8},
    {"type": "string", "minLength": 30},
    {"type": "string", "maxLength": 2},
    {"type": "integer", "exclusiveMinimum": 3, "maximum": 4},
    {"type": "integer", "minimum": 10, "multipleOf": 7},
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.25},
    {"type": "number", "maximum": -5},
    {"enum": ["x", "y"]},
    {"const": {"a": [1, None]}},
    {"type": ["null", "boolean"]},
    {"type": "null"},
    {"type": "array", "minItems": 3, "uniqueItems": True, "items": {"enum": ["a", "b", "c", "d"]}},
    {"type": "array", "minItems": 3, "uniqueItems": True, "items": {"type": "integer"}},
    {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": False},
    {"type": "object", "minProperties": 2, "additionalProperties": {"type": "integer"}},
    {"type": "object", "additionalProperties": False, "properties": {"a": True}},
    {
        "allOf": [
            {"type": "object", "required": ["a"]},
            {"properties": {"a": {"type": "integer", "minimum": 5}}},
        ]
    },
    {
        "allOf": [
            {"properties": {"a": {"minimum": 5}}},
            {"properties": {"a": {"type": "integer", "maximum": 6}}},
        ]
    },
    {"oneOf": [{"type": "string", "maxLength": 0}, {"type": "integer"}]},
    {
        "anyOf": [
            {"type": "object", "required": ["never"], "properties": {"never": False}},
            {"type": "integer"},
        ]
    },
    {
        "oneOf": [
            {"type": "object", "properties": {"a": {"type": "string"}}},
            {"properties": {"b": {"type": "integer"}}},
        ]
    },
    {"type": "string", "examples": ["too long"], "maxLength": 3},
    {"type": "object", "properties": {"a": {"type": "string", "examples": [7]}}},
    {"minimum": 3},
    {},
    True,
]


@pytest.mark.parametrize("schema", SCHEMAS, ids=str)
@pytest.mark.parametrize("seed", [0, 1, 7])
def test_what_is_made_is_valid(schema, seed):
    """A value that is made from a schema is one that the schema takes, and the same for the same seed."""
    schema = schema if isinstance(schema, dict) else {"allOf": [schema]}
    value = example_of(ALONE, schema, seed)
    assert Schemas({}).validator(schema, "response").is_valid(value), value
    assert example_of(ALONE, schema, seed) == value


def test_the_documents_own_examples_come_first(tmp_path):
    """Examples, defaults and values of the document are preferred to what could be made up."""
    schema: Schema = {
        "type": "object",
        "properties": {
            "name": {"type": "string", "examples": ["Ada"]},
            "stage": {"type": "string", "default": "new"},
            "status": {"enum": [None, "open"]},
        },
    }
    assert example_of(ALONE, schema, 1) == {"name": "Ada", "stage": "new", "status": "open"}
    found = contract(tmp_path)
    media = Media(media_type="application/json", schema={"type": "integer"}, examples=("old", 5, 6))
    assert [example_for(found, media, seed) for seed in (0, 1, 2)] == [5, 6, 5]
    assert example_for(found, Media(media_type="text/plain", examples=("hello",)), 0) == "hello"
    assert example_for(found, Media(media_type="text/plain"), 0) is None


def test_schemas_that_contain_themselves_come_to_an_end(tmp_path):
    """A tree has a few levels, a list of itself one."""
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "Tree": {
            "type": "object",
            "required": ["id", "children"],
            "properties": {
                "id": {"type": "integer"},
                "children": {"type": "array", "items": {"$ref": "#/Tree"}},
                "parent": {"anyOf": [{"$ref": "#/Tree"}, {"type": "null"}]},
            },
        },
    }
    found = Contract(name="a", folder=Path(), documents={"a.yaml": document})
    value = example_of(found, {"$ref": "a.yaml#/Tree"}, 1)
    assert Schemas(found.documents).validator({"$ref": "a.yaml#/Tree"}, "response").is_valid(value)
    assert len(str(value)) < 2000


def test_requests_leave_out_what_is_read_only(tmp_path):
    """An example of a request is valid as a request, one of an answer as an answer."""
    found = contract(tmp_path)
    schema = {"$ref": "openapi.yaml#/components/schemas/Order"}
    for direction in ("request", "response"):
        value = example_of(found, schema, 3, direction=direction)
        assert Schemas(found.documents).validator(schema, direction).is_valid(value)


def test_a_schema_that_contradicts_itself_is_no_crash():
    """Where nothing fits, something is returned all the same."""
    assert example_of(ALONE, {"type": "integer", "minimum": 5, "maximum": 3}, 1) is not None
    example_of(ALONE, {"allOf": [False]}, 1)


@pytest.mark.parametrize(
    "pattern",
    [
        "^[A-Z]{2}$",
        r"^(\*|\"[!#-~]+\")$",
        r"^\d{3}-\d{2,4}(?:x|y)?$",
        "^(a|bc)+d*$",
        r"^[^\s@]+@[^\s@]+\.[a-z]{2,}$",
        r"^(?=.*[a-z])[a-z]{4}$",
        r"\bword\b",
        r"^\u0041\x42$",
        "^(?<name>[a-f]{2})$",
        "^[0-9a-fA-F-]{36}$",
        "^.{3}$",
        "^[]a]$".replace("[]a]", r"[\]a]"),
    ],
)
def test_a_text_is_made_for_a_pattern(pattern):
    """The usual regular expressions of schemas get a text that matches."""
    import re

    text = text_for(pattern, Random(1))
    assert re.search(pattern.replace("(?<name>", "(?P<name>"), text), text


@pytest.mark.parametrize("pattern", ["(", "[a", "a)", r"(a)\1", "*a", "(?#x)", "\\"])
def test_a_pattern_beyond_us_is_told(pattern):
    """A pattern that is not understood is said to be so, and never hangs."""
    with pytest.raises(PatternUnknownError):
        text_for(pattern, Random(1))
