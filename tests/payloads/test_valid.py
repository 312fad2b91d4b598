"""Whatever is drawn is valid, and sooner or later everything is drawn that nobody expects."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from crm_contracts.contracts import Conformance, load_contract, strict_json
from crm_contracts.contracts.schemas import Schemas
from crm_contracts.model.contract import Contract, Operation
from crm_contracts.model.exchange import Answer
from crm_contracts.model.json import JSON
from crm_contracts.payloads.fallback import generated
from crm_contracts.payloads.mutated import Mutated, broken_by, strategy
from crm_contracts.payloads.mutations import MUTATIONS, Mutation, bound, mutation_named
from crm_contracts.payloads.statuses import weighted
from crm_contracts.payloads.valid import responses, values

ROOT = Path(__file__).parents[2]
ACME = load_contract(ROOT / "contracts" / "acme-crm")
QUICK = settings(
    max_examples=15,
    database=None,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
FINDING = settings(QUICK, max_examples=3000, phases=[Phase.generate, Phase.shrink])


def contract(schemas: dict[str, Any], *, version: str = "3.1.0") -> Contract:
    document: JSON = {"openapi": version, "components": {"schemas": schemas}}
    return Contract(name="made", folder=Path(), documents={"a.yaml": document})


def drawn(strategy: st.SearchStrategy[Any], *, most: int = 15) -> list[Any]:
    found: list[Any] = []

    @settings(QUICK, max_examples=most)
    @given(strategy)
    def draw(value: Any) -> None:
        found.append(value)

    draw()
    return found


def of(
    schema: dict[str, Any], *, direction: Any = "response", version: str = "3.1.0", **others: Any
) -> st.SearchStrategy[Any]:
    made = contract({"It": schema, **others}, version=version)
    return values(made, {"$ref": "a.yaml#/components/schemas/It"}, direction=direction)


def can_be(strategy: st.SearchStrategy[Any], wanted: Callable[[Any], bool]) -> Any:
    return find(strategy, wanted, settings=FINDING)


SCHEMAS: dict[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "lengths": {"type": "string", "minLength": 3, "maxLength": 7},
    "long": {"type": "string", "minLength": 1500},
    "pattern": {"type": "string", "pattern": "^CO-[0-9]{4}$"},
    "pattern, unanchored": {"type": "string", "pattern": "[a-z]\\d", "maxLength": 12},
    "pattern of ECMA": {"type": "string", "pattern": "^\\p{Lu}[^\\s]+$"},
    "integer": {"type": "integer"},
    "int32": {"type": "integer", "format": "int32"},
    "range": {"type": "integer", "minimum": 3, "exclusiveMaximum": 5},
    "number": {"type": "number"},
    "number, range": {"type": "number", "exclusiveMinimum": 0, "maximum": 0.5},
    "multiple": {"type": "integer", "multipleOf": 7, "minimum": 10, "maximum": 30},
    "cents": {"type": "number", "multipleOf": 0.01, "minimum": 0, "maximum": 100},
    "types": {"type": ["integer", "string", "null"]},
    "enum": {"enum": ["A", "B", None, 3]},
    "enum and type": {"type": "string", "enum": ["A", 3]},
    "const": {"const": {"a": [1]}},
    "anything": {},
    "array": {"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": 4},
    "unique": {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 3}, "uniqueItems": True, "minItems": 2},
    "unique, mixed": {"type": "array", "items": {"enum": [1, 1.0, True, "1"]}, "uniqueItems": True},
    "tuple": {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}], "items": False},
    "contains": {"type": "array", "contains": {"const": 7}, "items": {"type": "integer", "minimum": 5, "maximum": 8}},
    "object": {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}, "b": {"type": "string"}}},
    "closed": {"type": "object", "properties": {"a": {}, "b": {}, "c": {}}, "additionalProperties": False, "minProperties": 2},
    "map": {"type": "object", "additionalProperties": {"type": "integer"}, "maxProperties": 2},
    "patterns": {"type": "object", "patternProperties": {"^x-": {"type": "integer"}}, "additionalProperties": False},
    "names": {"type": "object", "propertyNames": {"pattern": "^[a-z]{2}$"}, "minProperties": 1},
    "dependent": {"type": "object", "properties": {"a": {}, "b": {}}, "dependentRequired": {"a": ["b"]}},
    "not": {"type": "integer", "not": {"multipleOf": 2}},
    "if": {
        "type": "object",
        "properties": {"kind": {"enum": ["a", "b"]}, "n": {"type": "integer"}},
        "required": ["kind"],
        "if": {"properties": {"kind": {"const": "a"}}},
        "then": {"required": ["n"]},
    },
    "allOf": {
        "allOf": [
            {"type": "object", "required": ["a"], "properties": {"a": {"type": "string", "minLength": 2}}},
            {"type": "object", "required": ["b"], "properties": {"b": {"type": "integer"}, "a": {"maxLength": 4}}},
        ]
    },
    "allOf of patterns": {"allOf": [{"type": "string", "pattern": "^a"}, {"pattern": "b$"}]},
    "anyOf": {"anyOf": [{"type": "integer"}, {"type": "string", "format": "date"}, {"type": "null"}]},
    "oneOf": {"oneOf": [{"type": "integer", "multipleOf": 3}, {"type": "integer", "multipleOf": 5}]},
    "oneOf of objects": {
        "oneOf": [
            {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}},
            {"type": "object", "required": ["b"], "properties": {"b": {"type": "string"}}},
        ]
    },
    "unevaluated": {
        "allOf": [{"type": "object", "properties": {"a": {"type": "integer"}}}],
        "properties": {"b": {}},
        "unevaluatedProperties": False,
    },
    "recursive": {
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": {"type": "string"},
            "parent": {"$ref": "#/components/schemas/It"},
            "children": {"type": "array", "items": {"$ref": "#/components/schemas/It"}},
        },
    },
    "recursive union": {
        "oneOf": [
            {"type": "object", "required": ["and"], "properties": {"and": {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/It"}}}, "additionalProperties": False},
            {"type": "object", "required": ["is"], "properties": {"is": {"type": "integer"}}, "additionalProperties": False},
        ]
    },
    **{
        f"format {name}": {"type": "string", "format": name}
        for name in ("date", "date-time", "time", "email", "uuid", "uri", "hostname", "ipv4", "ipv6", "byte", "duration", "json-pointer", "regex", "phone-number")
    },
}  # fmt: skip


@pytest.mark.parametrize("name", SCHEMAS)
def test_what_is_drawn_is_valid(name: str) -> None:
    """Held against jsonschema, which shares nothing with what made the values."""
    schema = SCHEMAS[name]
    made = contract({"It": schema})
    whole = Schemas(made.documents).whole({"$ref": "a.yaml#/components/schemas/It"}, "response")
    validator = jsonschema.Draft202012Validator(whole) if "\\p" not in json.dumps(schema) else None

    found = drawn(of(schema))

    assert len(found) >= 2 or name in {"const", "enum and type"}
    for value in found:
        json.loads(json.dumps(value, allow_nan=False))
        if name == "cents":
            # jsonschema divides binary fractions: 4.01 is no multiple of 0.01 there.
            assert not Decimal(str(value)) % Decimal("0.01"), value
            continue
        assert validator is None or validator.is_valid(value), value


@pytest.mark.parametrize("name", ["object", "allOf", "oneOf of objects", "map", "array"])
def test_schemathesis_draws_from_the_same_schema(name: str) -> None:
    """The way out for keywords that ours lacks gives valid values, too, and both agree about what is valid."""
    made = contract({"It": SCHEMAS[name]})
    whole = Schemas(made.documents).whole({"$ref": "a.yaml#/components/schemas/It"}, "response")

    for value in drawn(generated(whole), most=5):
        assert jsonschema.Draft202012Validator(whole).is_valid(value)


def test_openapi_3_0_is_understood() -> None:
    """`nullable`, and bounds that are exclusive by a flag."""
    strategy = of(
        {"type": "integer", "nullable": True, "minimum": 3, "exclusiveMinimum": True, "maximum": 4},
        version="3.0.3",
    )

    assert {json.dumps(value) for value in drawn(strategy, most=40)} == {"4", "null"}


def test_surprises_are_found() -> None:
    """Nothing, very much, other scripts, old and late days, every word of a list, fields that nobody named."""
    text = of({"type": "string"})
    assert can_be(text, lambda value: value == "") == ""
    can_be(text, lambda value: len(value) >= 256)
    can_be(text, lambda value: any(ord(char) > 0xFFFF for char in value))
    can_be(of({"type": "string", "format": "date"}), lambda value: value < "1900")
    can_be(
        of({"type": "array", "items": {"type": "integer"}, "maxItems": 30}), lambda value: len(value) == 30
    )
    can_be(of({"type": "array", "items": {"type": "integer"}}), lambda value: value == [])
    can_be(of({"type": "integer", "format": "int64"}), lambda value: value == 2**63 - 1)
    shown = of(SCHEMAS["object"])
    can_be(shown, lambda value: "b" not in value)
    can_be(shown, lambda value: not value.keys() <= {"id", "b"})
    for word in ("A", "B", "C"):
        assert can_be(of({"enum": ["A", "B", "C"]}), word.__eq__) == word


def test_recursion_ends() -> None:
    """A schema that leads back to itself gives values of some depth, and not more."""
    strategy = of(SCHEMAS["recursive"])

    def depth(value: Any) -> int:
        return 1 + max(
            (depth(part) for part in [value.get("parent") or {}, *value.get("children", [])] if part),
            default=0,
        )

    assert 1 <= max(map(depth, drawn(strategy, most=60))) < 30
    can_be(strategy, lambda value: depth(value) >= 3)


def test_a_property_of_the_other_direction_is_left_out() -> None:
    """A password is in no answer, an id in no request."""
    schema = {
        "type": "object",
        "required": ["id", "password"],
        "properties": {
            "id": {"type": "integer", "readOnly": True},
            "password": {"type": "string", "writeOnly": True},
        },
        "additionalProperties": False,
    }

    assert all(value.keys() == {"id"} for value in drawn(of(schema)))
    assert all(value.keys() == {"password"} for value in drawn(of(schema, direction="request")))


def test_a_discriminator_names_its_branch() -> None:
    """By the mapping, or by the name of the schema; no validator knows of it."""
    animals: dict[str, Any] = {
        "Cat": {
            "type": "object",
            "required": ["kind"],
            "properties": {"kind": {"type": "string"}, "lives": {"type": "integer"}},
        },
        "Dog": {
            "type": "object",
            "required": ["kind", "bark"],
            "properties": {"kind": {"type": "string"}, "bark": {"const": 1}},
        },
    }
    branches = [{"$ref": f"#/components/schemas/{name}"} for name in animals]
    named = of({"anyOf": branches, "discriminator": {"propertyName": "kind"}}, **animals)
    told = {"propertyName": "kind", "mapping": {"miau": "#/components/schemas/Cat", "wuff": "Dog"}}
    mapped = of({"anyOf": branches, "discriminator": told}, **animals)

    assert {value["kind"] for value in drawn(named, most=40)} == {"Cat", "Dog"}
    assert {value["kind"] for value in drawn(mapped, most=40)} == {"miau", "wuff"}
    assert all(
        value["kind"] == "wuff"
        for value in drawn(mapped, most=40)
        if value.get("bark") == 1 and "lives" not in value
    )


@pytest.mark.parametrize("operation", ACME.operations.values(), ids=lambda operation: operation.id)
def test_every_operation_of_the_reference_contract(operation: Operation) -> None:
    """Its answers are documented ones, and strict JSON."""
    check = Conformance(ACME)

    for answer in drawn(responses(ACME, operation), most=6):
        assert isinstance(answer, Answer)
        assert check.check_response(operation, answer) == ()
        if answer.body:
            strict_json(answer.body)


def test_every_declared_status_is_answered_successes_most() -> None:
    """Errors that the contract documents are answers, too; each can be found."""
    operation = ACME.operations["getContact"]
    answers = responses(ACME, operation)
    for status in filter(str.isdecimal, operation.responses):
        wanted = answers.map(lambda answer: str(answer.status))
        assert can_be(wanted, status.__eq__) == status
    counted = weighted(operation.responses, operation.responses)
    assert counted.count("200") > counted.count("404") == 1


def test_an_operation_without_documented_answers_has_one() -> None:
    """A contract of contract.yaml alone says no more."""
    bare = Contract(name="bare", folder=Path(), result={"code": 0, "data": "{result}"})
    operation = Operation(id="x", method="GET", path="/x", effect=ACME.operations["getContact"].effect)

    assert {answer.body for answer in drawn(responses(bare, operation))} == {b'{"code": 0, "data": null}'}


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_payloads_are_drawn_and_broken(mutation: Mutation) -> None:
    """Each mutation finds payloads of the reference contract that it fits; the same place gives the same bytes."""
    answers = responses(ACME, ACME.operations["listContacts"]).filter(lambda answer: answer.status == 200)
    for broken in drawn(strategy(mutation, answers), most=3):
        assert isinstance(broken, Mutated)
        assert broken.served == mutation.apply(broken.sound, broken.place)
        assert broken.served != broken.sound


def test_a_bound_mutation_breaks_the_contract() -> None:
    """Where the schema is known, a missing field is a required one."""
    operation = ACME.operations["getContact"]
    schema = operation.responses["200"].media["application/json"].schema
    assert schema is not None
    missing = bound(mutation_named("missing_field"), broken_by(ACME, schema))
    check = Conformance(ACME)
    answers = responses(ACME, operation).filter(lambda answer: answer.status == 200)

    for broken in drawn(strategy(missing, answers), most=6):
        assert isinstance(broken.served, Answer)
        assert {violation.rule for violation in check.check_response(operation, broken.served)} == {
            "schema.required"
        }


def test_what_is_found_is_shrunk() -> None:
    """To the smallest payload and the first place that shows it."""
    answers = of({"type": "array", "items": {"type": "integer"}}).map(
        lambda value: Answer(status=200, body=json.dumps(value).encode())
    )
    broken = can_be(strategy(mutation_named("nan"), answers), lambda found: b"NaN" in found.served.body)

    assert broken.sound.body == b"[0]"
    assert broken.place == 0
