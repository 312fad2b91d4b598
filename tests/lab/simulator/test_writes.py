"""Writing: what is accepted, what is refused, and what the ledger keeps of it."""

from dataclasses import replace

import pytest

from crm_contracts.model.contract import Idempotency
from tests.lab.simulator.crm import Crm, changed, contract

MARKER = "crmu-0123456789ab"


def test_a_new_record_has_an_id_defaults_and_moments() -> None:
    """The id continues the collection, what was not sent has its default, and moments are those of the clock."""
    crm = Crm()
    crm.wall += 60
    reply = crm.post("/tickets", {"subject": f"printer {MARKER}", "contactId": "C-1001"})
    assert reply.status == 201
    record = reply.json
    assert (record["id"], record["status"], record["priority"]) == ("T-1004", "open", "normal")
    assert record["createdAt"] == record["updatedAt"] == "2026-11-23T12:01:00Z"
    assert crm.get("/tickets/T-1004").json == record
    (entry,) = crm.simulator.ledger.entries
    assert (entry.operation, entry.record, entry.markers, entry.exchange) == (
        "createTicket",
        "T-1004",
        (MARKER,),
        1,
    )
    assert (entry.at, entry.idempotency_key) == (100.0, None)


def test_ids_are_never_given_twice() -> None:
    """The id of a deleted record does not come back."""
    crm = Crm()
    first = crm.post("/contacts", {"email": "a@example.com"}).json["id"]
    crm.ask("DELETE", f"/contacts/{first}")
    assert crm.post("/contacts", {"email": "b@example.com"}).json["id"] == "C-1009"


def test_what_the_crm_alone_writes_is_not_taken() -> None:
    """Read-only fields of a body are not believed."""
    crm = Crm(changed(operations=_without_body("createTicket")), documented=False)
    record = crm.post("/tickets", {"subject": "x", "id": "T-1", "createdAt": "1999-01-01T00:00:00Z"}).json
    assert (record["id"], record["createdAt"]) == ("T-1004", "2026-11-23T12:00:00Z")


def test_a_patch_changes_what_was_sent() -> None:
    """Other fields stay, null empties a field, and the record says when it changed."""
    crm = Crm()
    before = crm.get("/contacts/C-1001").json
    crm.wall += 3600
    after = crm.patch("/contacts/C-1001", {"phone": None, "lastName": "King"}).json
    assert after == {**before, "phone": None, "lastName": "King", "updatedAt": "2026-11-23T13:00:00Z"}
    assert crm.get("/contacts/C-1001").json == after
    assert crm.written == [("updateContact", "C-1001")]


def test_a_repeated_patch_is_written_once() -> None:
    """The very write that made the present state changes nothing more; after another write it does again."""
    crm = Crm()
    for status in ("solved", "solved", "open", "solved"):
        assert crm.patch("/tickets/T-1001", {"status": status}).json["status"] == status
    assert len(crm.written) == 3


def test_a_repeated_patch_of_another_call_counts() -> None:
    """A marker tells two calls apart, also where they say the same."""
    crm = Crm()
    for marker in ("crmu-000000000001", "crmu-000000000002"):
        crm.patch("/tickets/T-1001", {"status": "solved"}, x_request=marker)
    assert [entry.markers for entry in crm.simulator.ledger.entries] == [
        ("crmu-000000000001",),
        ("crmu-000000000002",),
    ]


def test_a_deleted_record_is_gone() -> None:
    """204, then 404, and one entry in the ledger."""
    crm = Crm()
    assert crm.ask("DELETE", "/contacts/C-1007").status == 204
    assert crm.get("/contacts/C-1007").status == 404
    assert crm.ask("DELETE", "/contacts/C-1007").status == 404
    assert crm.written == [("deleteContact", "C-1007")]


@pytest.mark.parametrize(
    ("path", "body", "status", "field"),
    [
        ("/contacts", {"email": "ada.lovelace@example.com"}, 409, "/email"),
        ("/companies", {"name": "x", "domain": "analytical.example"}, 409, "/domain"),
        ("/contacts", {"email": "x@example.com", "companyId": "CO-9999"}, 422, "/companyId"),
        ("/tickets", {"subject": "x", "orderId": "O-9999"}, 422, "/orderId"),
    ],
)
def test_rules_between_records(path: str, body: dict, status: int, field: str) -> None:
    """A value that another record has is a conflict, a reference to nothing cannot be carried out."""
    crm = Crm()
    reply = crm.post(path, body)
    assert (reply.status, reply.json["errors"][0]["field"]) == (status, field)
    assert crm.written == []


def test_a_patch_keeps_the_rules_too() -> None:
    """A record may keep its own value, but not take another's."""
    crm = Crm()
    assert crm.patch("/contacts/C-1001", {"email": "ada.lovelace@example.com"}).status == 200
    assert crm.patch("/contacts/C-1001", {"email": "li.na@example.com"}).status == 409
    assert crm.patch("/contacts/C-1001", {"companyId": "CO-9999"}).status == 422


def test_refused_writes_are_not_in_the_ledger() -> None:
    """Whatever the reason, a refusal writes nothing."""
    crm = Crm()
    for body in ({"nothing": 1}, b'{"subject": "x",}', {"subject": "x", "contactId": "C-9999"}):
        assert crm.post("/tickets", body).status >= 400
    assert crm.patch("/tickets/T-9999", {"status": "open"}).status == 404
    assert crm.written == []


def test_an_upsert_key_makes_a_repeated_create_harmless() -> None:
    """Where the contract has an upsert key, the same value means the same record; a repeat is written once."""
    contract = changed(idempotency=Idempotency(upsert_key="subject"))
    crm = Crm(contract)
    first = crm.post("/tickets", {"subject": "printer", "priority": "low"}).json
    assert crm.post("/tickets", {"subject": "printer", "priority": "low"}).json == first
    assert len(crm.written) == 1
    changed_one = crm.post("/tickets", {"subject": "printer", "priority": "high"}).json
    assert (changed_one["id"], changed_one["priority"]) == (first["id"], "high")
    assert len(crm.written) == 2


def test_writes_of_a_contract_without_documents() -> None:
    """The record's id stands in the body; what answers nothing answers null."""
    crm = Crm("legacy-crm")
    assert crm.post("/crmTicket/add", {"subject": "x"}).json["data"] == {"id": 7003, "subject": "x"}
    assert crm.post("/crmTicket/update", {"id": 7001, "priority": 2}).json["data"]["priority"] == 2
    assert crm.post("/crmTicket/remindOwner", {}).json["data"] is None
    assert crm.written == [("createTicket", "7003"), ("updateTicket", "7001"), ("remindOwner", None)]


def _without_body(operation: str) -> dict:
    operations = dict(contract().operations)
    operations[operation] = replace(operations[operation], body=None)
    return operations
