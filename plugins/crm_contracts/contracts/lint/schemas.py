"""What is wrong in the schemas of a document: words that JSON Schema does not have, values that they may not have."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from jsonschema_rs import Draft202012Validator, ValidationError

from crm_contracts.contracts.dialect import LISTS, MAPS, PLAIN, SINGLES
from crm_contracts.contracts.lint.findings import Linted
from crm_contracts.contracts.structure import schemas_of
from crm_contracts.documents import Document, Place
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _
from crm_contracts.model.problem import Problem, nearest

_TYPES: Final = ("array", "boolean", "integer", "null", "number", "object", "string")
_OLD: Final = {
    "nullable",
    "example",
    "discriminator",
    "xml",
    "externalDocs",
    "deprecated",
    "title",
    "description",
}
_NEW: Final = {
    *(
        "$ref",
        "$defs",
        "$id",
        "$schema",
        "$anchor",
        "$dynamicRef",
        "$dynamicAnchor",
        "$vocabulary",
        "$comment",
    ),
    *("definitions", "contentEncoding", "contentMediaType", "contentSchema"),
}
_KNOWN: Final = frozenset({*MAPS, *LISTS, *SINGLES, *PLAIN, *_OLD, *_NEW})
_DEFINED: Final = (*MAPS, "$defs", "definitions")


def words(linted: Linted) -> Iterator[Problem]:
    """Tell which words of a schema are none, and which have a value that they may not have."""
    for name, document, _node in linted.roots:
        old = linted.schemas.old(name)
        for place in schemas_of(document.value):
            for where, schema in parts_of(place, document.get(place)):
                yield from _words(document, where, schema, old=old)


def parts_of(place: Place, schema: JSON) -> Iterator[tuple[Place, dict[str, JSON]]]:
    """Yield a schema and every schema that stands inside of it, each with its place."""
    if not isinstance(schema, dict):
        return
    yield place, schema
    for word in _DEFINED:
        inner = schema.get(word)
        for name, part in inner.items() if isinstance(inner, dict) else ():
            yield from parts_of((*place, word, name), part)
    for word in LISTS:
        inner = schema.get(word)
        for index, part in enumerate(inner if isinstance(inner, list) else ()):
            yield from parts_of((*place, word, index), part)
    for word in SINGLES:
        yield from parts_of((*place, word), schema.get(word))


def _words(document: Document, place: Place, schema: dict[str, JSON], *, old: bool) -> Iterator[Problem]:
    for word in schema:
        if word not in _KNOWN and not word.startswith("x-"):
            meant = nearest(word, _KNOWN)
            # JSON Schema lets anybody add words, so in 3.1 only what looks like a slip is one.
            if old or meant:
                message = _("A schema has no word {name!r}.").format(name=word)
                yield document.problem((*place, word), message, key=True, suggestion=meant)
    yield from _dialect(document, place, schema, old=old)
    yield from _values(document, place, schema, old=old)


def _dialect(document: Document, place: Place, schema: dict[str, JSON], *, old: bool) -> Iterator[Problem]:
    if "nullable" in schema and not old:
        remedy = _('Write `type: [string, "null"]`, with the type that it has.')
        yield document.problem(
            (*place, "nullable"), _("OpenAPI 3.1 has no `nullable`."), key=True, remedy=remedy
        )
    for word in ("exclusiveMinimum", "exclusiveMaximum"):
        if word in schema and isinstance(schema[word], bool) != old:
            message = (
                _("In OpenAPI 3.0 {word} is true or false.")
                if old
                else _("In OpenAPI 3.1 {word} is the bound itself.")
            )
            yield document.problem((*place, word), message.format(word=word))
    if old and isinstance(schema.get("type"), list):
        remedy = _("Write one type, and `nullable: true` where null is allowed.")
        yield document.problem((*place, "type"), _("In OpenAPI 3.0 a schema has one type."), remedy=remedy)


def _values(document: Document, place: Place, schema: dict[str, JSON], *, old: bool) -> Iterator[Problem]:
    said = schema.get("type", "string")
    for kind in said if isinstance(said, list) else [said]:
        if kind not in _TYPES or (old and kind == "null"):
            known = tuple(one for one in _TYPES if not old or one != "null")
            message = _("Unknown type {name!r}.").format(name=kind)
            yield document.problem(
                (*place, "type"), message, allowed=known, suggestion=nearest(str(kind), known)
            )
    if isinstance(schema.get("required"), bool):
        message = _("`required` is a list of names, and stands beside `properties`.")
        yield document.problem((*place, "required"), message)
    elif old and schema.get("type") == "array" and "items" not in schema:
        yield document.problem(place, _("In OpenAPI 3.0 an array says what its `items` are."))
    for word in _CHECKED & schema.keys():
        yield from _refused(document, place, word, schema[word])


def _refused(document: Document, place: Place, word: str, value: JSON) -> Iterator[Problem]:
    if word == "required" and isinstance(value, bool):
        return
    if word.startswith("exclusive") and isinstance(value, bool):
        return
    try:
        Draft202012Validator({word: value})
    except ValidationError:
        message = _("{word} must be {wanted}.").format(word=word, wanted=_CHECKS[word]())
        yield document.problem((*place, word), message)


def _count() -> str:
    return _("a whole number, 0 or more")


def _number() -> str:
    return _("a number")


_CHECKS: Final[Mapping[str, Callable[[], str]]] = {
    "pattern": lambda: _("a regular expression"),
    "required": lambda: _("a list of names, each once"),
    "enum": lambda: _("a list of values"),
    "multipleOf": lambda: _("a number above 0"),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), _number),
    **dict.fromkeys(
        ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), _count
    ),
}
_CHECKED: Final = frozenset(_CHECKS)


def bounds(linted: Linted) -> Iterator[Problem]:
    """Tell which schemas no value can keep, because their least is above their most."""
    for _name, document, _node in linted.roots:
        for place in schemas_of(document.value):
            for where, schema in parts_of(place, document.get(place)):
                yield from _bounds(document, where, schema)


def _bounds(document: Document, place: Place, schema: dict[str, JSON]) -> Iterator[Problem]:
    for least, most in (("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems")):
        low: Any = schema.get(least)
        high: Any = schema.get(most)
        if isinstance(low, (int, float)) and isinstance(high, (int, float)) and low > high:
            message = _("{least} is above {most}: nothing fits.").format(least=least, most=most)
            yield document.problem((*place, least), message)


def names(linted: Linted) -> Iterator[Problem]:
    """Tell which required names look like a slip of a property's name."""
    for _name, document, _node in linted.roots:
        for place in schemas_of(document.value):
            for where, schema in parts_of(place, document.get(place)):
                properties, required = schema.get("properties"), schema.get("required")
                if isinstance(properties, dict) and isinstance(required, list):
                    yield from _slips(document, where, properties, required)


def _slips(
    document: Document, place: Place, properties: Mapping[str, JSON], required: list[JSON]
) -> Iterator[Problem]:
    for index, name in enumerate(required):
        meant = nearest(name, properties) if isinstance(name, str) and name not in properties else None
        if meant:
            message = _("The schema requires {name!r}, which it does not describe.").format(name=name)
            yield document.problem((*place, "required", index), message, suggestion=meant)


RULES = (words, bounds, names)
