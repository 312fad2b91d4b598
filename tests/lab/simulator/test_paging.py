"""Lists in pages."""

import re
from dataclasses import replace

import pytest

from crm_contracts.lab.simulator.paging import Pager
from crm_contracts.lab.simulator.refusals import Refused
from crm_contracts.model.contract import Paging
from tests.lab.simulator.crm import Crm, changed, contract


def ids(reply) -> list[str]:
    return [record["id"] for record in reply.json["results"]]


def test_pages_follow_each_other_and_end() -> None:
    """Every record is shown once; the last page has no cursor."""
    crm = Crm()
    reply = crm.get("/contacts?limit=3")
    seen = [ids(reply)]
    while (cursor := reply.json["nextCursor"]) is not None:
        reply = crm.get(f"/contacts?limit=3&after={cursor}")
        seen.append(ids(reply))
    assert [len(page) for page in seen] == [3, 3, 1]
    assert len({key for page in seen for key in page}) == 7


def test_cursors_are_opaque_and_steady() -> None:
    """A cursor tells nothing, and the same page has the same one, whenever it is read."""
    crm = Crm()
    cursor = crm.get("/contacts?limit=3").json["nextCursor"]
    crm.wall += 5
    assert crm.get("/contacts?limit=3").json["nextCursor"] == cursor
    assert re.fullmatch(r"[A-Za-z0-9_-]{20}", cursor)
    assert crm.get("/orders?limit=3").json["nextCursor"] != cursor


def test_a_cursor_goes_on_behind_the_last_record() -> None:
    """Records that come or go between two pages are neither shown twice nor skipped."""
    crm = Crm()
    cursor = crm.get("/contacts?limit=3").json["nextCursor"]
    crm.simulator.remove("contacts", "C-1001")
    assert ids(crm.get(f"/contacts?limit=3&after={cursor}"))[0] == "C-1004"


def test_cursors_expire() -> None:
    """An old cursor gets the contract's answer; reading the page again makes it good again."""
    crm = Crm()
    cursor = crm.get("/contacts?limit=3").json["nextCursor"]
    crm.wall += 599
    assert crm.get(f"/contacts?limit=3&after={cursor}").status == 200
    crm.wall += 1
    reply = crm.get(f"/contacts?limit=3&after={cursor}")
    assert (reply.status, reply.json["category"]) == (400, "CURSOR_EXPIRED")
    assert crm.get("/contacts?limit=3").json["nextCursor"] == cursor
    assert crm.get(f"/contacts?limit=3&after={cursor}").status == 200


@pytest.mark.parametrize(
    "path", ["/orders?after={}", "/contacts?limit=3&companyId=CO-1001&after={}", "/contacts?after=x{}"]
)
def test_a_cursor_belongs_to_its_list(path: str) -> None:
    """Another list, another filter, or a made-up cursor is a bad request."""
    crm = Crm()
    cursor = crm.get("/contacts?limit=3").json["nextCursor"]
    reply = crm.get(path.format(cursor))
    assert (reply.status, reply.json["errors"][0]["field"]) == (400, "after")


def test_searches_page_in_the_body() -> None:
    """A search takes limit and cursor in its body."""
    crm = Crm()
    first = crm.post("/contacts/search", {"lifecycleStage": "customer", "limit": 2}).json
    second = crm.post(
        "/contacts/search", {"lifecycleStage": "customer", "limit": 2, "after": first["nextCursor"]}
    ).json
    assert [one["id"] for one in first["results"] + second["results"]] == ["C-1001", "C-1002", "C-1003"]


def test_the_size_without_a_limit_is_the_contracts() -> None:
    """Without a limit a page has the contract's size."""
    crm = Crm(changed(paging=replace(contract().paging, size=2)))
    assert len(ids(crm.get("/contacts"))) == 2


def keys(paging: Paging, **asked) -> list[str]:
    return list(Pager(paging, seed=1, wall=lambda: 0.0).page(list("abcdefg"), asked, "q").keys)


@pytest.mark.parametrize(
    ("paging", "asked", "shown"),
    [
        (Paging(style="page", cursor="page", size=3), {}, "abc"),
        (Paging(style="page", cursor="page", size=3), {"page": "3"}, "g"),
        (Paging(style="page", cursor="page", size=3), {"page": 9}, ""),
        (Paging(style="page", cursor="page", size=3), {"page": "x"}, "abc"),
        (Paging(style="offset", cursor="start"), {"start": "5", "limit": "9"}, "fg"),
        (Paging(style="offset", cursor="start"), {"start": 2, "limit": 2}, "cd"),
        (Paging(style="none", size=2), {}, "abcdefg"),
        (Paging(most=4), {"limit": 100}, "abcd"),
        (Paging(size=2), {"limit": "many"}, "ab"),
        (Paging(size=2), {"after": "0"}, "ab"),
    ],
)
def test_other_styles(paging: Paging, asked: dict, shown: str) -> None:
    """Page numbers, offsets and lists without pages are served as the contract says."""
    assert keys(paging, **asked) == list(shown)


def test_unknown_cursors_are_refused() -> None:
    """A cursor that was never given is none."""
    with pytest.raises(Refused, match="invalid"):
        keys(Paging(), after="made-up")


def test_nested_cursors_are_left_out_at_the_end() -> None:
    """HubSpot's last page has no `paging` at all."""
    paging = replace(contract().paging, next_at="paging.next.after")
    crm = Crm(changed(paging=paging), documented=False)
    first = crm.get("/contacts?limit=6").json
    assert isinstance(first["paging"]["next"]["after"], str)
    assert "paging" not in crm.get(f"/contacts?limit=6&after={first['paging']['next']['after']}").json
