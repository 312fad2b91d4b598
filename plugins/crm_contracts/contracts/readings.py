"""From a text without types to the values that it can mean, by the types that a schema speaks of."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from crm_contracts.model.json import JSON

Types = frozenset[str]

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,307})")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,300})(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,2})?")
_BOOLEANS: Final = {"true": True, "false": False}
_DEEPEST: Final = 8


def types_of(schema: JSON, whole: Mapping[str, JSON], depth: int = 0) -> Types:
    """Return the JSON types that a schema speaks of; none where it does not say.

    >>> sorted(types_of({"anyOf": [{"type": "integer"}, {"enum": ["all"]}]}, {}))
    ['integer', 'string']
    """
    if not isinstance(schema, dict) or depth > _DEEPEST:
        return frozenset()
    said = schema.get("type")
    if said is not None:
        return frozenset(
            [said] if isinstance(said, str) else map(str, said if isinstance(said, list) else [])
        )
    values = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if isinstance(values, list):
        return frozenset(map(_type, values))
    inner = [resolved(schema, whole)] if "$ref" in schema else _branches(schema)
    return frozenset().union(*(types_of(part, whole, depth + 1) for part in inner))


def scalars(text: str, types: Types) -> Iterator[JSON]:
    """Yield what a text can mean as one value of these types, at least the text itself.

    >>> list(scalars("5", frozenset(["integer", "string"]))), list(scalars("x", frozenset(["integer"])))
    ([5, '5'], ['x'])
    """
    told = False
    if types & {"integer", "number"} and _NUMBER.fullmatch(text):
        yield int(text) if _INTEGER.fullmatch(text) else float(text)
        told = True
    if "boolean" in types and text in _BOOLEANS:
        yield _BOOLEANS[text]
        told = True
    if "null" in types and text in {"", "null"}:
        yield None
        told = True
    if not told or "string" in types or not types:
        yield text


def property_of(schema: Mapping[str, JSON], name: str) -> JSON:
    """Return the schema of one property of an object, or of the properties that have no name."""
    properties = part_of(schema, schema, "properties")
    return member_of(properties, name, part_of(schema, schema, "additionalProperties"))


def member_of(properties: JSON, name: str, rest: JSON) -> JSON:
    """Return the schema of one member among `properties`, else that of the `rest`."""
    return properties[name] if isinstance(properties, dict) and name in properties else rest


def part_of(schema: object, whole: Mapping[str, JSON], word: str, depth: int = 0) -> Any:
    """Return the value of a keyword, also through a reference or the branches of a union; None: nobody says it."""
    if not isinstance(schema, dict) or depth > _DEEPEST:
        return None
    if word in schema:
        return schema[word]
    inner = [resolved(schema, whole)] if "$ref" in schema else _branches(schema)
    return next(
        (found for part in inner if (found := part_of(part, whole, word, depth + 1)) is not None), None
    )


def resolved(schema: Mapping[str, JSON], whole: Mapping[str, JSON]) -> JSON:
    """Return what the reference of a schema names in the `$defs` of the whole."""
    defs = whole.get("$defs")
    return defs.get(str(schema["$ref"]).removeprefix("#/$defs/")) if isinstance(defs, dict) else None


def _branches(schema: Mapping[str, JSON]) -> list[JSON]:
    found: list[JSON] = []
    for word in ("anyOf", "oneOf", "allOf"):
        branches = schema.get(word)
        found += branches if isinstance(branches, list) else []
    return found


def _type(value: JSON) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    kinds = {int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return kinds[type(value)]
