"""Values for schemas with keywords that our makers lack: Schemathesis generates them.

It has no public way to generate bodies of answers; a document in which the schema is the body of a request does it. It is
imported on first use, because it changes Hypothesis for the whole process.
"""

import json
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from crm_contracts.model.json import JSON

_PLACE = "#/components/schemas/"


def generated(whole: Mapping[str, JSON]) -> st.SearchStrategy[JSON]:
    """Return Schemathesis' strategy for a whole schema; nothing, where it is not installed or cannot read the schema.

    >>> generated({"type": "object", "required": ["a"]}).is_empty
    False
    """
    try:
        import schemathesis
    except ImportError:
        return st.nothing()
    try:
        operation = schemathesis.openapi.from_dict(document(whole))["/values"]["POST"]
        return operation.as_strategy().map(_body)
    except Exception:  # noqa: BLE001 - whatever it does not like about a schema, it is asked as a last resort
        return st.nothing()


def document(whole: Mapping[str, JSON]) -> dict[str, Any]:
    """The document in which a schema is the body of a request; what is read-only elsewhere must not vanish here."""
    text = json.dumps(whole).replace('"#/$defs/', f'"{_PLACE}')
    schema = _shown(json.loads(text))
    definitions = schema.pop("$defs", {})
    return {
        "openapi": "3.1.0",
        "info": {"title": "Values", "version": "1"},
        "paths": {
            "/values": {
                "post": {
                    "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
                    "responses": {"200": {"description": "OK"}},
                }
            }
        },
        "components": {"schemas": definitions},
    }


def _shown(value: Any) -> Any:
    if isinstance(value, list):
        return [_shown(part) for part in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _shown(part)
        for name, part in value.items()
        if not (name in {"readOnly", "writeOnly"} and part is True)
    }


def _body(case: Any) -> JSON:
    body: JSON = case.body
    return body
