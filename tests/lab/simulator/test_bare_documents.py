"""OpenAPI documents without a contract.yaml are served as they are."""

import json
from pathlib import Path

import pytest

from crm_contracts.contracts import load_contract
from tests.lab.simulator.crm import Crm

DEAL = {
    "type": "object",
    "required": ["id", "title", "stage"],
    "properties": {
        "id": {"type": "integer"},
        "title": {"type": "string", "example": "40 printers"},
        "stage": {"type": "integer", "minimum": 1},
        "owner": {"type": "object", "properties": {"name": {"type": "string"}}},
        "add_time": {"type": "string", "format": "date-time"},
        "update_time": {"type": "string", "format": "date-time"},
    },
}


def data(schema: dict) -> dict:
    body = {"type": "object", "properties": {"success": {"type": "boolean", "example": True}, "data": schema}}
    return {"200": {"description": "x", "content": {"application/json": {"schema": body}}}}


def page(items: dict) -> dict:
    responses = data({"type": "array", "items": items})
    body = responses["200"]["content"]["application/json"]["schema"]
    cursor = {"type": "string", "nullable": True}
    body["properties"]["additional_data"] = {"type": "object", "properties": {"next_cursor": cursor}}
    return responses


ID = [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}]
PAGED = [
    {"name": "limit", "in": "query", "schema": {"type": "integer"}},
    {"name": "cursor", "in": "query", "schema": {"type": "string"}},
]
SENT = {
    "content": {"application/json": {"schema": {"type": "object", "properties": {"title": {}, "stage": {}}}}}
}
FOUND = {
    "type": "object",
    "properties": {"score": {"type": "number"}, "item": DEAL},
    "required": ["score", "item"],
}
DOCUMENT = {
    "openapi": "3.0.3",
    "info": {"title": "Deals", "version": "1"},
    "servers": [{"url": "https://crm.example/api/v2"}],
    "paths": {
        "/deals": {
            "get": {"operationId": "listDeals", "parameters": PAGED, "responses": page(DEAL)},
            "post": {"operationId": "addDeal", "requestBody": SENT, "responses": data(DEAL)},
        },
        "/deals/search": {"get": {"operationId": "searchDeals", "responses": page(FOUND)}},
        "/deals/{id}": {
            "parameters": ID,
            "get": {"operationId": "getDeal", "responses": data(DEAL)},
            "patch": {"operationId": "updateDeal", "requestBody": SENT, "responses": data(DEAL)},
            "delete": {
                "operationId": "deleteDeal",
                "responses": data({"properties": {"id": {"type": "integer"}}}),
            },
        },
        "/deals/{id}/convert": {
            "parameters": ID,
            "post": {
                "operationId": "convertDeal",
                "responses": {
                    "202": {"description": "x", "content": {"application/json": {"example": {"job": "j-1"}}}}
                },
            },
        },
        "/export": {
            "get": {
                "operationId": "export",
                "responses": {
                    "200": {"description": "x", "content": {"text/csv": {"example": "id,title\n"}}}
                },
            },
            "put": {"operationId": "replaceExport", "responses": {"204": {"description": "x"}}},
        },
    },
}


@pytest.fixture
def crm(tmp_path: Path) -> Crm:
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(DOCUMENT))
    return Crm(load_contract(path))


def test_records_are_imagined_and_stay(crm: Crm) -> None:
    """Every id has a record, the same at every read, until it is changed."""
    first = crm.get("/deals/7").json
    assert (first["success"], first["data"]["id"], first["data"]["title"]) == (True, 7, "40 printers")
    assert crm.get("/deals/7").json == first
    changed = crm.patch("/deals/7", {"title": "41 printers"}).json["data"]
    assert changed["title"] == "41 printers"
    assert crm.get("/deals/7").json["data"] == changed


def test_lists_have_records_and_a_cursor(crm: Crm) -> None:
    """A list shows some records in the documented envelope, in pages."""
    body = crm.get("/deals?limit=2").json
    assert len(body["data"]) == 2
    cursor = body["additional_data"]["next_cursor"]
    rest = crm.get(f"/deals?limit=2&cursor={cursor}").json
    assert (len(rest["data"]), rest["additional_data"]["next_cursor"]) == (1, None)


def test_created_records_are_kept(crm: Crm) -> None:
    """A new record gets a number, what was sent, and what the schema needs besides."""
    made = crm.post("/deals", {"title": "New", "stage": 2}).json["data"]
    assert (made["title"], made["stage"]) == ("New", 2)
    assert isinstance(made["id"], int)
    assert made["add_time"] == "2026-11-23T12:00:00Z"
    assert crm.get(f"/deals/{made['id']}").json["data"] == made


def test_values_of_another_type_than_the_record_has_are_not_kept(crm: Crm) -> None:
    """What is sent in another type than comes back is taken, and the answer keeps its schema."""
    assert isinstance(crm.post("/deals", {"title": 5, "stage": 1}).json["data"]["title"], str)


def test_results_may_lie_deeper(crm: Crm) -> None:
    """A search that wraps each record shows records in its own wrapping."""
    found = crm.get("/deals/search").json["data"]
    assert len(found) == 3
    assert all(isinstance(one["item"]["id"], int) for one in found)


def test_deleted_records_do_not_come_back(crm: Crm) -> None:
    """An imagined record can be deleted for good."""
    assert crm.ask("DELETE", "/deals/7").json["data"] == {"id": 7}
    crm.documented = False
    assert crm.get("/deals/7").status == 404


def test_other_operations_answer_their_examples(crm: Crm) -> None:
    """What works on no collection is answered from the document, and its writes count."""
    reply = crm.post("/deals/7/convert")
    assert (reply.status, reply.json) == (202, {"job": "j-1"})
    export = crm.get("/export")
    assert (export.header("content-type"), export.answer.body) == ("text/csv", b"id,title\n")
    for _ in range(2):
        assert crm.ask("PUT", "/export", {"a": 1}).status == 204
    crm.post("/deals/7/convert")
    assert [operation for operation, _ in crm.written] == ["convertDeal", "replaceExport", "convertDeal"]
