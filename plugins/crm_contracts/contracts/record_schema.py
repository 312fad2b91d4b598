"""What a record of a collection looks like: from the answer of the operation that gets one."""

from collections.abc import Mapping
from typing import Any

from crm_contracts.contracts.schemas import Schemas
from crm_contracts.model.contract import Action, Contract, Operation
from crm_contracts.model.json import JSON, FrozenJSON

_ONE = (Action.GET, Action.CREATE, Action.PATCH, Action.REPLACE)


def record_schema(contract: Contract, collection: str) -> dict[str, JSON] | None:
    """Return the whole schema of a collection's records, its `allOf` and references put in; None: nobody says.

    The envelope of a success (`results.envelope`) is taken off.
    """
    schemas = Schemas(contract.documents)
    mine = [
        one for one in contract.operations.values() if one.collection == collection and one.action in _ONE
    ]
    for operation in sorted(mine, key=lambda one: _ONE.index(one.action)):
        whole = _answered(operation, schemas)
        if whole is not None:
            found = _inside(_flat(whole, whole), _way(contract.result), whole)
            return None if found is None else {**found, "$defs": whole.get("$defs", {})}
    return None


def _answered(operation: Operation, schemas: Schemas) -> dict[str, JSON] | None:
    for status in ("200", "201", "2XX"):
        response = operation.responses.get(status)
        for media in response.media.values() if response else ():
            if media.schema is not None and "json" in media.media_type:
                return schemas.whole(media.schema, "response")
    return None


def _way(envelope: FrozenJSON) -> list[str] | None:
    """The keys that lead to `{result}` in an envelope."""
    if envelope == "{result}":
        return []
    for key, part in envelope.items() if isinstance(envelope, Mapping) else ():
        inner = _way(part)
        if inner is not None:
            return [key, *inner]
    return None


def _inside(
    schema: dict[str, Any], way: list[str] | None, whole: Mapping[str, JSON]
) -> dict[str, JSON] | None:
    for key in way or ():
        schema = _flat(schema.get("properties", {}).get(key), whole)
    return schema if schema.get("properties") else None


def _flat(schema: JSON, whole: Mapping[str, JSON], depth: int = 0) -> dict[str, Any]:
    if not isinstance(schema, dict) or depth > 8:
        return {}
    words: dict[str, Any] = {
        key: value for key, value in schema.items() if key not in {"$ref", "allOf", "$defs"}
    }
    defs: Any = whole.get("$defs", {})
    branches: Any = schema.get("allOf", [])
    parts = [defs.get(str(schema["$ref"]).removeprefix("#/$defs/"))] if "$ref" in schema else []
    for part in (*parts, *branches):
        inner = _flat(part, whole, depth + 1)
        words["properties"] = {**inner.get("properties", {}), **words.get("properties", {})}
        words["required"] = [*inner.get("required", []), *words.get("required", [])]
        words = {**inner, **words}
    return words
