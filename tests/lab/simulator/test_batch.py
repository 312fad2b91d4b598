"""Batch upserts: 200 where all went well, 207 with an error for each record that did not."""

from tests.lab.simulator.crm import Crm

PATH = "/contacts/batch/upsert"


def test_all_went_well() -> None:
    """Known addresses are changed, new ones created, in the order of the request."""
    crm = Crm()
    reply = crm.post(
        PATH,
        {"contacts": [{"email": "li.na@example.com", "phone": "+8613800000000"}, {"email": "n@x.example"}]},
    )
    assert reply.status == 200
    assert [(record["id"], record["phone"]) for record in reply.json["results"]] == [
        ("C-1006", "+8613800000000"),
        ("C-1008", None),
    ]
    assert reply.json["results"][1]["lifecycleStage"] == "lead"
    assert reply.json["errors"] == []
    assert crm.written == [("upsertContacts", None)]


def test_some_failed() -> None:
    """207: what can be written is written, each other one is named by its index."""
    crm = Crm()
    contacts = [{"email": "a@x.example", "companyId": "CO-9999"}, {"email": "b@x.example"}]
    reply = crm.post(PATH, {"contacts": contacts})
    assert reply.status == 207
    assert [record["email"] for record in reply.json["results"]] == ["b@x.example"]
    (error,) = reply.json["errors"]
    assert (error["index"], error["status"], error["category"]) == (0, 422, "UNPROCESSABLE")
    assert "CO-9999" in error["message"]


def test_all_failed() -> None:
    """207 without results, and nothing in the ledger."""
    crm = Crm()
    reply = crm.post(PATH, {"contacts": [{"email": "a@x.example", "companyId": "CO-9999"}]})
    assert (reply.status, reply.json["results"], crm.written) == (207, [], [])


def test_a_repeat_is_written_once() -> None:
    """An upsert whose answer was lost can be sent again: nothing changes, nothing is entered."""
    crm = Crm()
    body = {
        "contacts": [
            {"email": "a@x.example", "firstName": "A"},
            {"email": "li.na@example.com", "phone": "+8613800000000"},
        ]
    }
    first = crm.post(PATH, body).json
    assert crm.post(PATH, body).json == first
    assert len(crm.written) == 1


def test_only_accepted_markers_are_entered() -> None:
    """Of a batch that carries several calls' markers, those that were accepted count."""
    crm = Crm()
    contacts = [
        {"email": "a@x.example", "firstName": "crmu-00000000000a", "companyId": "CO-9999"},
        {"email": "b@x.example", "firstName": "crmu-00000000000b"},
    ]
    crm.post(PATH, {"contacts": contacts})
    assert [entry.markers for entry in crm.simulator.ledger.entries] == [("crmu-00000000000b",)]


def test_an_older_version_may_lack_it() -> None:
    """The version that came before has no batch upsert."""
    reply = Crm(documented=False).post(PATH, {"contacts": [{"email": "a@x.example"}]}, base="/crm/2025-09")
    assert reply.status == 404
