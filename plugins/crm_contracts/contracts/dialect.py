"""OpenAPI 3.0's dialect of JSON Schema in the words of draft 2020-12, one schema at a time.

https://spec.openapis.org/oas/v3.0.4#schema-object against https://json-schema.org/draft/2020-12. Where authors often
mean more than 3.0 says (`nullable` beside `$ref` or without `type`), the wider meaning holds: nobody is accused for it.
"""

from collections.abc import Mapping
from typing import Final

from crm_contracts.model.json import JSON

MAPS: Final = ("properties", "patternProperties", "dependentSchemas")
"""Keywords whose value is a map of schemas."""
LISTS: Final = ("allOf", "anyOf", "oneOf", "prefixItems")
"""Keywords whose value is a list of schemas."""
SINGLES: Final = (
    "items",
    "additionalProperties",
    "not",
    "contains",
    "propertyNames",
    "if",
    "then",
    "else",
    "unevaluatedProperties",
    "unevaluatedItems",
)
"""Keywords whose value is one schema."""
PLAIN: Final = frozenset(
    {
        *(
            "type",
            "enum",
            "const",
            "multipleOf",
            "maximum",
            "exclusiveMaximum",
            "minimum",
            "exclusiveMinimum",
        ),
        *(
            "maxLength",
            "minLength",
            "pattern",
            "maxItems",
            "minItems",
            "uniqueItems",
            "maxContains",
            "minContains",
        ),
        *("maxProperties", "minProperties", "required", "dependentRequired", "format"),
        *("default", "examples", "readOnly", "writeOnly"),
    }
)
"""Keywords that hold no schema and mean something to a validator or to an example."""

_BOUNDS = (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum"))


def modern(schema: Mapping[str, JSON]) -> dict[str, JSON]:
    """Return the keywords of one schema, its parts untouched, as draft 2020-12 writes them.

    >>> modern({"type": "integer", "nullable": True, "minimum": 0, "exclusiveMinimum": True})
    {'type': ['integer', 'null'], 'exclusiveMinimum': 0}
    """
    words = dict(schema)
    _bounds(words)
    _example(words)
    if words.pop("nullable", False) is True:
        return _nullable(words)
    return words


def _bounds(words: dict[str, JSON]) -> None:
    for bound, exclusive in _BOUNDS:
        said = words.get(exclusive)
        if isinstance(said, bool):
            del words[exclusive]
            if said and bound in words:
                words[exclusive] = words.pop(bound)


def _example(words: dict[str, JSON]) -> None:
    example = words.pop("example", None)
    examples = words.get("examples")
    if example is not None and not isinstance(examples, list):
        words["examples"] = [example]


def _nullable(words: dict[str, JSON]) -> dict[str, JSON]:
    enum = words.get("enum")
    if isinstance(enum, list) and None not in enum:
        words["enum"] = [*enum, None]
    said = words.get("type")
    if isinstance(said, str):
        return words | {"type": [said, "null"]}
    if isinstance(said, list):
        return words if "null" in said else words | {"type": [*said, "null"]}
    if {"$ref", "allOf", "anyOf", "oneOf", "not", "const"} & words.keys():
        return {"anyOf": [words, {"type": "null"}]}
    return words
