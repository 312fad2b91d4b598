"""Several schemas that hold at once as one: references, `allOf` and what stands beside them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from crm_contracts.model.json import JSON

_DEEPEST: Final = 24
_LINKS: Final = {"$ref", "allOf", "anyOf", "oneOf", "$defs", "x-discriminator"}
_DATA: Final = {"examples", "default", "readOnly", "writeOnly"}
_OBJECT: Final = {"properties", "patternProperties", "additionalProperties"}
CHECKED: Final = {
    *("not", "if", "contains", "dependentSchemas", "unevaluatedProperties", "unevaluatedItems", "allOf"),
}
"""Keywords that no choice follows from: what is drawn is held against them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Union:
    """The branches of an `anyOf`, or (`only`) of a `oneOf`."""

    branches: tuple[JSON, ...]
    only: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Flat:
    """A schema without references and `allOf`; one branch of each union holds as well."""

    words: Mapping[str, Any]
    unions: tuple[Union, ...] = ()


def flat(schema: JSON, definitions: Mapping[str, JSON], depth: int = 0) -> Flat | None:
    """Put a schema, what it refers to and its `allOf` into one; None: nothing is valid.

    >>> flat({"allOf": [{"type": "string"}, {"maxLength": 3}]}, {}).words
    {'type': 'string', 'maxLength': 3}
    """
    if not isinstance(schema, dict):
        return None if schema is False else Flat(words={})
    words: dict[str, Any] | None = {key: value for key, value in schema.items() if key not in _LINKS}
    unions = list(_unions(schema))
    for part in _parts(schema, definitions) if depth < _DEEPEST else ():
        inner = flat(part, definitions, depth + 1)
        words = None if inner is None or words is None else both(words, inner.words)
        if inner is None or words is None:
            return None
        unions += inner.unions
    return Flat(words=words or {}, unions=tuple(unions))


def _parts(schema: Mapping[str, JSON], definitions: Mapping[str, JSON]) -> list[JSON]:
    parts: list[JSON] = []
    if "$ref" in schema:
        parts.append(definitions.get(str(schema["$ref"]).removeprefix("#/$defs/"), True))
    branches = schema.get("allOf")
    return [*parts, *branches] if isinstance(branches, list) else parts


def _unions(schema: Mapping[str, JSON]) -> list[Union]:
    told = schema.get("x-discriminator")
    found = []
    for word in ("oneOf", "anyOf"):
        branches = schema.get(word)
        if isinstance(branches, list) and branches:
            named = tuple(_named(branch, told) for branch in branches)
            found.append(Union(branches=named, only=word == "oneOf"))
    return found


def _named(branch: JSON, told: JSON) -> JSON:
    """A branch that bears its own name, where a discriminator asks for it."""
    if not isinstance(told, dict) or not isinstance(branch, dict) or "$ref" not in branch:
        return branch
    mapping, name = told.get("mapping"), str(told.get("propertyName"))
    values: list[JSON] = (
        [value for value, target in mapping.items() if target == branch["$ref"]]
        if isinstance(mapping, dict)
        else []
    )
    if not values:
        return branch
    bears: JSON = {"properties": {name: {"enum": values}}, "required": [name]}
    return {"allOf": [branch, bears]}


def both(one: Mapping[str, Any], two: Mapping[str, Any]) -> dict[str, Any] | None:
    """The words of two schemas that hold at the same time; None: no value keeps both.

    >>> both({"type": ["string", "null"], "maxLength": 5}, {"type": "string", "maxLength": 3})
    {'type': ['string'], 'maxLength': 3}
    """
    words = dict(one)
    for key, value in two.items():
        if key in _OBJECT:
            continue
        if key not in words:
            words[key] = value
        elif words[key] != value:
            joined = _join(key, words[key], value)
            if joined is None and key not in _DATA:
                words.setdefault("allOf", [])
                words["allOf"] = [*words["allOf"], {key: value}]
            elif joined is not None:
                words[key] = joined
    if words.get("enum") == [] or words.get("type") == []:
        return None
    return words | _objects(one, two)


def _objects(one: Mapping[str, Any], two: Mapping[str, Any]) -> dict[str, Any]:
    """What holds for the members of an object that keeps two schemas."""
    if not _OBJECT & (one.keys() | two.keys()):
        return {}
    mine, others = one.get("properties", {}), two.get("properties", {})
    names = dict.fromkeys((*mine, *others))
    words: dict[str, Any] = {
        "properties": {name: _all(_member(one, name), _member(two, name)) for name in names}
    }
    patterns = {**one.get("patternProperties", {}), **two.get("patternProperties", {})}
    rest = _all(one.get("additionalProperties", True), two.get("additionalProperties", True))
    if patterns:
        words["patternProperties"] = patterns
    return words if rest is True else words | {"additionalProperties": rest}


def _member(schema: Mapping[str, Any], name: str) -> Any:
    properties = schema.get("properties", {})
    if name in properties:
        return properties[name]
    # A pattern may allow it: whether it does is asked of the validator.
    return True if schema.get("patternProperties") else schema.get("additionalProperties", True)


def _all(one: Any, two: Any) -> Any:
    if one is False or two is False:
        return False
    if one is True or one in ({}, two):
        return two
    return one if two is True or two == {} else {"allOf": [one, two]}


def _types(one: Any, two: Any) -> list[str]:
    mine, others = ([kinds] if isinstance(kinds, str) else list(kinds) for kinds in (one, two))
    kept = [kind for kind in mine if kind in others or (kind == "integer" and "number" in others)]
    return [*kept, *(kind for kind in others if kind == "integer" and "number" in mine and kind not in kept)]


def _join(word: str, one: Any, two: Any) -> Any:
    """One value of a keyword that means both; None: there is none, each must be asked for itself."""
    if word in _LEAST:
        return max(one, two)
    if word in _MOST:
        return min(one, two)
    if word in {"items", "propertyNames"}:
        return _all(one, two)
    if word == "type":
        return _types(one, two)
    if word == "required":
        return list(dict.fromkeys((*one, *two)))
    if word == "enum":
        return [option for option in one if option in two]
    return one or two if word == "uniqueItems" else None


_LEAST: Final = {"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"}
_MOST: Final = {"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"}
