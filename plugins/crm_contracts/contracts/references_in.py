"""All references of a document, and the same document with some of them leading elsewhere."""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from crm_contracts.contracts.references import remote
from crm_contracts.documents import Document, Place
from crm_contracts.model.json import JSON

# Below these keys stand names that their author chose; below those, data.
_NAMES: Final = {
    *("properties", "patternProperties", "dependentSchemas", "$defs", "definitions", "schemas", "responses"),
    *(
        "parameters",
        "requestBodies",
        "headers",
        "securitySchemes",
        "links",
        "callbacks",
        "pathItems",
        "paths",
    ),
    *("webhooks", "content", "examples"),
}
_DATA: Final = {"example", "default", "enum", "const", "value", "mapping", "dataValue"}


def references_in(value: JSON) -> Iterator[tuple[Place, str]]:
    """Yield each `$ref` of a document with its place; data (examples, defaults) and extensions are not looked into.

    >>> list(references_in({"properties": {"a": {"$ref": "#/b"}}, "example": {"$ref": "no"}}))
    [(('properties', 'a', '$ref'), '#/b')]
    """
    yield from _references((), value, named=False)


def localised(document: Document, base: str, local: Mapping[str, str]) -> Document:
    """Return a document whose references to known addresses lead to files of the contract's folder instead."""
    places = {place: reference for place, reference in references_in(document.value) if remote(reference)}
    value = document.value
    for place, reference in places.items():
        for prefix, folder in local.items():
            if reference.startswith(prefix):
                target = posixpath.normpath(
                    posixpath.join(folder, reference[len(prefix) :].partition("#")[0])
                )
                beside = posixpath.relpath(target, posixpath.dirname(base) or ".")
                value = _replaced(value, place, f"{beside}#{reference.partition('#')[2]}")
                break
    return replace(document, value=value)


def _replaced(value: JSON, place: Place, new: JSON) -> JSON:
    # The document itself may be in other hands, too.
    if not place:
        return new
    step, rest = place[0], place[1:]
    if isinstance(value, dict) and isinstance(step, str):
        return value | {step: _replaced(value[step], rest, new)}
    if isinstance(value, list) and isinstance(step, int):
        return [*value[:step], _replaced(value[step], rest, new), *value[step + 1 :]]
    return value


def _references(path: Place, value: JSON, *, named: bool) -> Iterator[tuple[Place, str]]:
    if isinstance(value, list):
        for index, part in enumerate(value):
            yield from _references((*path, index), part, named=False)
    elif isinstance(value, dict):
        for key, part in value.items():
            if isinstance(part, (dict, list)):
                if named:
                    yield from _references((*path, key), part, named=False)
                elif key not in _DATA and not key.startswith("x-"):
                    yield from _references((*path, key), part, named=key in _NAMES)
            elif key == "$ref" and isinstance(part, str) and not named:
                yield (*path, key), part
