"""Toxics that would crash or hang the real server, or mean nothing, are refused before they are sent.

Seen with 2.12: `bandwidth` with a negative rate, `slicer` with more variation than size, and a jitter near 2^63 end the
server with a panic; `slicer` without a size recurses until memory runs out; `bandwidth` 0 stalls for ever; unknown
attributes, and a toxicity of 7, are accepted without a word.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import get_args

from crm_contracts.lab.engines.toxic import Stream, ToxicSpec
from crm_contracts.model.language import _
from crm_contracts.model.problem import nearest

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.~-]*")
DAY = 24 * 60 * 60 * 1000
TERABYTE = 10**12


class InvalidToxicError(ValueError):
    """A toxic that no engine is asked to carry: the value, and what is allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """The whole numbers that an attribute may have, and their unit; a lowest above 0 makes it required."""

    lowest: int = 0
    highest: int
    unit: str

    def __str__(self) -> str:
        return f"{self.lowest}..{self.highest} {self.unit}"


_MILLISECONDS = Range(highest=DAY, unit="ms")

ATTRIBUTES: Mapping[str, Mapping[str, Range]] = MappingProxyType(
    {
        "latency": {"latency": _MILLISECONDS, "jitter": _MILLISECONDS},
        "bandwidth": {"rate": Range(lowest=1, highest=10**9, unit="kB/s")},
        "slow_close": {"delay": _MILLISECONDS},
        "timeout": {"timeout": _MILLISECONDS},
        "reset_peer": {"timeout": _MILLISECONDS},
        "slicer": {
            "average_size": Range(lowest=1, highest=2**30, unit="bytes"),
            "size_variation": Range(highest=2**30, unit="bytes"),
            "delay": Range(highest=60_000_000, unit="µs"),
        },
        "limit_data": {"bytes": Range(highest=TERABYTE, unit="bytes")},
    }
)
"""Every toxic with its attributes; `down` is no toxic but a proxy that is switched off."""


def validate(toxic: ToxicSpec) -> None:
    """Raise InvalidToxicError unless every engine can carry this toxic.

    >>> validate(ToxicSpec(name="slow", type="latency", attributes={"latency": 200}))
    >>> validate(ToxicSpec(name="narrow", type="bandwidth", attributes={"rate": 0}))
    Traceback (most recent call last):
    ...
    crm_contracts.lab.engines.validation.InvalidToxicError: Toxic 'narrow': rate is 0; allowed: 1..1000000000 kB/s.
    """
    _check_name(toxic)
    _check_choice(toxic, "type", toxic.type, tuple(ATTRIBUTES))
    _check_choice(toxic, "stream", toxic.stream, get_args(Stream))
    _check_toxicity(toxic)
    for name in toxic.attributes:
        _check_choice(toxic, "attribute", name, tuple(ATTRIBUTES[toxic.type]))
    for name, allowed in ATTRIBUTES[toxic.type].items():
        _check_value(toxic, name, allowed)
    if toxic.type == "slicer":
        _check_variation(toxic)


def validate_change(old: ToxicSpec, new: ToxicSpec) -> None:
    """Raise InvalidToxicError where an update would have to make another toxic out of one: no engine can."""
    for what, before, after in (("type", old.type, new.type), ("stream", old.stream, new.stream)):
        if before != after:
            raise InvalidToxicError(
                _("Toxic {name!r}: its {what} stays {before!r} and cannot become {after!r}.").format(
                    name=new.name, what=what, before=before, after=after
                )
            )


def endangers_server(toxic_type: str, attributes: Mapping[str, int]) -> str | None:
    """Tell what of these attributes would crash or hang a real server, whatever else may be odd about them.

    >>> endangers_server("bandwidth", {"rate": -1})
    'rate -1'
    """
    for name, allowed in ATTRIBUTES.get(toxic_type, {}).items():
        value = attributes.get(name, 0)
        if value > allowed.highest or (allowed.lowest and value < allowed.lowest):
            return f"{name} {value}"
    variation = attributes.get("size_variation", 0)
    if toxic_type == "slicer" and not 0 <= variation <= attributes["average_size"]:
        return f"size_variation {variation}"
    return None


def _check_name(toxic: ToxicSpec) -> None:
    if not NAME.fullmatch(toxic.name):
        raise InvalidToxicError(
            _("A toxic cannot be named {name!r}; allowed: letters, digits and _ . ~ -").format(
                name=toxic.name
            )
        )


def _check_choice(toxic: ToxicSpec, what: str, value: str, allowed: tuple[str, ...]) -> None:
    if value in allowed:
        return
    message = _("Toxic {name!r}: unknown {what} {value!r}; allowed: {allowed}.").format(
        name=toxic.name, what=what, value=value, allowed=", ".join(allowed)
    )
    if meant := nearest(value, allowed):
        message += " " + _("Did you mean {word!r}?").format(word=meant)
    raise InvalidToxicError(message)


def _check_toxicity(toxic: ToxicSpec) -> None:
    # `not <=` instead of `<`: NaN is refused too.
    if not 0 <= toxic.toxicity <= 1:
        raise _refusal(toxic, "toxicity", toxic.toxicity, "0..1")


def _check_value(toxic: ToxicSpec, name: str, allowed: Range) -> None:
    value = toxic.attributes.get(name, 0)
    # `type`, not `isinstance`: True is no number.
    if type(value) is not int or not allowed.lowest <= value <= allowed.highest:
        raise _refusal(toxic, name, value, str(allowed))


def _check_variation(toxic: ToxicSpec) -> None:
    size, variation = toxic.attributes["average_size"], toxic.attributes.get("size_variation", 0)
    if variation >= size:
        raise _refusal(
            toxic, "size_variation", variation, _("less than average_size {size}").format(size=size)
        )


def _refusal(toxic: ToxicSpec, name: str, value: object, allowed: str) -> InvalidToxicError:
    return InvalidToxicError(
        _("Toxic {toxic!r}: {name} is {value!r}; allowed: {allowed}.").format(
            toxic=toxic.name, name=name, value=value, allowed=allowed
        )
    )
