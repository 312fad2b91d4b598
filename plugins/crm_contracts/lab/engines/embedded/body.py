"""Bodies of API requests, read as generously as Go reads JSON: the first value counts, keys in any case, null means unset."""

import json
from collections.abc import Mapping, Sequence
from typing import TypeVar

from crm_contracts.lab.engines.engine import EngineError
from crm_contracts.model.json import JSON

_T = TypeVar("_T", str, bool, int, float)

_WORDS = {str: "string", bool: "bool", int: "number", float: "number", list: "array", dict: "object"}


class Fields:
    """The members of a JSON object, each asked for with the type that it must have."""

    def __init__(self, members: Mapping[str, JSON]) -> None:
        self._members = {key.lower(): value for key, value in members.items()}

    def text(self, name: str, default: str = "") -> str:
        return self._typed(name, str, default)

    def flag(self, name: str, *, default: bool) -> bool:
        return self._typed(name, bool, default)

    def number(self, name: str, default: float) -> float:
        value = self._members.get(name)
        return float(value) if type(value) is int else self._typed(name, float, default)

    def whole(self, name: str, default: int) -> int:
        value = self._typed(name, int, default)
        if not -(2**63) <= value < 2**63:
            raise _bad(f"json: cannot unmarshal number {value} into field {name} of type int64")
        return value

    def group(self, name: str) -> "Fields":
        """A member that is an object; without one, an empty group."""
        return Fields(_object(self._members.get(name), name))

    def _typed(self, name: str, kind: type[_T], default: _T) -> _T:
        value = self._members.get(name)
        if value is None:
            return default
        # `type`, not `isinstance`: True is no number.
        if type(value) is not kind:
            raise _bad(
                f"json: cannot unmarshal {_WORDS[type(value)]} into field {name} of type {kind.__name__}"
            )
        return value


def one(body: bytes) -> Fields:
    """Read an object; raises EngineError (400)."""
    return Fields(_object(_first_value(body), "the body"))


def many(body: bytes) -> Sequence[Fields]:
    """Read an array of objects; raises EngineError (400)."""
    value = _first_value(body)
    if not isinstance(value, list):
        raise _bad(f"json: cannot unmarshal {_WORDS[type(value)]} into a list of proxies")
    return [Fields(_object(item, "a proxy")) for item in value]


def _object(value: JSON, what: str) -> Mapping[str, JSON]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _bad(f"json: cannot unmarshal {_WORDS[type(value)]} into {what}")
    return value


def _first_value(body: bytes) -> JSON:
    text = body.decode("utf-8", "replace").lstrip()
    if not text:
        raise _bad("EOF")
    try:
        value: JSON = json.JSONDecoder().raw_decode(text)[0]
    except json.JSONDecodeError as error:
        raise _bad("unexpected EOF" if error.pos >= len(text) else f"invalid JSON: {error.msg}") from None
    except RecursionError:
        raise _bad("exceeded max depth") from None
    return value


def _bad(reason: str) -> EngineError:
    return EngineError(f"bad request body: {reason}", status=400)
