"""How strictly requests are read (N21)."""

import pytest

from tests.lab.simulator.crm import Crm

TRAILING = b'{"subject": "printer", "priority": "high",}'
LAX = {
    "trailing comma": TRAILING,
    "duplicate name": b'{"subject": "first", "subject": "printer"}',
    "byte order mark": b'\xef\xbb\xbf{"subject": "printer"}',
    "comment": b'{"subject": "printer" /* on fire */}',
    "NaN": b'{"subject": "printer", "orderId": NaN}',
    "single quotes": b"{'subject': 'printer'}",
    "bare names": b'{subject: "printer"}',
}


@pytest.mark.parametrize("body", LAX.values(), ids=LAX.keys())
def test_strict_400_answers_malformed_json(body: bytes) -> None:
    """What is no strict JSON gets 400 that names the fault, and writes nothing."""
    crm = Crm(strictness="strict-400")
    reply = crm.post("/tickets", body)
    assert (reply.status, reply.json["category"]) == (400, "MALFORMED_JSON")
    assert reply.json["errors"][0]["field"] == "body"
    assert crm.written == []


@pytest.mark.parametrize("body", LAX.values(), ids=LAX.keys())
def test_strict_crash_dies_of_it(body: bytes) -> None:
    """The old parser crashes: no answer at all, and nothing in the CRM's own books."""
    crm = Crm(strictness="strict-crash")
    assert crm.send("POST", "/tickets", body) is None
    assert crm.written == []
    assert crm.post("/tickets", {"subject": "x"}).status == 201


@pytest.mark.parametrize("body", LAX.values(), ids=LAX.keys())
def test_lenient_takes_what_a_lax_parser_takes(body: bytes) -> None:
    """A test system that is laxer than production accepts the same bytes."""
    crm = Crm(strictness="lenient")
    reply = crm.post("/tickets", body)
    assert (reply.status, reply.json["subject"]) == (201, "printer")
    assert len(crm.written) == 1


@pytest.mark.parametrize("strictness", ["strict-crash", "strict-400", "lenient"])
@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"priority": "soon", "subject": "x"}, ["/priority"]),
        ({"subjct": "x"}, ["/subjct", "body"]),
        ({"subject": "x" * 201, "status": "open"}, ["/status", "/subject"]),
    ],
)
def test_schema_violations_are_400_everywhere(strictness, body: dict, fields: list[str]) -> None:
    """Sound JSON that breaks the schema is told in full, whatever the profile."""
    reply = Crm(strictness=strictness).post("/tickets", body)
    assert (reply.status, reply.json["category"]) == (400, "VALIDATION_ERROR")
    assert sorted(error["field"] for error in reply.json["errors"]) == fields


def test_lenient_still_checks_the_schema_of_what_it_made_out() -> None:
    """A lax parser is no lax schema."""
    reply = Crm(strictness="lenient").post("/tickets", b'{"priority": "soon",}')
    assert (reply.status, reply.json["category"]) == (400, "VALIDATION_ERROR")


@pytest.mark.parametrize("body", [b'{"subject": "pri', b"<html>", b'{"subject" "x"}', b"[" * 300])
def test_lenient_cannot_read_everything(body: bytes) -> None:
    """What even a lax parser cannot read is 400."""
    reply = Crm(strictness="lenient").post("/tickets", body)
    assert (reply.status, reply.json["category"]) == (400, "MALFORMED_JSON")


def test_the_content_type_is_asked_first() -> None:
    """415 where the body calls itself something else; the lax test system does not look."""
    body = b'{"subject": "printer"}'
    for strictness in ("strict-crash", "strict-400"):
        reply = Crm(strictness=strictness).post("/tickets", body, content_type="text/plain")
        assert (reply.status, reply.json["category"]) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert Crm(strictness="lenient").post("/tickets", body, content_type="text/plain").status == 201


def test_parameters_are_checked_too() -> None:
    """A path or query parameter that breaks its schema is a bad request."""
    crm = Crm()
    assert crm.get("/orders/abc").status == 400
    assert crm.get("/orders?limit=0").status == 400
    assert crm.post("/tickets").status == 400


def test_the_contract_says_how_strict_it_is() -> None:
    """Without a choice the contract's own strictness holds."""
    assert Crm("legacy-crm").send("POST", "/crmTicket/add", b'{"subject": "x",}') is None
    assert Crm("acme-crm").post("/tickets", TRAILING).status == 400
