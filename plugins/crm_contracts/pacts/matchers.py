"""How much of a recorded value is meant, by the schema of its place, in the matchers of pact-python."""

import re
from collections.abc import Mapping
from typing import Any, Final

from crm_contracts.contracts.readings import part_of, types_of
from crm_contracts.model.json import JSON
from crm_contracts.pacts.promised import part_at

_FORMATS: Final = {
    "date": r"\d{4}-\d{2}-\d{2}",
    "date-time": r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:?\d{2})",
    "time": r"\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:?\d{2})?",
    "uuid": r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
    "email": r"[^@\s]+@[^@\s]+",
}
# Pact's core is written in Rust, whose expressions look neither around nor back.
_FOREIGN = re.compile(r"\(\?[=!<]|\\[1-9]|\(\?P[=>]")


class Matchers:
    """Matchers for the values of one body; `match` is pact-python's module of that name."""

    def __init__(self, match: Any, whole: Mapping[str, JSON]) -> None:
        self._match, self._whole = match, whole

    def of(self, value: JSON, place: tuple[str | int, ...] = ()) -> Any:
        """A value with what is meant by it: members one by one, of a list its first item for all.

        Null stays null. In the items of a list, members that may be null are left out: Pact has no word for "a date or null",
        and the next item may be the other.
        """
        if isinstance(value, dict):
            members = {name: (*place, name) for name in value}
            listed = any(isinstance(step, int) for step in place)
            return {
                name: self.of(value[name], at)
                for name, at in members.items()
                if not (listed and self._nullable(at))
            }
        if isinstance(value, list):
            return self._list(value, place)
        if value is None:
            return None
        if isinstance(value, str):
            return self._text(value, place)
        return self._scalar(value, place)

    def _nullable(self, place: tuple[str | int, ...]) -> bool:
        return "null" in types_of(part_at(self._whole, place), self._whole)

    def _list(self, value: list[JSON], place: tuple[str | int, ...]) -> Any:
        if not value:
            return self._match.like([])
        return self._match.each_like(self.of(value[0], (*place, 0)), min=1)

    def _scalar(self, value: bool | float, place: tuple[str | int, ...]) -> Any:  # noqa: FBT001 - a JSON value
        if isinstance(value, bool):
            return self._match.like(value)
        types = types_of(part_at(self._whole, place), self._whole)
        if isinstance(value, int) and ("integer" in types or not types):
            return self._match.integer(value)
        # A price of 5 is a number as well as one of 4.99: Pact's `decimal` would refuse it.
        return self._match.number(value)

    def _text(self, value: str, place: tuple[str | int, ...]) -> Any:
        expression = self.expression(value, place)
        return self._match.like(value) if expression is None else self._match.regex(value, regex=expression)

    def expression(self, value: str, place: tuple[str | int, ...]) -> str | None:
        """The regular expression that the schema asks for; None: its type is all that can be said."""
        part = part_at(self._whole, place)
        values = part_of(part, self._whole, "enum")
        pattern, format_ = part_of(part, self._whole, "pattern"), part_of(part, self._whole, "format")
        found = pattern if isinstance(pattern, str) else _anchored(_FORMATS.get(str(format_)))
        if isinstance(values, list):
            found = _anchored("|".join(re.escape(text) for text in values if isinstance(text, str)))
        if found is None or _FOREIGN.search(found):
            return None
        try:
            return found if re.search(found, value) else None
        except re.error:
            return None


def _anchored(expression: str | None) -> str | None:
    return f"^({expression})$" if expression else None
