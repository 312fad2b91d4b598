"""Runs as pacts: what is in them, what never is, and that they are the same each time."""

import json
from pathlib import Path
from typing import Any

from crm_contracts.contracts import load_contract
from crm_contracts.model.exchange import Exchange, Payload
from crm_contracts.pacts import read_pact
from crm_contracts.pacts.recorded import recorded
from crm_contracts.pacts.recording import write_pact
from tests.pacts.story import ACME, rules

CONTRACT = load_contract(ACME)
ORDER = {
    "id": "O-1001",
    "total": 99.5,
    "items": [{"sku": "PAPER-A4", "quantity": 5}],
    "placedAt": "2026-11-20T10:15:30Z",
}


def an_exchange(number: int = 1, **more: Any) -> Exchange:
    """A good look at an order."""
    head = b"GET /crm/2026-03/orders/O-1001 HTTP/1.1\r\nAuthorization: Bearer token#1****\r\nUser-Agent: x\r\n\r\n"
    known: dict[str, Any] = {
        "id": number,
        "connection": 1,
        "position": 0,
        "started": float(number),
        "ended": number + 0.1,
        "ended_by": "answer",
        "method": "GET",
        "target": "/crm/2026-03/orders/O-1001",
        "operation": "getOrder",
        "path_params": {"orderId": "O-1001"},
        "head": head,
        "body": Payload(),
        "complete": True,
        "status": 200,
        "answered": True,
        "answer_head": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n",
        "answer": a_payload(ORDER),
    }
    return Exchange(**{**known, **more})


def a_payload(value: object) -> Payload:
    """A JSON body."""
    body = json.dumps(value).encode()
    return Payload(kept=body, length=len(body))


def written(tmp_path: Path, *exchanges: Exchange) -> dict[str, Any]:
    """The pact of these exchanges, as its file has it."""
    file = write_pact(tmp_path, "order-sync", CONTRACT, recorded(CONTRACT, exchanges))
    value: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return value


def test_a_pact_can_be_read_and_goes_with_its_contract(tmp_path: Path):
    """By ourselves and by Pact, whose own library wrote it."""
    value = written(tmp_path, an_exchange())
    assert value["metadata"]["pactSpecification"]["version"] == "4.0"
    assert rules(tmp_path / "order-sync-acme-crm.json") == [[]]
    (interaction,) = read_pact(tmp_path / "order-sync-acme-crm.json").interactions
    assert interaction.description == "getOrder answers 200"


def test_matchers_follow_the_schema(tmp_path: Path):
    """Types for types, a regex for patterns and formats, one item for all of a list."""
    (interaction,) = written(tmp_path, an_exchange())["interactions"]
    found = {
        place: rule["matchers"][0] for place, rule in interaction["response"]["matchingRules"]["body"].items()
    }
    assert found["$.id"] == {"match": "regex", "regex": "^O-[0-9]{4,12}$"}
    assert found["$.total"] == {"match": "number"}
    assert found["$.items"] == {"match": "type", "min": 1}
    assert found["$.items[*].quantity"] == {"match": "integer"}
    assert found["$.placedAt"]["match"] == "regex"


def test_states_are_the_known_records_of_the_request(tmp_path: Path):
    """With what it takes to set them up."""
    (interaction,) = written(tmp_path, an_exchange())["interactions"]
    assert interaction["providerStates"] == [
        {"name": "known record order O-1001 exists", "params": {"collection": "orders", "id": "O-1001"}}
    ]


def test_no_secret_and_no_habit_of_a_library_is_told(tmp_path: Path):
    """A credential is only said to be one; token requests are not told at all."""
    token = an_exchange(2, purpose="token", operation="issueToken")
    (interaction,) = written(tmp_path, an_exchange(), token)["interactions"]
    assert interaction["request"]["headers"] == {"Authorization": ["Bearer token"]}
    assert interaction["request"]["matchingRules"]["header"]["Authorization"]["matchers"] == [
        {"match": "regex", "regex": "^Bearer \\S+$"}
    ]


def test_the_same_request_is_one_interaction():
    """Its first answer that was none of trouble counts: a retry is no second expectation."""
    trouble = an_exchange(1, status=503, answer=a_payload({"status": 503}))
    found = recorded(CONTRACT, [trouble, an_exchange(2), an_exchange(3)])
    assert [(one.description, one.status) for one in found] == [("getOrder answers 200", 200)]


def test_what_differs_from_run_to_run_is_the_same_in_every_pact():
    """Markers, the CRM's own times and ids; what the contract's records say stays."""
    texts = {
        "subject": "Bell crmu-0123456789ab",
        "createdAt": "2026-11-23T21:24:19Z",
        "placedAt": "2026-11-20T10:15:30Z",
        "correlationId": "d89a6040-dbd2-49db-a668-45910b7d36a8",
    }
    (found,) = recorded(CONTRACT, [an_exchange(answer=a_payload(texts))])
    assert found.answer == {
        "subject": "Bell crmu-000000000000",
        "createdAt": "2026-01-01T00:00:00Z",
        "placedAt": "2026-11-20T10:15:30Z",
        "correlationId": "00000000-0000-4000-8000-000000000000",
    }


def test_two_writes_of_one_kind_have_names_of_their_own():
    """Pact would write the second over the first."""
    other = an_exchange(2, target="/crm/2026-03/orders/O-1002", path_params={"orderId": "O-1002"})
    found = recorded(CONTRACT, [an_exchange(), other])
    assert [one.description for one in found] == ["getOrder answers 200", "getOrder answers 200 #2"]


def test_what_was_cut_off_is_not_told():
    """An answer that never left, a body too long to keep, a request that the contract does not know."""
    long = Payload(kept=b"{", length=20_000, sha256="x")
    odd = [an_exchange(answered=False), an_exchange(answer=long), an_exchange(operation=None)]
    assert recorded(CONTRACT, odd) == ()
