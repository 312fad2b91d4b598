"""Records set up and looked at from outside, and the way back."""

import json

import pytest

from tests.lab.simulator.crm import Crm, changed


def test_put_keeps_a_whole_record() -> None:
    """A record with few fields is completed; it is read as any other and is no write."""
    crm = Crm()
    assert (
        crm.simulator.put("contacts", {"id": "C-2000", "email": "p@x.example", "lifecycleStage": "lead"})
        == "C-2000"
    )
    assert crm.get("/contacts/C-2000").json["lastName"] is None
    assert crm.simulator.put("contacts", {"email": "q@x.example", "lifecycleStage": "lead"}) == "C-2001"
    assert crm.written == []


def test_new_ids_step_over_records_that_were_put() -> None:
    """An id that is taken is not given again."""
    crm = Crm()
    crm.simulator.put("tickets", {"id": "T-1004", "subject": "x", "priority": "low"})
    assert crm.post("/tickets", {"subject": "y"}).json["id"] == "T-1005"


def test_change_is_seen_at_once() -> None:
    """Also fields that the CRM alone writes can be changed, and the ETag tells it."""
    crm = Crm()
    tag = crm.get("/orders/O-1001").header("etag")
    crm.simulator.change("orders", "O-1001", {"status": "delivered"})
    reply = crm.get("/orders/O-1001")
    assert reply.json["status"] == "delivered"
    assert reply.header("etag") != tag
    with pytest.raises(KeyError, match="O-9999"):
        crm.simulator.change("orders", "O-9999", {})


def test_remove_tells_whether_there_was_one() -> None:
    """A removed record is gone."""
    crm = Crm()
    assert crm.simulator.remove("orders", "O-1001") is True
    assert crm.simulator.remove("orders", "O-1001") is False
    assert crm.get("/orders/O-1001").status == 404


def test_truth_is_what_a_read_would_show() -> None:
    """It equals the answer, follows every change, and counts as no request."""
    crm = Crm()
    truth = crm.simulator.truth("getOrder", {"orderId": "O-1001"})
    assert truth is not None
    reply = crm.get("/orders/O-1001")
    assert truth.value == reply.json
    assert reply.header("x-ratelimit-remaining") == "999"
    crm.simulator.change("orders", "O-1001", {"total": 1})
    later = crm.simulator.truth("getOrder", {"orderId": "O-1001"})
    assert later is not None
    assert isinstance(later.value, dict)
    assert later.value["total"] == 1


def test_there_is_no_truth_about_what_is_not_there() -> None:
    """An unknown record or operation has none."""
    simulator = Crm().simulator
    assert simulator.truth("getOrder", {"orderId": "O-9999"}) is None
    assert simulator.truth("getNothing", {}) is None


def test_reset_returns_to_the_beginning() -> None:
    """Records, ledger, keys, cursors, limits, associations and ids are as when the run began."""
    crm = Crm()
    key = {"idempotency_key": "the-same-key"}
    first = crm.post("/tickets", {"subject": "x"}, **key)
    cursor = crm.get("/contacts?limit=2").json["nextCursor"]
    crm.ask("PUT", "/contacts/C-1001/associations/deals/D-1001")
    crm.simulator.reset()
    assert crm.written == []
    assert crm.get(f"/tickets/{first.json['id']}").status == 404
    assert crm.get(f"/contacts?limit=2&after={cursor}").status == 400
    assert crm.get("/contacts/C-1001/associations/deals").json["results"] == []
    again = crm.post("/tickets", {"subject": "y"}, **key)
    assert (again.status, again.json["id"]) == (201, first.json["id"])


def test_runs_do_not_share_records() -> None:
    """Each run has its own copy of the contract's data."""
    one, two = Crm(), Crm()
    one.patch("/contacts/C-1001", {"lastName": "Changed"})
    assert two.get("/contacts/C-1001").json["lastName"] == "Lovelace"
    assert [
        record.fields["lastName"] for record in one.contract.records if record.fields.get("id") == "C-1001"
    ] == ["Lovelace"]


def test_nested_values_are_copies() -> None:
    """Changing a nested list of one run's record leaves the contract's alone."""
    crm = Crm(changed())
    crm.simulator.change("orders", "O-1001", {"items": []})
    known = crm.contract.known["order"].fields["items"]
    assert json.dumps(known) == '[{"sku": "PAPER-A4", "quantity": 5, "unitPrice": 19.9}]'
