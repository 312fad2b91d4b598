"""Pact files of specifications 2, 3 and 4, and files that are none."""

import json
from pathlib import Path

import pytest

from crm_contracts.model.problem import Problems
from crm_contracts.pacts import State, read_pact
from tests.pacts.story import a_pact, an_order


def test_specification_2(tmp_path: Path):
    """A query in one text, a state in one text, flat matchers."""
    interaction = {
        **an_order(
            {
                "status": 200,
                "body": {"results": [{"id": "O-1"}]},
                "matchingRules": {"$.body.results": {"min": 1}},
            },
            query="contactId=C-1001&limit=5",
        ),
        "providerState": "there are orders",
    }
    (read,) = read_pact(a_pact(tmp_path, interaction)).interactions
    assert read.request is not None
    assert read.request.query == (("contactId", "C-1001"), ("limit", "5"))
    assert read.states == (State(name="there are orders"),)
    assert read.rules.kind(("results", 0, "id")) == "type"


def test_specification_3(tmp_path: Path):
    """A query by names, states with parameters, matchers by category, generators."""
    interaction = {
        **an_order(
            {
                "status": 200,
                "body": {"id": "O-1"},
                "matchingRules": {"body": {"$.id": {"matchers": [{"match": "type"}]}}},
                "generators": {"body": {"$.id": {"type": "RandomString"}}},
            },
            query={"limit": ["5"]},
        ),
        "providerStates": [{"name": "an order", "params": {"id": "O-1"}}],
    }
    (read,) = read_pact(a_pact(tmp_path, interaction, version="3.0.0")).interactions
    assert read.request is not None
    assert read.request.query == (("limit", "5"),)
    assert read.states == (State(name="an order", params={"id": "O-1"}),)
    assert read.rules.any_value(("id",))


def test_specification_4(tmp_path: Path):
    """Bodies with their own type and encoding, lists of header values, pending, messages."""
    body = {"content": "eyJhIjogMX0=", "contentType": "application/json", "encoded": "base64"}
    http = {
        **an_order({"status": 200}, headers={"Authorization": ["Bearer x"]}, body=body),
        "type": "Synchronous/HTTP",
        "pending": True,
    }
    message = {"type": "Asynchronous/Messages", "description": "a webhook", "contents": {"content": {}}}
    asked, told = read_pact(a_pact(tmp_path, http, message, version="4.0")).interactions
    assert asked.request is not None
    assert asked.request.body == b'{"a": 1}'
    assert asked.request.header("content-type") == "application/json"
    assert asked.request.header("Authorization") == "Bearer x"
    assert asked.pending
    assert (told.description, told.request) == ("a webhook", None)


def test_a_form_stays_text(tmp_path: Path):
    """What is no JSON is not made JSON."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    (read,) = read_pact(a_pact(tmp_path, an_order(headers=headers, body="a=1&b=2"))).interactions
    assert read.request is not None
    assert read.request.body == b"a=1&b=2"


def test_interactions_of_one_description_have_names_of_their_own(tmp_path: Path):
    """By their state, else by a number."""
    again = {**an_order(), "providerState": "it was shipped"}
    pact = read_pact(a_pact(tmp_path, an_order(), again, an_order()))
    assert pact.titles() == ("an order", "an order (it was shipped)", "an order #2")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[]", "pact.json:1:1: A pact is a JSON object."),
        ('{"consumer": {"name": "a"},}', "pact.json:1:27: A comma stands after the last entry."),
        ('{"consumer": {"name": 7}, "provider": {"name": "b"}, "interactions": []}', "pact.json:1:23:"),
        ('{"consumer": {"name": "a"}, "provider": {"name": "b"}}', "a list of `interactions`"),
    ],
)
def test_what_is_no_pact_is_told_with_its_position(tmp_path: Path, text: str, told: str):
    """Never with a traceback."""
    file = tmp_path / "pact.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(Problems) as caught:
        read_pact(file, shown="pact.json")
    assert told in str(caught.value)


def test_every_problem_is_told_at_once(tmp_path: Path):
    """A method, a path, a status and a version that are not there."""
    broken = {"description": "x", "request": {}, "response": {"status": "200"}}
    with pytest.raises(Problems) as caught:
        read_pact(a_pact(tmp_path, broken, version="9.0"))
    assert len(caught.value.problems) == 4
    assert json.loads((tmp_path / "pact.json").read_text())["interactions"] == [broken]
