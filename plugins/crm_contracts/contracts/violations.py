"""What a validator found wrong, as violations with a pointer and a byte: the value itself is never quoted.

A value may be a secret or somebody's address; the raw bytes, redacted at capture, show it where it stands.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Literal

from jsonschema_rs import Draft202012Validator, ValidationError

from crm_contracts.contracts.json_scanner import Offsets, escape, scan
from crm_contracts.model.exchange import Violation
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _

Part = Literal["head", "query", "path", "body"]

MOST = 20
"""So many violations of one schema are told."""

_UPPER = re.compile(r"(?<=[a-z])(?=[A-Z])")
_UNEXPECTED = {"additionalProperties", "unevaluatedProperties"}


def schema_violations(validator: Draft202012Validator, value: JSON, data: bytes) -> tuple[Violation, ...]:
    """Return how a body breaks its schema; `data` are its bytes, whose offsets are told."""
    offsets = scan(data)
    errors = islice(validator.iter_errors(value), MOST)
    return tuple(violation for error in errors for violation in _violations(_sharpest(error), offsets))


def first_fault(validator: Draft202012Validator, value: JSON) -> tuple[str, str] | None:
    """Return the keyword that a value breaks first and a sentence about it, for values that have no bytes of their own."""
    error = next(iter(validator.iter_errors(value)), None)
    if error is None:
        return None
    error = _sharpest(error)
    return _word(error), sentence(error)


def json_pointer(path: Iterable[str | int]) -> str:
    """Return a path as a JSON pointer.

    >>> json_pointer(["contacts", 0, "a/b"])
    '/contacts/0/a~1b'
    """
    return "".join(f"/{escape(str(step))}" for step in path)


def sentence(error: ValidationError) -> str:
    """Return what a validator found, in the user's language and without the value."""
    said: dict[str, Any] = dict(error.kind.as_dict())
    keyword = error.kind.name
    if keyword not in _SENTENCES:
        return _("The value does not match {keyword}.").format(keyword=keyword)
    limit = _shown(next(iter(said.values()), ""))
    return _SENTENCES[keyword]().format(limit=limit)


def _violations(error: ValidationError, offsets: Offsets) -> Iterator[Violation]:
    pointer = json_pointer(error.instance_path)
    rule = f"schema.{_word(error)}"
    if error.kind.name in _UNEXPECTED:
        for name in error.kind.as_dict()["unexpected"]:
            here = f"{pointer}/{escape(name)}"
            message = _("The schema has no property {name!r} here.").format(name=name)
            yield Violation(rule=rule, message=message, offset=offsets.names.get(here), pointer=here)
    else:
        yield Violation(
            rule=rule, message=_placed(error, pointer), offset=offsets.nearest(pointer), pointer=pointer
        )


def _placed(error: ValidationError, pointer: str) -> str:
    return f"{pointer}: {sentence(error)}" if pointer else sentence(error)


def _word(error: ValidationError) -> str:
    return _UPPER.sub("_", error.kind.name).lower()


def _sharpest(error: ValidationError) -> ValidationError:
    """Of a union that nothing fits, the first fault of the one branch that was meant, where that can be told."""
    branches: list[list[ValidationError]] = getattr(error.kind, "context", [])
    depth = len(error.instance_path)
    meant = [
        branch for branch in branches if branch and not any(_other_kind(fault, depth) for fault in branch)
    ]
    return _sharpest(meant[0][0]) if len(meant) == 1 else error


def _other_kind(fault: ValidationError, depth: int) -> bool:
    # A value of another type, or another name of its kind: this branch is for other values.
    return fault.kind.name in {"const", "enum"} or (
        fault.kind.name == "type" and len(fault.instance_path) == depth
    )


def _shown(value: object) -> str:
    if isinstance(value, list):
        shown = ", ".join(map(str, value[:12]))
        return f"{shown}, …" if len(value) > 12 else shown
    return str(value)


_SENTENCES = {
    "type": lambda: _("The type must be {limit}."),
    "required": lambda: _("The property {limit!r} is missing."),
    "enum": lambda: _("The value must be one of {limit}."),
    "const": lambda: _("The value must be {limit}."),
    "format": lambda: _("The value is no {limit}."),
    "pattern": lambda: _("The value does not match the pattern {limit}."),
    "minLength": lambda: _("The text is shorter than {limit} characters."),
    "maxLength": lambda: _("The text is longer than {limit} characters."),
    "minimum": lambda: _("The number is less than {limit}."),
    "maximum": lambda: _("The number is more than {limit}."),
    "exclusiveMinimum": lambda: _("The number must be more than {limit}."),
    "exclusiveMaximum": lambda: _("The number must be less than {limit}."),
    "multipleOf": lambda: _("The number is no multiple of {limit}."),
    "minItems": lambda: _("The list has fewer than {limit} items."),
    "maxItems": lambda: _("The list has more than {limit} items."),
    "uniqueItems": lambda: _("An item stands twice in the list."),
    "contains": lambda: _("No item of the list is of the kind that must be there."),
    "minProperties": lambda: _("The object has fewer than {limit} properties."),
    "maxProperties": lambda: _("The object has more than {limit} properties."),
    "additionalProperties": lambda: _("The schema has no property {limit} here."),
    "unevaluatedProperties": lambda: _("The schema has no property {limit} here."),
    "unevaluatedItems": lambda: _("The schema has no such items here."),
    "additionalItems": lambda: _("The list has more than {limit} items."),
    "propertyNames": lambda: _("A property has a name that the schema does not allow."),
    "dependentRequired": lambda: _("The property {limit!r} is missing."),
    "anyOf": lambda: _("The value fits none of the shapes that the schema allows."),
    "oneOf": lambda: _("The value does not fit exactly one of the shapes that the schema allows."),
    "not": lambda: _("The value is what the schema excludes."),
    "falseSchema": lambda: _("The schema allows nothing here."),
}
