"""Reading: records, lists, searches, and what is not there."""

import pytest

from tests.lab.simulator.crm import Crm, changed


def test_a_record_of_the_contract_is_shown() -> None:
    """A named record comes back as data.yaml has it, under its documented schema."""
    reply = Crm().get("/orders/O-1001")
    assert reply.status == 200
    assert (reply.json["id"], reply.json["total"], reply.json["status"]) == ("O-1001", 99.5, "shipped")


def test_every_named_record_is_shown_and_listed() -> None:
    """Whatever data.yaml holds keeps the contract, alone and in lists."""
    crm = Crm()
    for record in crm.contract.records:
        key = record.fields["id"]
        assert crm.get(f"/{record.collection}/{key}").json["id"] == key
        assert key in [one["id"] for one in crm.get(f"/{record.collection}?limit=100").json["results"]]


def test_left_out_fields_are_null_and_moments_are_the_runs_beginning() -> None:
    """A seed that says little is completed: null, and the time at which the run began."""
    record = Crm().get("/contacts/C-1007").json
    assert (record["firstName"], record["companyId"]) == (None, None)
    assert record["createdAt"] == record["updatedAt"] == "2026-11-23T12:00:00Z"


def test_the_same_seed_gives_the_same_answers() -> None:
    """Two runs with one seed answer alike, byte for byte, errors included."""
    paths = ["/orders/O-1001", "/contacts?limit=2", "/orders/O-9999", "/nothing"]
    first, second = ([crm.get(path).answer for path in paths] for crm in (Crm(), Crm()))
    assert first == second


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("companyId=CO-1001", ["C-1001", "C-1004"]),
        ("companyId=CO-1003", []),
        ("properties=email&companyId=CO-1002", ["C-1002", "C-1006"]),
    ],
)
def test_lists_are_filtered_by_fields(query: str, ids: list[str]) -> None:
    """A query parameter that is named like a field filters by it; any other is ignored."""
    assert [record["id"] for record in Crm().get(f"/contacts?{query}").json["results"]] == ids


def test_lists_are_in_the_contracts_order() -> None:
    """Orders come newest first, contacts by their number."""
    crm = Crm()
    placed = [order["placedAt"] for order in crm.get("/orders").json["results"]]
    assert placed == sorted(placed, reverse=True)
    contacts = [contact["id"] for contact in crm.get("/contacts").json["results"]]
    assert contacts == [f"C-{number}" for number in range(1001, 1008)]


def test_searches_compare_every_field() -> None:
    """A search finds the records that agree with all that was sent."""
    crm = Crm()
    found = crm.post("/contacts/search", {"lifecycleStage": "customer", "companyId": "CO-1001"})
    assert [record["id"] for record in found.json["results"]] == ["C-1001"]
    assert crm.post("/contacts/search", {"email": "nobody@example.com"}).json == {
        "results": [],
        "nextCursor": None,
    }
    assert crm.written == []


@pytest.mark.parametrize("path", ["/orders/O-9999", "/contacts/C-9999/associations/deals"])
def test_unknown_records_are_not_found(path: str) -> None:
    """404 in the contract's envelope."""
    reply = Crm().get(path)
    assert (reply.status, reply.json["category"], reply.json["status"]) == (404, "NOT_FOUND", 404)


def test_unknown_paths_and_methods() -> None:
    """An unknown path is 404; a known path without the method is 405 and says what it has."""
    crm = Crm()
    assert crm.get("/invoices").status == 404
    assert crm.get("/orders/O-1001", base="").status == 404
    reply = crm.ask("DELETE", "/orders/O-1001")
    assert (reply.status, reply.header("allow")) == (405, "GET")
    reply = crm.ask("OPTIONS", "/orders")
    assert (reply.status, reply.header("allow")) == (204, "GET, POST")
    assert crm.ask("HEAD", "/orders/O-1001").status == 200
    assert crm.ask("HEAD", "/orders/O-9999").status == 404


def test_errors_have_the_shape_of_the_variant() -> None:
    """Another envelope is used for every error; documented shapes do not hold there."""
    contract = changed(envelope=[{"errorCode": "{category}", "message": "{message}"}])
    reply = Crm(contract, documented=False).get("/orders/O-9999")
    assert reply.json == [{"errorCode": "NOT_FOUND", "message": "There is no such record."}]


def test_a_contract_without_documents_is_served_too() -> None:
    """Every call a POST, ids in the body, results in an envelope, pages by number."""
    crm = Crm("legacy-crm")
    page = crm.post("/crmContact/queryPageList", {"page": 2, "limit": 2}).json
    assert page == {
        "code": 0,
        "msg": "success",
        "data": {
            "list": [{"id": 3003, "name": "Ada Lovelace", "mobile": "13800000003", "level": "A"}],
            "totalRow": 3,
        },
    }
    assert crm.post("/crmOrder/queryById", {"id": 5001}).json["data"]["number"] == "HT-2026-0001"
    missing = crm.post("/crmOrder/queryById", {"id": 1})
    assert (missing.status, missing.json) == (404, {"code": 404, "msg": "数据不存在"})
