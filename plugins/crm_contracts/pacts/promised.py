"""What a schema promises of an answer, for one who reads a part of it only.

A consumer's example has the fields that it reads: none needs to be there, but each must be one that the schema names, for
what nobody describes may be gone tomorrow. What cannot be asked of a part (`required`, `minItems`, `not`) is left out.
"""

from collections.abc import Mapping
from typing import Final

from crm_contracts.contracts.readings import part_of, resolved
from crm_contracts.model.json import JSON

_WHOLE: Final = frozenset(
    {
        *("required", "minItems", "maxItems", "minProperties", "maxProperties", "uniqueItems", "contains"),
        *("minContains", "maxContains", "dependentRequired", "dependentSchemas", "not", "if", "then", "else"),
        *("x-discriminator", "unevaluatedProperties", "unevaluatedItems"),
    }
)
_NAMED: Final = frozenset({"properties", "patternProperties"})
_SINGLE: Final = frozenset({"items", "additionalProperties"})
_DEEPEST: Final = 8
_BRANCHES: Final = frozenset({"allOf", "anyOf", "oneOf"})


def promised(whole: Mapping[str, JSON]) -> dict[str, JSON]:
    """Return a schema, whole with its `$defs`, as one for parts of its values.

    >>> promised({"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]})
    {'type': 'object', 'properties': {'id': {'type': 'string'}}, 'unevaluatedProperties': False}
    """
    defs = whole.get("$defs")
    root = {word: value for word, value in whole.items() if word != "$defs"}
    loose = _value(root, whole)
    assert isinstance(loose, dict)
    if not isinstance(defs, dict):
        return loose
    return loose | {"$defs": {name: _loose(part, whole) for name, part in defs.items()}}


def part_at(whole: Mapping[str, JSON], place: tuple[str | int, ...]) -> JSON:
    """Return the schema of the value at a place, as far as it can be followed; None: nobody describes it."""
    schema: JSON = {word: value for word, value in whole.items() if word != "$defs"}
    for step in place:
        if isinstance(step, int):
            schema = part_of(schema, whole, "items")
        else:
            properties = part_of(schema, whole, "properties")
            named = properties.get(step) if isinstance(properties, dict) else None
            schema = part_of(schema, whole, "additionalProperties") if named is None else named
    return _followed(schema, whole)


def _followed(schema: JSON, whole: Mapping[str, JSON]) -> JSON:
    """A schema without its references, as far as nobody could follow them for ever."""
    for _step in range(_DEEPEST):
        if not isinstance(schema, dict) or "$ref" not in schema:
            break
        target = resolved(schema, whole)
        beside = {word: value for word, value in schema.items() if word != "$ref"}
        schema = {**target, **beside} if isinstance(target, dict) else beside
    return schema


def _value(schema: JSON, whole: Mapping[str, JSON]) -> JSON:
    """The schema of a value of its own: here the members end. Branches and definitions are seen through."""
    loose = _loose(schema, whole)
    if isinstance(loose, dict) and part_of(schema, whole, "properties") is not None:
        return loose | {"unevaluatedProperties": False}
    return loose


def _loose(schema: JSON, whole: Mapping[str, JSON]) -> JSON:
    if not isinstance(schema, dict):
        return schema
    loose: dict[str, JSON] = {}
    for word, value in schema.items():
        if word in _WHOLE:
            continue
        if word in _NAMED and isinstance(value, dict):
            loose[word] = {name: _value(part, whole) for name, part in value.items()}
        elif word in _SINGLE:
            loose[word] = _value(value, whole)
        elif word == "prefixItems" and isinstance(value, list):
            loose[word] = [_value(part, whole) for part in value]
        elif word in _BRANCHES and isinstance(value, list):
            _branches(loose, word, [_loose(part, whole) for part in value])
        else:
            loose[word] = value
    return loose


def _branches(loose: dict[str, JSON], word: str, parts: list[JSON]) -> None:
    """Of parts, several branches of a `oneOf` may be valid."""
    word = "anyOf" if word == "oneOf" else word
    if word not in loose:
        loose[word] = parts
        return
    known = loose.setdefault("allOf", [])
    assert isinstance(known, list)
    known.append({word: parts})
