"""Valid and invalid requests, drawn by Schemathesis; the same seed gives the same ones."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from crm_contracts.cases.drawing import INSTALL, Drawing
from crm_contracts.contracts.schemas import Schemas, compiled
from crm_contracts.model.contract import Contract, Media, Operation
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _

_PLACE = "#/components/schemas/"


class GeneratorMissing(Exception):  # noqa: N818 - a fact, told with the command that mends it
    """The extra that draws requests is not installed."""

    def __init__(self) -> None:
        sentence = _("Requests to a provider are drawn by Schemathesis. Install it with: {command}")
        super().__init__(sentence.format(command=INSTALL))


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnRequest:
    """A body and a query string (without `?`)."""

    body: bytes
    query: str = ""


def drawn_requests(
    contract: Contract, operation: Operation, media: Media, drawing: Drawing, *, valid: int, invalid: int
) -> tuple[list[DrawnRequest], list[DrawnRequest]]:
    """So many valid requests, and so many invalid ones; fewer where the schema leaves no room. Raises GeneratorMissing."""
    try:
        # Late: importing it costs time, and its strategies change Hypothesis for the whole process.
        import schemathesis
        from schemathesis import GenerationMode
    except ImportError:
        raise GeneratorMissing from None
    schemas = Schemas(contract.documents)
    whole = schemas.whole({} if media.schema is None else media.schema, "request")
    validator = compiled(whole)
    asked = schemathesis.openapi.from_dict(_document(whole, operation, schemas))["/values"]["POST"]

    def drawn(mode: Any, count: int) -> list[Any]:
        try:
            return drawing.drawn(asked.as_strategy(generation_mode=mode), count) if count else []
        except Exception:  # noqa: BLE001 - a schema that it does not like: our own cases remain
            return []

    good = [case for case in drawn(GenerationMode.POSITIVE, valid) if _is_valid(case.body, validator)]
    bad = drawn(GenerationMode.NEGATIVE, invalid)
    return [_request(case) for case in good], [_request(case) for case in bad]


def _is_valid(body: Any, validator: Any) -> bool:
    return isinstance(body, dict | list | str | int | float | bool | None) and bool(validator.is_valid(body))


def _document(whole: Mapping[str, JSON], operation: Operation, schemas: Schemas) -> dict[str, Any]:
    """The operation in a document of its own: its body, and those parameters of its query that need no other schema."""
    schema = json.loads(json.dumps(whole).replace('"#/$defs/', f'"{_PLACE}'))
    definitions = schema.pop("$defs", {})
    post = {
        "parameters": list(_parameters(operation, schemas)),
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "responses": {"200": {"description": "OK"}},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Requests", "version": "1"},
        "paths": {"/values": {"post": post}},
        "components": {"schemas": definitions},
    }


def _parameters(operation: Operation, schemas: Schemas) -> Iterator[dict[str, Any]]:
    for parameter in operation.parameters:
        if parameter.where == "query" and "$defs" not in (
            schema := schemas.whole(parameter.schema, "request")
        ):
            yield {
                "name": parameter.name,
                "in": "query",
                "required": parameter.required,
                "schema": dict(schema),
            }


def _request(case: Any) -> DrawnRequest:
    return DrawnRequest(body=_encoded(case.body), query=_query(case.query))


def _encoded(body: Any) -> bytes:
    if isinstance(body, bytes):
        return body
    try:
        return json.dumps(body).encode()
    except (TypeError, ValueError):
        # Schemathesis' word for a body that is left out.
        return b""


def _query(query: Any) -> str:
    if not isinstance(query, Mapping):
        return ""
    pairs = [(name, text) for name, value in query.items() for text in _texts(value)]
    return urlencode(pairs, errors="surrogatepass")


def _texts(value: Any) -> list[str]:
    if isinstance(value, list | tuple):
        return [text for part in value for text in _texts(part)]
    return [value if isinstance(value, str) else json.dumps(value, default=str)]
