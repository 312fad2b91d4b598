"""Which records a question means."""

import pytest

from crm_contracts.lab.simulator.search import means
from crm_contracts.model.json import JSON

RECORD: dict[str, JSON] = {
    "id": 7,
    "stage": "new",
    "tags": ["a", "b"],
    "open": True,
    "note": None,
    "properties": {"email": "Ada@x.example", "amount": 40},
}
KNOWN = frozenset(RECORD)


def one(name: str, operator: str, value=None, **more) -> dict:
    return {"propertyName": name, "operator": operator, "value": value, **more}


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ({}, True),
        ({"stage": "new", "id": "7"}, True),
        ({"stage": "old"}, False),
        ({"open": "true"}, True),
        ({"open": "false"}, False),
        ({"note": None}, True),
        ({"note": "x"}, False),
        ({"tags": "a"}, True),
        ({"tags": ["a"]}, False),
        ({"email": "Ada@x.example"}, True),
        ({"limit": 3, "whatever": "x"}, True),
        ({"query": "ada@"}, True),
        ({"q": "nobody"}, False),
        ({"filterGroups": []}, True),
        ({"filterGroups": [{"filters": [one("amount", "GT", 39), one("amount", "LTE", 40)]}]}, True),
        ({"filterGroups": [{"filters": [one("amount", "LT", 40)]}]}, False),
        (
            {
                "filterGroups": [
                    {"filters": [one("stage", "EQ", "old")]},
                    {"filters": [one("stage", "EQ", "new")]},
                ]
            },
            True,
        ),
        ({"filters": [one("stage", "NEQ", "new")]}, False),
        ({"filters": [one("stage", "IN", values=["new", "old"])]}, True),
        ({"filters": [one("stage", "NOT_IN", values=["new", "old"])]}, False),
        ({"filters": [one("note", "HAS_PROPERTY")]}, False),
        ({"filters": [one("note", "NOT_HAS_PROPERTY")]}, True),
        ({"filters": [one("note", "GTE", 1)]}, False),
        ({"filters": [one("email", "CONTAINS_TOKEN", "*ada*")]}, True),
        ({"filters": [one("stage", "SOUNDS_LIKE", "x")]}, True),
        ({"filterGroups": ["odd"], "filters": [3]}, True),
    ],
)
def test_questions(asked: dict, meant: bool) -> None:
    """Fields, HubSpot's filters and words are compared; what is no question about records is not."""
    assert means(RECORD, asked, KNOWN) is meant
