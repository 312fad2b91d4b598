"""Putting a call's own values into its args: a fresh marker, and records that the simulator knows."""

import re
from collections.abc import Mapping

from crm_contracts.model.contract import Record
from crm_contracts.model.json import JSON

UNIQUE = "{unique}"
PLACEHOLDER = re.compile(r"\{(?:unique|known\.([^.{}\s]+)\.([^{}\s]+))\}")


def fill(
    template: JSON, *, marker: str, known: Mapping[str, Record], number: int
) -> tuple[JSON, tuple[str, ...]]:
    """Return the template with `{unique}` and `{known.NAME.FIELD}` put in, and the ids of the records that were used.

    A text that is nothing but `{known...}` becomes the field's own value, a number where it is one. `number` is the
    place of this caller among those that call at once (0 where calls follow each other): where the data has `order`,
    `order_2` and `order_3`, callers at once get different ones. Raises KeyError for a record or field that is unknown.

    >>> fill("printer {unique}", marker="crmu-0123456789ab", known={}, number=0)
    ('printer crmu-0123456789ab', ())
    """
    filling = _Filling(marker, known, number)
    return filling.fill(template), tuple(dict.fromkeys(filling.used))


def known_fields(template: JSON) -> tuple[tuple[str, str], ...]:
    """Every `{known.NAME.FIELD}` of a template, as (name, field)."""
    return tuple((name, field) for name, field in PLACEHOLDER.findall(str(template)) if name)


def siblings(known: Mapping[str, Record], name: str) -> tuple[Record, ...]:
    """The records that may stand for each other: `order`, and of the same collection `order_2`, `order-3`..."""
    first = known[name]
    alike = re.compile(rf"{re.escape(name)}[_-]?\d+")
    others = (r for other, r in known.items() if alike.fullmatch(other) and r.collection == first.collection)
    return (first, *others)


def field_of(record: Record, path: str) -> JSON:
    """A field of a record, `id` or `customer.id`; raises KeyError where it has none."""
    value: JSON = dict(record.fields)
    for step in path.split("."):
        if not isinstance(value, dict) or step not in value:
            raise KeyError(path)
        value = value[step]
    return value


class _Filling:
    def __init__(self, marker: str, known: Mapping[str, Record], number: int) -> None:
        self.marker, self.known, self.number = marker, known, number
        self.used: list[str] = []

    def fill(self, template: JSON) -> JSON:
        if isinstance(template, Mapping):
            return {self._text(key): self.fill(part) for key, part in template.items()}
        if isinstance(template, list | tuple):
            return [self.fill(part) for part in template]
        if not isinstance(template, str):
            return template
        whole = PLACEHOLDER.fullmatch(template)
        return self._value(whole) if whole else self._text(template)

    def _text(self, template: str) -> str:
        return PLACEHOLDER.sub(lambda found: str(self._value(found)), template)

    def _value(self, found: re.Match[str]) -> JSON:
        name, path = found.groups()
        if name is None:
            return self.marker
        alike = siblings(self.known, name)
        record = alike[self.number % len(alike)]
        self.used.append(str(record.fields.get("id", name)))
        return field_of(record, path)
