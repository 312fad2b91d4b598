"""Whether a change of a shape breaks a caller depends on the way that the value travels."""

from typing import Any

import pytest

from crm_contracts.changes.change import Direction
from crm_contracts.changes.shapes import Shapes

A: dict[str, Any] = {"type": "string"}


def thing(required: tuple[str, ...] = (), **properties) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": [*required]}


CASES = [
    # What changed, before, after, and whether it breaks a request and a response.
    ("field_removed", thing(a=A), thing(), True, True),
    ("field_added", thing(), thing(a=A), False, False),
    ("field_required", thing(), thing(("a",), a=A), True, None),
    ("required", thing(("a",), a=A), thing(a=A), False, True),
    ("required", thing(a=A), thing(("a",), a=A), True, False),
    ("type", thing(a=A), thing(a={"type": "integer"}), True, True),
    ("type", thing(a={"type": "integer"}), thing(a={"type": "number"}), False, True),
    ("type", thing(a={"type": "number"}), thing(a={"type": "integer"}), True, False),
    ("type", thing(a=A), thing(a={"type": ["string", "null"]}), False, True),
    ("type", thing(a={"anyOf": [A, {"type": "null"}]}), thing(a=A), True, False),
    ("value_added", {"enum": ["a"]}, {"enum": ["a", "b"]}, False, True),
    ("value_removed", {"enum": ["a", "b"]}, {"enum": ["a"]}, True, False),
    ("values", A, {"type": "string", "enum": ["a"]}, True, False),
    ("values", {"type": "string", "enum": ["a"]}, A, False, True),
    ("limit", {"maxLength": 10}, {"maxLength": 5}, True, False),
    ("limit", {"maxLength": 5}, {"maxLength": 10}, False, True),
    ("limit", {"minimum": 0}, {"minimum": 1}, True, False),
    ("limit", {"minimum": 0}, {}, False, True),
    ("limit", {"pattern": "a"}, {"pattern": "b"}, True, True),
    ("closed", thing(), {**thing(), "additionalProperties": False}, True, None),
    ("shape_added", {"oneOf": [{"title": "A"}]}, {"oneOf": [{"title": "A"}, {"title": "B"}]}, False, True),
    ("shape_removed", {"oneOf": [{"title": "A"}, {"title": "B"}]}, {"oneOf": [{"title": "A"}]}, True, False),
]


@pytest.mark.parametrize("kind, old, new, request_breaks, response_breaks", CASES)
def test_by_direction(kind: str, old: dict, new: dict, request_breaks: bool, response_breaks: bool | None):
    """What the CRM may newly say, and what it no longer takes."""
    for direction, breaks in ((Direction.REQUEST, request_breaks), (Direction.RESPONSE, response_breaks)):
        found = {one.kind: one.breaking for one in Shapes(old, new, direction).compare(old, new)}
        if breaks is None:
            assert not any(found.values())
        else:
            assert found == {kind: breaks}


@pytest.mark.parametrize("direction", list(Direction)[:2])
@pytest.mark.parametrize("schema", [case[1] for case in CASES])
def test_the_same_is_no_change(schema: dict, direction: Direction):
    """Also where it is written otherwise: behind a reference, or in an allOf."""
    referred: dict[str, Any] = {"$ref": "#/$defs/X", "$defs": {"X": schema}}
    assert Shapes(schema, referred, direction).compare(schema, referred) == ()
    both: dict[str, Any] = {"allOf": [schema]}
    assert Shapes(schema, both, direction).compare(schema, both) == ()


def test_paths_go_through_lists_and_references():
    """The place is told as people write it; a schema that contains itself ends."""
    old: dict[str, Any] = {
        "type": "object",
        "properties": {"results": {"type": "array", "items": {"$ref": "#/$defs/Node"}}},
    }
    defs: dict[str, Any] = {"Node": thing(name=A, child={"$ref": "#/$defs/Node"})}
    other: dict[str, Any] = {"Node": thing(child={"$ref": "#/$defs/Node"})}
    found = Shapes({"$defs": defs}, {"$defs": other}, Direction.RESPONSE).compare(old, old)
    assert [one.field for one in found] == ["results.name"]


def test_schemas_that_all_know_each_other_end():
    """Twelve of them, each with a field of each: what changed is found, and it takes no minute."""
    names = [f"N{n}" for n in range(12)]
    fields: dict[str, Any] = {name: {"$ref": f"#/$defs/{name}"} for name in names}
    old: dict[str, Any] = {"$defs": {name: thing(**fields, gone=A) for name in names}}
    new: dict[str, Any] = {"$defs": {name: thing(**fields) for name in names}}
    found = Shapes(old, new, Direction.RESPONSE).compare({"$ref": "#/$defs/N0"}, {"$ref": "#/$defs/N0"})
    assert {one.kind for one in found} == {"field_removed"}
    assert "gone" in {one.field for one in found}


def test_a_renamed_field_is_one_change():
    """The new name is told with the old one, as a guess."""
    old, new = (
        thing(total={"type": "number"}),
        thing(totalAmount={"type": "number"}, extra={"type": "boolean"}),
    )
    gone, *_come = Shapes(old, new, Direction.RESPONSE).compare(old, new)
    assert gone.sentence == "it is gone; totalAmount, of the same shape, is new (renamed?)"


def test_what_does_not_travel_does_not_break():
    """A read-only field is no part of a request, a write-only one none of an answer."""
    for word, direction in (("readOnly", Direction.REQUEST), ("writeOnly", Direction.RESPONSE)):
        old = thing(a={**A, word: True})
        assert Shapes(old, thing(), direction).compare(old, thing()) == ()
