"""A schema as the differ sees it: references followed, `allOf` put together, null told apart."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from crm_contracts.model.json import JSON

_DEEPEST = 16
LIMITS = (
    *("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"),
    *("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"),
)
"""Keywords with a number that a value must keep below (max) or above (min)."""
EXACT = ("pattern", "format", "multipleOf")
"""Keywords that only are the same or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What one schema says; `types` and `values` are None where it does not say.

    `reference` is the name under which it stands among the `$defs`, if it does.
    """

    reference: str | None = None
    types: frozenset[str] | None = None
    values: tuple[str, ...] | None = None
    properties: Mapping[str, JSON] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    items: JSON = None
    others: JSON = None
    branches: tuple[JSON, ...] = ()
    rules: Mapping[str, JSON] = field(default_factory=dict)

    @property
    def closed(self) -> bool:
        """Whether no other properties are allowed."""
        return self.others is False


def view(node: JSON, whole: Mapping[str, JSON]) -> View:
    """Return the view of a schema inside of a whole one.

    >>> seen = view(
    ...     {"anyOf": [{"$ref": "#/$defs/A"}, {"type": "null"}]}, {"$defs": {"A": {"type": "string"}}}
    ... )
    >>> sorted(seen.types), seen.reference
    (['null', 'string'], 'A')
    """
    words, reference = _flat(node, whole, 0)
    nulls = [branch for branch in _union(words) if _is_null(branch)]
    others = [branch for branch in _union(words) if not _is_null(branch)]
    if nulls and len(others) == 1:
        inner = view(others[0], whole)
        return _with_null(inner)
    values = words.get("enum", [words["const"]] if "const" in words else None)
    properties = words.get("properties")
    required = words.get("required")
    return View(
        reference=reference,
        types=_types(words),
        values=tuple(json.dumps(value, ensure_ascii=False) for value in values)
        if isinstance(values, list)
        else None,
        properties=properties if isinstance(properties, dict) else {},
        required=frozenset(map(str, required)) if isinstance(required, list) else frozenset(),
        items=words.get("items"),
        others=words.get("additionalProperties"),
        branches=tuple(_union(words)),
        rules={word: words[word] for word in (*LIMITS, *EXACT) if word in words},
    )


def shape(node: JSON, whole: Mapping[str, JSON]) -> str:
    """Return a text that two schemas share when they mean the same, one level deep."""
    seen = view(node, whole)
    told = (
        seen.reference,
        sorted(seen.types or ()),
        seen.values,
        sorted(seen.properties),
        seen.items,
        sorted(seen.rules.items()),
    )
    return json.dumps(told, default=str, sort_keys=True)


def _flat(node: JSON, whole: Mapping[str, JSON], depth: int) -> tuple[dict[str, JSON], str | None]:
    if not isinstance(node, dict) or depth > _DEEPEST:
        return {}, None
    words, name = dict(node), None
    reference = words.pop("$ref", None)
    if isinstance(reference, str):
        name = reference.removeprefix("#/$defs/")
        defs = whole.get("$defs")
        inner, _name = _flat(defs.get(name) if isinstance(defs, dict) else None, whole, depth + 1)
        words = _merged(inner, words)
    parts = words.pop("allOf", None)
    for part in parts if isinstance(parts, list) else ():
        words = _merged(words, _flat(part, whole, depth + 1)[0])
    return words, name


def _merged(one: Mapping[str, JSON], other: Mapping[str, JSON]) -> dict[str, JSON]:
    both = {**one, **other}
    for word in ("properties", "required"):
        first, second = one.get(word), other.get(word)
        if isinstance(first, dict) and isinstance(second, dict):
            both[word] = {**first, **second}
        elif isinstance(first, list) and isinstance(second, list):
            both[word] = [*first, *second]
    return both


def _types(words: Mapping[str, JSON]) -> frozenset[str] | None:
    said = words.get("type")
    if isinstance(said, str):
        return frozenset((said,))
    if isinstance(said, list):
        return frozenset(map(str, said))
    return frozenset(("object",)) if isinstance(words.get("properties"), dict) else None


def _union(words: Mapping[str, JSON]) -> Iterator[JSON]:
    for word in ("anyOf", "oneOf"):
        branches = words.get(word)
        yield from branches if isinstance(branches, list) else ()


def _is_null(branch: JSON) -> bool:
    return isinstance(branch, dict) and branch.get("type") == "null"


def _with_null(inner: View) -> View:
    return View(
        reference=inner.reference,
        types=None if inner.types is None else inner.types | {"null"},
        values=None if inner.values is None else (*inner.values, "null"),
        properties=inner.properties,
        required=inner.required,
        items=inner.items,
        others=inner.others,
        branches=inner.branches,
        rules=inner.rules,
    )
