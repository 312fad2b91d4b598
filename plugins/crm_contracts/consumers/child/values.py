"""A caller's values as JSON: what its user got, in a form that can cross to another process and be compared."""

from __future__ import annotations

import contextlib
import json
from typing import Any

MOST = 8_000_000
"""A value of more characters crosses as the head of its repr."""
DEEPEST = 50
HEAD = 20_000
_WRITTEN = ("datetime", "decimal", "_decimal", "uuid", "pathlib", "pathlib._local", "ipaddress")


def as_json(value: Any) -> tuple[Any, bool]:
    """Return a value as JSON and whether it may be compared; it may not where a part has no better form than its repr.

    >>> as_json({"id": 7, "tags": ("a", "b")})
    ({'id': 7, 'tags': ['a', 'b']}, True)
    """
    reading = _Reading()
    with contextlib.suppress(Exception):  # A stranger's value may do anything when it is looked at.
        plain = reading.plain(value, 0)
        if len(json.dumps(plain)) <= MOST:
            return plain, reading.comparable
    return reading.opaque(value), False


class _Reading:
    def __init__(self) -> None:
        self.comparable = True

    def plain(self, value: Any, depth: int) -> Any:
        if depth > DEEPEST:
            return self.opaque(value)
        if isinstance(value, (dict, list, tuple, set, frozenset)) and not hasattr(value, "_asdict"):
            return self.collection(value, depth + 1)
        if value is None or type(value) in (bool, int, str):
            return value
        if isinstance(value, float):
            return float(value) if value - value == 0 else self.opaque(value)
        return self.object(value, depth + 1)

    def collection(self, value: Any, depth: int) -> Any:
        if isinstance(value, dict):
            return {str(self.plain(key, depth)): self.plain(part, depth) for key, part in value.items()}
        parts = [self.plain(part, depth) for part in value]
        return sorted(parts, key=repr) if isinstance(value, (set, frozenset)) else parts

    def object(self, value: Any, depth: int) -> Any:
        for form in (_written, _modelled, _fields):
            found = form(value)
            if found is not None:
                return self.plain(found, depth)
        return self.opaque(value)

    def opaque(self, value: Any) -> str:
        self.comparable = False
        try:
            return repr(value)[:HEAD]
        except Exception:  # noqa: BLE001 - see as_json
            return f"<{type(value).__qualname__}>"


def _written(value: Any) -> str | int | None:
    """Dates, decimals and ids as people write them; subclasses of text and numbers as what they are."""
    if hasattr(type(value), "__members__"):
        return None
    if type(value).__module__ in _WRITTEN:
        return str(value.isoformat() if hasattr(value, "isoformat") else value)
    return next((kind(value) for kind in (int, str) if isinstance(value, kind)), None)


def _modelled(value: Any) -> Any:
    """What knows how to become plain data: enumerations, named tuples, pydantic's models of both generations."""
    if isinstance(value, type):
        return None
    if hasattr(type(value), "__members__"):
        return value.value
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    plain = getattr(value, "_asdict", None) or (
        getattr(value, "dict", None) if hasattr(value, "__fields__") else None
    )
    return plain() if plain else None


def _fields(value: Any) -> dict[str, Any] | None:
    """The fields of a dataclass or an attrs class, else what a plain object holds in public."""
    kind = type(value)
    if isinstance(value, (type, BaseException)) or callable(value) or kind.__module__ == "builtins":
        return None
    names = [
        *getattr(kind, "__dataclass_fields__", ()),
        *(each.name for each in getattr(kind, "__attrs_attrs__", ())),
    ]
    if names:
        return {name: getattr(value, name) for name in names if hasattr(value, name)}
    held = getattr(value, "__dict__", None)
    return None if held is None else {name: part for name, part in held.items() if not name.startswith("_")}
