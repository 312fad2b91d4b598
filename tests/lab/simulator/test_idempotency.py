"""Idempotency keys: a POST is carried out once, however often it is sent."""

from tests.lab.simulator.crm import Crm

KEY = "6f1d2c1e-8f3b-4a57"
BODY = {"subject": "printer", "priority": "high"}


def test_a_repeat_gets_the_first_answer() -> None:
    """The same key and body: the same status and body again, one record, one entry."""
    crm = Crm()
    first = crm.post("/tickets", BODY, idempotency_key=KEY)
    again = crm.post("/tickets", BODY, idempotency_key=KEY)
    assert (again.status, again.answer.body) == (first.status, first.answer.body)
    assert crm.written == [("createTicket", first.json["id"])]
    assert crm.simulator.ledger.entries[0].idempotency_key == KEY


def test_the_first_answer_is_kept_though_the_record_changed() -> None:
    """A replay tells what was answered then, not what is now."""
    crm = Crm()
    first = crm.post("/tickets", BODY, idempotency_key=KEY)
    crm.patch(f"/tickets/{first.json['id']}", {"status": "solved"})
    assert crm.post("/tickets", BODY, idempotency_key=KEY).json["status"] == "open"


def test_another_body_under_the_same_key_is_refused() -> None:
    """422 in the contract's words, and nothing is written."""
    crm = Crm()
    crm.post("/tickets", BODY, idempotency_key=KEY)
    reply = crm.post("/tickets", {"subject": "other"}, idempotency_key=KEY)
    assert (reply.status, reply.json["category"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert crm.post("/contacts", {"email": "a@x.example"}, idempotency_key=KEY).status == 422
    assert len(crm.written) == 1


def test_different_keys_and_no_key_write_again() -> None:
    """Without a key every POST is a new one."""
    crm = Crm()
    for headers in ({}, {}, {"idempotency_key": KEY}, {"idempotency_key": "another-key"}):
        crm.post("/tickets", BODY, **headers)
    assert len(crm.written) == 4


def test_a_refused_write_may_be_mended_under_its_key() -> None:
    """A key belongs to what was carried out; what was refused may be sent again, mended."""
    crm = Crm()
    assert crm.post("/tickets", {"subject": "x", "contactId": "C-9999"}, idempotency_key=KEY).status == 422
    assert crm.post("/tickets", BODY, idempotency_key=KEY).status == 201


def test_keys_are_forgotten_in_time() -> None:
    """After its time a key is new again, by the lab's clock."""
    crm = Crm()
    crm.post("/tickets", BODY, idempotency_key=KEY)
    crm.wall += 86399
    crm.post("/tickets", BODY, idempotency_key=KEY)
    assert len(crm.written) == 1
    crm.wall += 1
    crm.post("/tickets", BODY, idempotency_key=KEY)
    assert len(crm.written) == 2


def test_operations_that_do_not_declare_the_header_ignore_it() -> None:
    """A PATCH of this contract knows no keys; the journal sees it all the same."""
    crm = Crm()
    crm.patch("/tickets/T-1001", {"status": "solved"}, idempotency_key=KEY)
    assert crm.patch("/tickets/T-1001", {"status": "open"}, idempotency_key=KEY).status == 200
    assert [entry.idempotency_key for entry in crm.simulator.ledger.entries] == [KEY, KEY]
