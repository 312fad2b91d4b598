"""The words that people write for durations, shares and counts in a consumer's file."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, PlainValidator, WithJsonSchema
from pydantic_core import CoreSchema, core_schema

from crm_contracts.model.language import _
from crm_contracts.model.span import UNITS, Span

_DURATION = rf"^\d+(\.\d+)?\s*({'|'.join(UNITS)})$"
_SHARE = r"^\d+(\.\d+)?%$"
_JITTER = {"none": 0.0, "equal": 0.5, "full": 1.0}
_COUNT = re.compile(r"^(\d+) (calls?|attempts?)$")
NONE = "none"
"""Switches a promise off, and its checks with it."""


def seconds(value: object) -> float:
    """Read a plain duration; raises ValueError.

    >>> seconds("1h")
    3600.0
    """
    if isinstance(value, str) and re.match(_DURATION, value.strip()):
        return Span.parse(value).seconds
    raise ValueError(
        _("{value!r} is no duration; write a number with ms, s, m, h or d: 200ms, 2s, 1h").format(value=value)
    )


def share(value: object) -> float:
    """Read a percentage as a share of 1; raises ValueError.

    >>> share("66%")
    0.66
    """
    if isinstance(value, str) and re.match(_SHARE, value.strip()) and float(value.strip()[:-1]) <= 100:
        return float(value.strip()[:-1]) / 100
    raise ValueError(_("{value!r} is no share; write it in per cent: 66%").format(value=value))


def jitter(value: object) -> float:
    """Read how much of a wait is random: none, equal (half of it), full, or a percentage; raises ValueError."""
    if isinstance(value, str) and value in _JITTER:
        return _JITTER[value]
    try:
        return share(value)
    except ValueError:
        raise ValueError(
            _("{value!r} is no jitter; write none, full, equal or a share as 20%").format(value=value)
        ) from None


def count(value: object) -> tuple[int, Literal["calls", "attempts"]]:
    """Read `5 calls` or `5 attempts`; raises ValueError."""
    found = _COUNT.match(value) if isinstance(value, str) else None
    if found is None or int(found[1]) < 1:
        raise ValueError(_("{value!r} is no count; write it as 5 calls or 5 attempts").format(value=value))
    return int(found[1]), "calls" if found[2].startswith("call") else "attempts"


def _switch(value: Any) -> Any:
    if value is None:
        raise ValueError(
            _("Nothing stands here; write none to switch the promise off, or leave the line out")
        )
    return None if value == NONE else value


def _listed(value: Any) -> Any:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


Seconds = Annotated[
    float,
    PlainValidator(seconds),
    WithJsonSchema({"type": "string", "pattern": _DURATION, "examples": ["200ms", "2s", "1h"]}),
]
Share = Annotated[
    float, PlainValidator(share), WithJsonSchema({"type": "string", "pattern": _SHARE, "examples": ["66%"]})
]
Jitter = Annotated[
    float,
    PlainValidator(jitter),
    WithJsonSchema({"anyOf": [{"enum": [*_JITTER]}, {"type": "string", "pattern": _SHARE}]}),
]


@dataclass(frozen=True)
class Short:
    """Beside a type: other words that people may write for it, as `read` understands and `schema` describes them."""

    read: Callable[[Any], Any]
    schema: Callable[[dict[str, Any]], dict[str, Any]]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.read, handler(source))

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return self.schema(handler(core))


def _none_for_null(schema: dict[str, Any]) -> dict[str, Any]:
    forms = schema.get("anyOf", [schema])
    return {"anyOf": [*(form for form in forms if form != {"type": "null"}), {"const": NONE}]}


Switch = Short(_switch, _none_for_null)
"""Beside a type that may be None: `none` means None, and an empty value is an error."""
Listed = Short(_listed, lambda schema: {"anyOf": [schema["items"], schema]})
"""Beside a tuple: one value may stand without brackets."""
