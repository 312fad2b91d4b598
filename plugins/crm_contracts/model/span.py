"""Durations as people write them: `200ms`, `2s`, `1h`, or from a promise: `2 * deadline`, `deadline + 1s`."""

import re
from dataclasses import dataclass
from typing import Any

from crm_contracts.model.language import _

UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
PROMISED = (
    "deadline",
    "recovers_within",
    "delivers_within",
    "failover_within",
    "fallback_max_age",
    "half_open_after",
)

_NUMBER = r"(\d+(?:\.\d+)?)"
_PLAIN = re.compile(rf"^{_NUMBER}\s*(ms|s|m|h|d)$")
_PROMISE = re.compile(rf"^(?:{_NUMBER}\s*\*\s*)?({'|'.join(PROMISED)})(?:\s*\+\s*{_NUMBER}\s*(ms|s|m|h|d))?$")


@dataclass(frozen=True, slots=True)
class Span:
    """A duration: `factor` times a promise (none: nothing) plus `plus` seconds.

    A fault must be larger than what the caller tolerates, so a scenario may write a duration from a promise; it is
    resolved for each consumer before a run. Raises ValueError when it is read before that.

    >>> Span.parse("200ms").seconds
    0.2
    >>> Span.parse("2 * deadline").resolved({"deadline": 4.0}).seconds
    8.0
    """

    plus: float = 0.0
    factor: float = 0.0
    promise: str | None = None

    @classmethod
    def parse(cls, text: object) -> "Span":
        """Read a duration from its text; raises ValueError naming the value and what is allowed."""
        if isinstance(text, Span):
            return text
        if not isinstance(text, str):
            raise ValueError(_unreadable(text))  # noqa: TRY004 - pydantic collects ValueErrors
        if plain := _PLAIN.match(text.strip()):
            return cls(float(plain[1]) * UNITS[plain[2]])
        if promise := _PROMISE.match(text.strip()):
            plus = float(promise[3]) * UNITS[promise[4]] if promise[3] else 0.0
            return cls(plus, float(promise[1] or 1), promise[2])
        raise ValueError(_unreadable(text))

    @property
    def seconds(self) -> float:
        """The duration in seconds; raises ValueError while it still names a promise."""
        if self.promise is not None:
            raise ValueError(_("{span} is not resolved yet").format(span=self))
        return self.plus

    def resolved(self, promises: dict[str, float]) -> "Span":
        """Return the same duration as plain seconds, with the consumer's promises put in."""
        if self.promise is None:
            return self
        return Span(self.factor * promises[self.promise] + self.plus)

    def __str__(self) -> str:
        if self.promise is None:
            return human(self.plus)
        plus = f" + {human(self.plus)}" if self.plus else ""
        return (f"{self.factor:g} * {self.promise}" if self.factor != 1 else self.promise) + plus

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """Let pydantic read a span from text; imported late so that values need the standard library only."""
        from pydantic_core import core_schema

        return core_schema.no_info_plain_validator_function(
            cls.parse, serialization=core_schema.to_string_ser_schema()
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, core: Any, handler: Any) -> dict[str, Any]:
        pattern = rf"{_PLAIN.pattern}|{_PROMISE.pattern}"
        return {"type": "string", "pattern": pattern, "examples": ["200ms", "2s", "1h", "2 * deadline"]}


def human(seconds: float) -> str:
    """Write seconds as people do, in the largest unit that keeps it short.

    >>> human(0.25), human(90), human(3600)
    ('250 ms', '90 s', '1 h')
    """
    for unit, size in (("d", 86400.0), ("h", 3600.0), ("m", 60.0)):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g} {unit}"
    return f"{seconds:.3g} s" if seconds >= 1 else f"{seconds * 1000:.3g} ms"


def _unreadable(value: object) -> str:
    words = ", ".join(PROMISED)
    sentence = _(
        "{value!r} is no duration; write a number with ms, s, m, h or d (200ms, 2s, 1h), or from a promise: {words}"
    )
    return sentence.format(value=value, words=words)
