"""Associations between records."""

from tests.lab.simulator.crm import Crm

DEALS = "/contacts/C-1001/associations/deals"


def test_associations_are_added_listed_and_taken_away() -> None:
    """PUT adds, GET lists, DELETE takes away, each as documented."""
    crm = Crm()
    assert crm.get(DEALS).json == {"results": [], "nextCursor": None}
    for key in ("D-1002", "D-1001"):
        assert crm.ask("PUT", f"{DEALS}/{key}").status == 204
    listed = crm.get(DEALS).json["results"]
    assert listed == [{"toType": "deals", "toId": "D-1001"}, {"toType": "deals", "toId": "D-1002"}]
    assert crm.ask("DELETE", f"{DEALS}/D-1002").status == 204
    assert [one["toId"] for one in crm.get(DEALS).json["results"]] == ["D-1001"]


def test_doing_it_twice_is_doing_it_once() -> None:
    """A repeated PUT is answered and not entered again; a repeated DELETE finds nothing."""
    crm = Crm()
    assert [crm.ask("PUT", f"{DEALS}/D-1001").status for _ in range(2)] == [204, 204]
    assert [crm.ask("DELETE", f"{DEALS}/D-1001").status for _ in range(2)] == [204, 404]
    assert crm.written == [("associateContact", "D-1001"), ("dissociateContact", "D-1001")]


def test_both_records_must_exist() -> None:
    """404 for an unknown contact and for an unknown other record."""
    crm = Crm()
    assert crm.ask("PUT", f"{DEALS}/D-9999").status == 404
    assert crm.ask("PUT", "/contacts/C-9999/associations/deals/D-1001").status == 404


def test_deleted_records_leave_the_list() -> None:
    """An association with a record that is gone is not shown."""
    crm = Crm()
    crm.ask("PUT", "/contacts/C-1001/associations/tickets/T-1001")
    crm.simulator.remove("tickets", "T-1001")
    assert crm.get("/contacts/C-1001/associations/tickets").json["results"] == []


def test_they_come_in_pages() -> None:
    """A long list of associations is paged like any other."""
    crm = Crm()
    for key in ("D-1001", "D-1002", "D-1003"):
        crm.ask("PUT", f"{DEALS}/{key}")
    first = crm.get(f"{DEALS}?limit=2").json
    second = crm.get(f"{DEALS}?limit=2&after={first['nextCursor']}").json
    assert [one["toId"] for one in second["results"]] == ["D-1003"]
