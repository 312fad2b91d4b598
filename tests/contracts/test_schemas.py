from typing import Any

import pytest

from crm_contracts.contracts import Schemas
from crm_contracts.contracts.schemas import compiled

OLD, NEW = "3.0.3", "3.1.0"


def _takes(schema, value, *, version=NEW, direction="request", **others):
    documents = {"a.yaml": {"openapi": version, "schema": schema, **others}}
    return Schemas(documents).validator({"$ref": "a.yaml#/schema"}, direction).is_valid(value)


@pytest.mark.parametrize(
    "schema, value, taken",
    [
        ({"type": "string", "nullable": True}, None, True),
        ({"type": "string", "nullable": False}, None, False),
        ({"type": "string", "enum": ["a"], "nullable": True}, None, True),
        ({"allOf": [{"type": "string"}], "nullable": True}, None, True),
        ({"allOf": [{"type": "string"}], "nullable": True}, 1, False),
        ({"$ref": "#/Name", "nullable": True}, None, True),
        ({"$ref": "#/Name", "maxLength": 1}, "long", True),
        ({"type": "integer", "minimum": 0, "exclusiveMinimum": True}, 0, False),
        ({"type": "integer", "minimum": 0, "exclusiveMinimum": False}, 0, True),
        ({"type": "number", "maximum": 5, "exclusiveMaximum": True}, 5, False),
        ({"type": "string", "format": "date-time"}, "yesterday", False),
        ({"type": "string", "format": "date-time"}, "2026-11-24T10:00:00+01:00", True),
        ({"type": "string", "format": "date"}, "2026-02-30", False),
        ({"type": "string", "format": "uuid"}, "no", False),
        ({"type": "integer", "format": "int64"}, 2**40, True),
        ({"type": "string", "x-anything": {"type": "integer"}}, "a", True),
    ],
)
def test_openapi_3_0_is_read_in_its_own_dialect(schema, value, taken):
    """nullable, boolean bounds and lonely references mean what OpenAPI 3.0 says."""
    assert _takes(schema, value, version=OLD, Name={"type": "string"}) is taken


@pytest.mark.parametrize(
    "schema, value, taken",
    [
        ({"type": ["string", "null"]}, None, True),
        ({"$ref": "#/Name", "maxLength": 1}, "long", False),
        ({"type": "integer", "exclusiveMinimum": 0}, 0, False),
        ({"const": {"a": [1]}}, {"a": [1.0]}, True),
        ({"prefixItems": [{"type": "string"}], "items": False}, ["a", 1], False),
        ({"if": {"required": ["a"]}, "then": {"required": ["b"]}}, {"a": 1}, False),
        (
            {"type": "object", "unevaluatedProperties": False, "allOf": [{"properties": {"a": {}}}]},
            {"a": 1},
            True,
        ),
        (
            {"type": "object", "unevaluatedProperties": False, "allOf": [{"properties": {"a": {}}}]},
            {"b": 1},
            False,
        ),
        ({"$ref": "#named"}, 1, False),
        (True, 1, True),
        (False, 1, False),
    ],
)
def test_openapi_3_1_is_plain_json_schema(schema, value, taken):
    """The words of draft 2020-12 hold, also beside a reference."""
    named = {"$anchor": "named", "type": "string"}
    assert _takes(schema, value, Name={"type": "string"}, named=named) is taken


def test_required_looks_at_the_direction():
    """Nobody has to send what is read-only, nor to be answered what is write-only."""
    schema = {
        "type": "object",
        "required": ["id", "secret", "name"],
        "properties": {"id": {"$ref": "#/Id"}, "secret": {"type": "string", "writeOnly": True}, "name": {}},
    }
    ids = {"type": "string", "readOnly": True}
    assert _takes(schema, {"secret": "x", "name": 1}, Id=ids)
    assert not _takes(schema, {"id": "x", "name": 1}, Id=ids)
    assert _takes(schema, {"id": "x", "name": 1}, direction="response", Id=ids)
    assert not _takes(schema, {"secret": "x"}, direction="response", Id=ids)


def test_required_looks_through_all_of():
    """A branch of allOf may require what another branch calls read-only."""
    schema = {"allOf": [{"$ref": "#/Base"}, {"required": ["id", "name"]}]}
    base = {"type": "object", "properties": {"id": {"readOnly": True}}, "required": ["id"]}
    assert _takes(schema, {"name": 1}, Base=base)
    assert not _takes(schema, {}, Base=base)
    assert not _takes(schema, {"name": 1}, direction="response", Base=base)


def test_a_schema_may_contain_itself():
    """Trees and polymorphic circles compile and validate."""
    tree = {"type": "object", "properties": {"children": {"type": "array", "items": {"$ref": "#/schema"}}}}
    assert _takes(tree, {"children": [{"children": []}]})
    assert not _takes(tree, {"children": [{"children": 1}]})
    animal = {"oneOf": [{"$ref": "#/Dog"}]}
    dog = {"allOf": [{"$ref": "#/schema"}, {"required": ["barks"]}]}
    assert isinstance(_takes(animal, {"barks": 1}, Dog=dog), bool)


def test_a_long_chain_of_references_is_no_recursion():
    """Two thousand schemas, each of which refers to the next, are made whole."""
    chain: dict[str, Any] = {
        f"s{n}": {"type": "object", "properties": {"next": {"$ref": f"#/s{n + 1}"}}} for n in range(2000)
    }
    whole: Any = Schemas({"a.yaml": {"openapi": NEW, **chain, "s2000": {}}}).whole(
        {"$ref": "a.yaml#/s0"}, "request"
    )
    assert len(whole["$defs"]) == 2001


def test_what_no_validator_can_read_is_left_out():
    """A broken pattern or bound concerns nobody but the linter."""
    schema = {
        "type": "object",
        "properties": {
            "a": {"type": "string", "pattern": "("},
            "b": {"type": "any"},
            "c": {"required": True},
        },
        "required": "a",
    }
    assert _takes(schema, {"a": "x", "b": 1, "c": {}})
    assert not _takes(schema, {"a": 1})
    assert compiled({"minimum": "3", "type": "integer"}).is_valid(1)


def test_two_schemas_of_one_name_are_kept_apart():
    """Definitions of the same name in two documents do not meet."""
    documents: dict[str, Any] = {
        "a.yaml": {
            "openapi": NEW,
            "x": {"properties": {"a": {"$ref": "#/d/Id"}, "b": {"$ref": "b.yaml#/d/Id"}}},
        }
        | {"d": {"Id": {"type": "string"}}},
        "b.yaml": {"d": {"Id": {"type": "integer"}}},
    }
    validator = Schemas(documents).validator({"$ref": "a.yaml#/x"}, "request")
    assert validator.is_valid({"a": "x", "b": 1})
    assert not validator.is_valid({"a": "x", "b": "y"})


def test_a_schema_without_references_needs_no_document():
    """A schema that stands for itself is used as it is."""
    assert not Schemas({}).validator({"type": "integer"}, "request").is_valid("1")
