"""Objects that a schema takes: with all of their fields, with none that may be missing, with more than anybody named."""

import re
from collections.abc import Mapping
from typing import Any, Final

from hypothesis import strategies as st

from crm_contracts.model.json import JSON
from crm_contracts.payloads.making import Compiling, Make, Making, StuckError
from crm_contracts.payloads.texts import plain

_EXTRA: Final = (
    *("introducedLately", "x_internal", "_links", "@type", "新字段", "a b", "$ref", "constructor", "id2"),
    *("__proto__", "", "UPPER", "1", "null", "very_long_name_" * 8),
)
_COUNTS: Final = st.sampled_from((0, 0, 0, 1, 2))
_ENTRIES: Final = st.sampled_from((1, 0, 2, 3, 6))
_TRIES: Final = 20


def objects(words: Mapping[str, Any], compiling: Compiling) -> Make:
    """What makes objects for a schema of type object."""
    return _Objects(words, compiling).make


class _Objects:
    def __init__(self, words: Mapping[str, Any], compiling: Compiling) -> None:
        properties: dict[str, JSON] = words.get("properties", {})
        self.required = [name for name in words.get("required", ()) if isinstance(name, str)]
        shown = {
            name: part
            for name, part in properties.items()
            if part is not False and (name in self.required or not compiling.hidden(part))
        }
        self.named = properties
        self.rest = words.get("additionalProperties", True)
        self.extra = None if self.rest is False else compiling.of(self.rest)
        self.patterns = {
            pattern: compiling.of(part) for pattern, part in words.get("patternProperties", {}).items()
        }
        self.fields = {name: compiling.of(part) for name, part in shown.items()}
        self.optional = [name for name in shown if name not in self.required]
        self.needs: Mapping[str, list[str]] = words.get("dependentRequired", {})
        self.least, self.most = words.get("minProperties", 0), words.get("maxProperties")
        self.names = _names(words.get("propertyNames"), compiling)
        everything = (1 << len(self.optional)) - 1
        self.presence = st.one_of(st.integers(0, everything), st.sampled_from((everything, 0)))

    def make(self, making: Making) -> JSON:
        value: dict[str, JSON] = {}
        for name in self.required:
            self.put(value, name, making)
        if self.optional and not making.sparing:
            chosen = making.draw(self.presence)
            for number, name in enumerate(self.optional):
                if chosen >> number & 1 and making.left > 0 and self.room(value):
                    self.put(value, name, making)
        self.more(value, making)
        self.complete(value, making)
        return value

    def put(self, value: dict[str, JSON], name: str, making: Making) -> None:
        """Add a field, and what must stand beside it."""
        if name in value:
            return
        make = self.fields.get(name) or self.by_pattern(name) or self.extra
        if make is None:
            raise StuckError
        value[name] = make(making)
        for other in self.needs.get(name, ()):
            self.put(value, other, making)

    def by_pattern(self, name: str) -> Make | None:
        return next((make for pattern, make in self.patterns.items() if _found(pattern, name)), None)

    def room(self, value: Mapping[str, JSON]) -> bool:
        return self.most is None or len(value) < self.most

    def more(self, value: dict[str, JSON], making: Making) -> None:
        """Fields that nobody named: where they are the point (a map), a few; else now and then one."""
        if making.sparing:
            return
        for pattern in self.patterns:
            if making.draw(st.booleans()):
                self.put_any(value, making, _of_pattern(pattern))
        if self.extra is not None:
            a_map = isinstance(self.rest, dict) and not self.named
            for _number in range(making.draw(_ENTRIES if a_map else _COUNTS)):
                self.put_any(value, making, self.names)

    def put_any(self, value: dict[str, JSON], making: Making, names: Make) -> bool:
        if not self.room(value):
            return False
        name = names(making)
        if not isinstance(name, str) or name in self.named or name in value:
            return False
        make = self.by_pattern(name) or self.extra
        if make is None:
            return False
        value[name] = make(making)
        return True

    def complete(self, value: dict[str, JSON], making: Making) -> None:
        """As many fields as there must be."""
        missing = iter([name for name in self.optional if name not in value])
        for _attempt in range(_TRIES):
            if len(value) >= self.least:
                return
            name = next(missing, None)
            if name is not None:
                self.put(value, name, making)
            else:
                self.put_any(value, making, self.names)
        if len(value) < self.least:
            raise StuckError


def _names(schema: JSON, compiling: Compiling) -> Make:
    if isinstance(schema, dict) and schema:
        return compiling.of({"allOf": [schema, {"type": "string"}]})
    strategy = st.one_of(st.sampled_from(_EXTRA), plain(1, 20))
    return lambda making: making.draw(strategy)


def _of_pattern(pattern: str) -> Make:
    from crm_contracts.payloads.texts import texts

    return texts({"pattern": pattern}, lambda name: isinstance(name, str) and _found(pattern, name))


def _found(pattern: str, name: str) -> bool:
    try:
        return re.search(pattern, name) is not None
    except re.error:
        return False
