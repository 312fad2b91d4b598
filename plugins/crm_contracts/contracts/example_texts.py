"""Texts that a schema takes: by format, by pattern, and of the right length."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, Final
from uuid import UUID

from crm_contracts.contracts.patterns import PatternUnknownError, text_for

_FILL: Final = "example"


def text(schema: Mapping[str, Any], random: Random) -> str:
    """Return a text for a schema of type string.

    >>> text({"minLength": 10}, Random(1)), text({"format": "date"}, Random(1))
    ('exampleexa', '2026-03-19')
    """
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    pattern = schema.get("pattern")
    if isinstance(pattern, str):
        return _by_pattern(pattern, random, least, most)
    format_ = schema.get("format")
    if isinstance(format_, str) and format_ in _FORMATS:
        return _FORMATS[format_](random)
    return _sized(_FILL, least, most)


def _by_pattern(pattern: str, random: Random, least: int, most: int | None) -> str:
    found = ""
    try:
        for more in (0, 1, 2, 4, 8, 16, 32, 64):
            found = text_for(pattern, random, more=more)
            if least <= len(found) and (most is None or len(found) <= most):
                if found or not most:
                    return found
                # The empty text fits, but says nothing to whoever reads the example.
                longer = text_for(pattern, random, more=3)
                return longer if len(longer) <= most else found
    except PatternUnknownError:
        return _sized(_FILL, least, most)
    return found


def _sized(fill: str, least: int, most: int | None) -> str:
    long = fill * (least // len(fill) + 1) if least > len(fill) else fill
    return long[: max(least, len(fill)) if most is None else min(max(least, len(fill)), most)]


def _day(random: Random) -> str:
    return f"2026-{random.randint(1, 12):02}-{random.randint(1, 28):02}"


def _uuid(random: Random) -> str:
    return str(UUID(int=random.getrandbits(128), version=4))


def _always(value: str) -> Callable[[Random], str]:
    return lambda _random: value


_FORMATS: Final[Mapping[str, Callable[[Random], str]]] = {
    "date-time": lambda random: f"{_day(random)}T09:30:00Z",
    "date": _day,
    "time": _always("09:30:00Z"),
    "duration": _always("P1D"),
    "email": _always("ada.lovelace@example.com"),
    "idn-email": _always("ada.lovelace@example.com"),
    "hostname": _always("crm.example.com"),
    "idn-hostname": _always("crm.example.com"),
    "ipv4": _always("192.0.2.7"),
    "ipv6": _always("2001:db8::7"),
    "uri": _always("https://crm.example.com/records/7"),
    "url": _always("https://crm.example.com/records/7"),
    "uri-reference": _always("/records/7"),
    "uri-template": _always("/records/{id}"),
    "iri": _always("https://crm.example.com/records/7"),
    "iri-reference": _always("/records/7"),
    "uuid": _uuid,
    "json-pointer": _always("/records/7"),
    "relative-json-pointer": _always("0/records"),
    "regex": _always("^a+$"),
    "byte": _always("ZXhhbXBsZQ=="),
    "binary": _always("example"),
    "password": _always("example-password"),
}
