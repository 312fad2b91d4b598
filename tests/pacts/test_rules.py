"""Which matcher holds at a place of a body."""

from typing import Any

import pytest

from crm_contracts.contracts.schemas import compiled
from crm_contracts.pacts.promised import part_at, promised
from crm_contracts.pacts.rules import Rules


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        (("orders",), "type"),
        (("orders", 3, "id"), "type"),
        (("orders", 3, "sku"), "regex"),
        (("total",), None),
    ],
)
def test_a_type_matcher_holds_for_all_below(place: tuple[str | int, ...], kind: str | None):
    """And one of the place itself goes before it."""
    rules = Rules.of(
        {
            "body": {
                "$.orders": {"matchers": [{"match": "type"}]},
                "$.orders[*].sku": {"matchers": [{"match": "regex"}]},
            }
        },
        {},
    )
    assert rules.kind(place) == kind


def test_a_regex_holds_for_its_place_alone():
    """It is about a text, not about what lies in an object."""
    rules = Rules.of({"$.body.a": {"match": "regex", "regex": "x"}}, {})
    assert (rules.expression(("a",)), rules.kind(("a", "b"))) == ("x", None)


def test_a_promise_closes_what_is_described_and_opens_what_must_be_there():
    """Also through references, of which one may be a branch elsewhere; free objects stay free."""
    whole: dict[str, Any] = {
        "allOf": [
            {"$ref": "#/$defs/Base"},
            {"properties": {"own": {"type": "integer"}}, "required": ["own"]},
        ],
        "$defs": {
            "Base": {"type": "object", "properties": {"free": {"type": "object"}}, "required": ["free"]}
        },
    }
    validator = compiled(promised(whole))
    assert validator.is_valid({})
    assert validator.is_valid({"own": 1, "free": {"anything": 1}})
    assert not validator.is_valid({"other": 1})
    assert part_at(whole, ("free",)) == {"type": "object"}


def test_a_union_promises_what_one_of_its_branches_does():
    """Once nothing must be there, several branches of a `oneOf` fit, and that is no fault."""
    branches: list[Any] = [
        {"properties": {name: {"type": "string"}}, "required": [name]} for name in ("a", "b")
    ]
    validator = compiled(promised({"type": "object", "oneOf": branches}))
    assert validator.is_valid({"a": "x"})
    assert validator.is_valid({"b": "x"})
    assert not validator.is_valid({"c": "x"})
