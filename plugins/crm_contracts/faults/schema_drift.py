"""Answers of another shape than the contract says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from crm_contracts.faults.own_answer import RewrittenFault
from crm_contracts.model.exchange import Request
from crm_contracts.model.fault import Trait
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _

Change = Literal["renamed", "removed", "type_changed", "null", "new_enum_value", "extra_field"]
NEW_VALUE = "INTRODUCED_LATELY"
"""A word that no enumeration has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaDrift(RewrittenFault):
    """The CRM's answers changed their shape with a release: in every object that has `field`, wherever it stands.

    `renamed`: it is called `field` + `New`; `removed`: it is gone; `type_changed`: a number is a text, a text an object;
    `null`: it is null; `new_enum_value`: it has a value that nobody has heard of; `extra_field`: another stands beside it.
    The last two are compatible changes that every caller must bear.

    Example: `{fault: schema_drift, field: status, change: removed}`.
    Source: N7, N26; incident A (cached orders of an older shape).
    """

    fault: Literal["schema_drift"] = "schema_drift"
    field: Annotated[str, Field(min_length=1, description="The name of the field, at any depth.")] = "id"
    change: Annotated[Change, Field(description="What became of it.")]

    def traits(self) -> frozenset[Trait]:
        """A successful answer is not as the contract says; what was only added is no trouble."""
        if self.change in {"new_enum_value", "extra_field"}:
            return frozenset()
        return frozenset({Trait.MALFORMED}) | self._ambiguous()

    def sentence(self) -> str:
        """The change, and which exchanges."""
        change = {
            "renamed": _("has another name"),
            "removed": _("is gone"),
            "type_changed": _("has another type"),
            "null": _("is null"),
            "new_enum_value": _("has a value that is new"),
            "extra_field": _("has another field beside it"),
        }[self.change]
        sentence = _("in answers the field {field} {change}{which}")
        return sentence.format(field=self.field, change=change, which=self._aside())

    def rewritten(self, value: JSON, request: Request) -> JSON:
        """The same value, drifted."""
        if isinstance(value, list):
            return [self.rewritten(entry, request) for entry in value]
        if not isinstance(value, dict):
            return value
        inside = {name: self.rewritten(entry, request) for name, entry in value.items()}
        return drifted(inside, self.field, self.change) if self.field in value else inside


def drifted(record: Mapping[str, JSON], field: str, change: Change) -> dict[str, JSON]:
    """Return a record with one field changed.

    >>> drifted({"id": 7, "a": 1}, "id", "type_changed")
    {'id': '7', 'a': 1}
    """
    if change == "extra_field":
        return {**record, f"{field}New": NEW_VALUE}
    if change == "removed":
        return {name: value for name, value in record.items() if name != field}
    if change == "renamed":
        return {(f"{field}New" if name == field else name): value for name, value in record.items()}
    return {**record, field: _VALUES[change](record[field])}


def _of_another_type(value: JSON) -> JSON:
    if value is None or isinstance(value, str):
        return {"value": value}
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else [value]


_VALUES: Mapping[Change, Callable[[JSON], JSON]] = {
    "type_changed": _of_another_type,
    "null": lambda _value: None,
    "new_enum_value": lambda _value: NEW_VALUE,
}
