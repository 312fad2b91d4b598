"""Edits: of two writers the later one learns of the other."""

from crm_contracts.lab.simulator import etags
from crm_contracts.lab.simulator.store import Row
from crm_contracts.model.exchange import Request
from tests.lab.simulator.crm import Crm, changed


def test_a_stale_etag_is_refused() -> None:
    """A write with the tag of an older state gets 412 and changes nothing, also when it is repeated."""
    crm = Crm()
    tag = crm.get("/tickets/T-1001").header("etag")
    assert tag is not None
    first = crm.patch("/tickets/T-1001", {"status": "solved"}, if_match=tag)
    assert first.status == 200
    assert first.header("etag") not in {None, tag}
    for status in ("solved", "open"):
        reply = crm.patch("/tickets/T-1001", {"status": status}, if_match=tag)
        assert (reply.status, reply.json["category"]) == (412, "PRECONDITION_FAILED")
    assert len(crm.written) == 1


def test_the_new_tag_works() -> None:
    """After reading again the write goes through."""
    crm = Crm()
    crm.patch("/tickets/T-1001", {"status": "solved"})
    tag = crm.get("/tickets/T-1001").header("etag")
    assert tag is not None
    assert crm.patch("/tickets/T-1001", {"status": "open"}, if_match=tag).status == 200


def test_a_star_agrees_with_every_state() -> None:
    """If-Match: * asks only whether there is a record."""
    crm = Crm()
    assert crm.patch("/tickets/T-1001", {"status": "solved"}, if_match="*").status == 200
    assert crm.patch("/tickets/T-9999", {"status": "solved"}, if_match="*").status == 404


def test_deletes_look_at_the_tag_too() -> None:
    """A delete with a stale tag is refused."""
    crm = Crm()
    crm.patch("/contacts/C-1007", {"lastName": "x"})
    assert crm.ask("DELETE", "/contacts/C-1007", if_match='"1"').status == 412
    assert crm.ask("DELETE", "/contacts/C-1007", if_match='"2"').status == 204


def test_a_header_may_name_several_states() -> None:
    """If-Match may list tags; weak ones do not count for writes."""
    row = Row("C-1", {}, version=2)
    agreed = [etags.agrees(_asking(header), row) for header in ('"1", "2"', '"1"', 'W/"2"', "*")]
    assert agreed == [True, False, False, True]


def test_an_unchanged_record_need_not_be_sent_again() -> None:
    """If-None-Match with the present tag gets 304 without a body."""
    crm = Crm(documented=False)
    tag = crm.get("/tickets/T-1001").header("etag")
    assert tag is not None
    reply = crm.get("/tickets/T-1001", if_none_match=f"W/{tag}")
    assert (reply.status, reply.answer.body) == (304, b"")
    crm.patch("/tickets/T-1001", {"status": "solved"})
    assert crm.get("/tickets/T-1001", if_none_match=tag).status == 200


def test_contracts_without_etags_have_none() -> None:
    """Where the contract knows no ETag, nobody sends or asks for one."""
    crm = Crm(changed(etag=False))
    assert crm.get("/tickets/T-1001").header("etag") is None
    assert crm.patch("/tickets/T-1001", {"status": "solved"}, if_match='"99"').status == 200


def _asking(header: str) -> Request:
    headers = (("if-match", header),)
    return Request(method="PATCH", target="/", path="/", query=(), headers=headers, body=b"")
