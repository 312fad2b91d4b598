"""Contracts that tests write: a folder with files, and small documents to put into it."""

import json
from pathlib import Path

from crm_contracts.contracts import load_contract
from crm_contracts.model.contract import Contract
from crm_contracts.model.exchange import Request
from crm_contracts.model.problem import Problem, Problems

HEAD = "openapi: 3.1.0\ninfo: {title: Test, version: '1'}\n"
"""The beginning of a document in OpenAPI 3.1."""
OLD_HEAD = HEAD.replace("3.1.0", "3.0.3")
"""The beginning of a document in OpenAPI 3.0."""

ORDERS = (
    HEAD
    + """
servers: [{url: https://api.example.com/crm/v1}]
paths:
  /orders:
    get:
      operationId: listOrders
      parameters:
        - {name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 100, default: 20}}
        - {name: after, in: query, schema: {type: string}}
      responses:
        "200": {description: Orders., content: {application/json: {schema: {$ref: "#/components/schemas/Page"}}}}
    post:
      operationId: createOrder
      parameters:
        - {name: Idempotency-Key, in: header, schema: {type: string, minLength: 8}}
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}
      responses:
        "201": {description: The order., content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}}
  /orders/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string, pattern: "^O-[0-9]+$"}}
    get:
      operationId: getOrder
      responses:
        "200": {description: The order., content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}}
components:
  schemas:
    Order:
      type: object
      additionalProperties: false
      required: [id, total]
      properties:
        id: {type: string, readOnly: true}
        total: {type: number, minimum: 0}
        placed: {type: string, format: date-time}
        note: {type: [string, "null"], maxLength: 20}
    Page:
      type: object
      required: [results]
      properties:
        results: {type: array, items: {$ref: "#/components/schemas/Order"}}
        next: {type: [string, "null"]}
"""
)
"""Orders in OpenAPI 3.1: list, create, get."""


def write(folder: Path, **files: str) -> Path:
    """Write files into a folder; `openapi_yaml` is openapi.yaml, and `a__b_yaml` is a/b.yaml."""
    for name, text in files.items():
        stem, _, suffix = name.replace("__", "/").rpartition("_")
        path = folder / f"{stem}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def contract(folder: Path, document: str = ORDERS, **files: str) -> Contract:
    """Write a contract with one document and load it."""
    return load_contract(write(folder, openapi_yaml=document, **files))


def problems(folder: Path, **files: str) -> tuple[Problem, ...]:
    """Write a contract that cannot be loaded, and return why."""
    try:
        load_contract(write(folder, **files))
    except Problems as found:
        return found.problems
    raise AssertionError("it could be loaded")


def places(found: tuple[Problem, ...]) -> list[str]:
    """Each problem as `name:line:column: message`, without the folders before the file's name."""
    return [
        f"{Path(one.position.file).name}:{one.position.line}:{one.position.column}: {one.message}"
        for one in found
    ]


def request(method: str, target: str, body: object = b"", **headers: str) -> Request:
    """Return a request as the gateway hands it on; a body that is no bytes is sent as JSON."""
    from crm_contracts.contracts.router import query_of

    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if data and "content-type" not in named:
        named["content-type"] = "application/json"
    path, _, query = target.partition("?")
    return Request(
        method=method,
        target=target,
        path=path,
        query=query_of(query),
        headers=tuple(named.items()),
        body=data,
    )
