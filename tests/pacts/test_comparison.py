"""Interactions of any Pact library, held against a contract."""

from pathlib import Path
from typing import Any

import pytest

from crm_contracts.contracts import load_contract
from crm_contracts.model.verdict import Layer
from crm_contracts.pacts import Comparison, read_pact
from crm_contracts.reports.columns import width
from crm_contracts.reports.pact_finding import incompatible
from tests.pacts.story import ACME, BROKEN, a_pact, an_order, rules

EXPECTED = {
    "a path that is not there": ["operation.unknown"],
    "a method that is not there": ["operation.method"],
    "an id of another form": ["path.pattern"],
    "a parameter out of range": ["query.maximum"],
    "a parameter that is not there": ["query.unknown"],
    "no credential": ["auth.missing"],
    "a credential of another scheme": ["auth.scheme"],
    "a header of another form": ["header.pattern"],
    "a request body of another shape": ["schema.type", "schema.additional_properties"],
    "a request body of another type": ["content_type.unknown"],
    "a status that nobody documents": ["response.status"],
    "a header that nobody promises": ["response.header"],
    "an answer of another type": ["content_type.unknown"],
    "a field that nobody promises": ["schema.unevaluated_properties"],
    "a field of another type": ["schema.type", "schema.type"],
    "a value that never comes": ["schema.enum"],
}


def test_each_kind_of_incompatibility_is_found():
    """Nothing more and nothing less is told of each interaction of the broken pact."""
    pact = read_pact(BROKEN)
    assert dict(zip(pact.titles(), rules(BROKEN), strict=True)) == EXPECTED


@pytest.mark.parametrize("number", range(len(EXPECTED)))
def test_both_sides_are_shown(number: int):
    """With their places, the layer, within 80 columns, and no secret."""
    pact, comparison = read_pact(BROKEN, shown="broken.json"), Comparison(load_contract(ACME))
    interaction = pact.interactions[number]
    found = comparison.mismatches(interaction, pact.document)
    text = incompatible(interaction.description, "acme-crm", "", found)
    assert "\n   pact      " in text
    assert "\n   contract  " in text
    assert f"broken.json:{found[0].position.line}:" in text
    assert "layer: request" in text or "layer: response" in text
    assert "pJx82hQm" not in text
    assert all(width(line) <= 80 for line in text.splitlines() if "openapi.yaml" not in line)


def test_the_contracts_side_names_its_place():
    """The operation's line in the OpenAPI document."""
    pact, comparison = read_pact(BROKEN), Comparison(load_contract(ACME))
    (mismatch,) = comparison.mismatches(pact.interactions[2], pact.document)
    place = mismatch.contract_position
    assert place is not None
    lines = (ACME / "openapi.yaml").read_text(encoding="utf-8").splitlines()
    assert lines[place.line - 1].strip() == "get:"
    assert lines[place.line].strip() == "operationId: getOrder"
    assert mismatch.layer is Layer.REQUEST


SOUND: dict[str, dict[str, Any]] = {
    "a part of the answer": an_order({"status": 200, "body": {"id": "O-1001", "total": 99.5}}),
    "the base path is the provider's": an_order(path="/orders/O-1001"),
    "a list of fewer items than there must be": an_order({"status": 200, "body": {"items": []}}),
    "an example under a type matcher": an_order(
        {
            "status": 200,
            "body": {"id": "some id", "status": "some status", "placedAt": "some day"},
            "matchingRules": {"$.body": {"match": "type"}},
        }
    ),
    "a regex that the contract's values match": an_order(
        {
            "status": 200,
            "body": {"status": "lost"},
            "matchingRules": {"$.body.status": {"match": "regex", "regex": "lost|shipped"}},
        }
    ),
    "headers of HTTP and of the limits": an_order(
        {"status": 200, "headers": {"ETag": '"1"', "x-ratelimit-reset": "10"}}
    ),
    "a refusal of contract.yaml": an_order({"status": 412}),
    "no credential, and a 401 for it": an_order({"status": 401}, headers={}),
    "a bad id, and a 400 for it": an_order({"status": 400}, path="/crm/2026-03/orders/x"),
    "no such path, and a 404 for it": an_order({"status": 404}, path="/crm/2026-03/nothing"),
    "a body without a Content-Type": an_order(
        {"status": 201}, method="POST", path="/crm/2026-03/tickets", body={"subject": "Printer on fire"}
    ),
    "undeclared headers": an_order(headers={"authorization": "bearer x", "X-Trace": "7"}),
    "null where it may be": an_order({"status": 200, "body": {"deliverOn": None}}),
}


@pytest.mark.parametrize("name", SOUND)
def test_what_the_contract_allows_is_compatible(tmp_path: Path, name: str):
    """A consumer that reads less, or means less by its example, is not accused."""
    assert rules(a_pact(tmp_path, SOUND[name])) == [[]]


def test_a_regex_that_none_of_the_values_match_is_told(tmp_path: Path):
    """The consumer waits for a word that the CRM does not have."""
    answer = {
        "status": 200,
        "body": {"status": "lost"},
        "matchingRules": {"body": {"$.status": {"matchers": [{"match": "regex", "regex": "^lost$"}]}}},
    }
    assert rules(a_pact(tmp_path, an_order(answer), version="3.0.0")) == [["schema.enum"]]


def test_the_type_counts_under_a_matcher_too(tmp_path: Path):
    """A type matcher widens the value, not the type."""
    answer = {"status": 200, "body": {"total": "9"}, "matchingRules": {"$.body": {"match": "type"}}}
    assert rules(a_pact(tmp_path, an_order(answer))) == [["schema.type"]]


def test_a_member_deep_in_a_list_is_found(tmp_path: Path):
    """Members that nobody promises are found through references and lists."""
    answer = {"status": 200, "body": {"results": [{"items": [{"colour": "red"}]}]}}
    interaction = an_order(answer, path="/crm/2026-03/orders")
    assert rules(a_pact(tmp_path, interaction)) == [["schema.additional_properties"]]


def test_a_contract_without_answers_says_nothing_about_them(tmp_path: Path):
    """The legacy CRM has no OpenAPI document: its requests are held, its answers cannot be."""
    comparison = Comparison(load_contract(ACME.parent / "legacy-crm"))
    asked = {"method": "POST", "path": "/crm-api/crmTicket/add", "headers": {"X-Crm-Token": "x"}}
    body = {"subject": 7}
    interaction = an_order({"status": 200, "body": {"whatever": 1}}, **asked, body=body)
    pact = read_pact(a_pact(tmp_path, interaction))
    found = comparison.mismatches(pact.interactions[0], pact.document)
    assert {one.layer for one in found} == {Layer.REQUEST}
    assert "schema.type" in {one.rule for one in found}
