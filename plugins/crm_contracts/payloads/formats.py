"""Texts in the formats that JSON Schema and OpenAPI name, with the early, the late and the odd ones among them."""

import base64
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Final

from hypothesis import strategies as st

_ZONES: Final = ("Z", "Z", "+00:00", "+14:00", "-12:00", "+05:45", "-00:00")
_FRACTIONS: Final = ("", "", ".0", ".5", ".123456", ".999999999")
_MOMENTS: Final = (
    *("0001-01-01T00:00:00Z", "1969-12-31T23:59:59.999Z", "1970-01-01T00:00:00Z", "2038-01-19T03:14:08Z"),
    *("2024-02-29T23:59:59Z", "2026-03-29T02:30:00+01:00", "9999-12-31T23:59:59.999Z"),
)
_DAYS: Final = ("0001-01-01", "1582-10-10", "1900-03-01", "1970-01-01", "2024-02-29", "9999-12-31")
_EMAILS: Final = (
    *("a@example.com", "o'brien@example.com", "ada+crm@sub.example.co.uk", "x@xn--fsq.example"),
    *(f"{'a' * 64}@example.com", "first.last@[192.0.2.1]", "1@1.example", "_@example.com"),
)
_LINKS: Final = (
    *("https://example.com", "http://localhost:8080/a?b=c#d", "https://example.com/%E8%AE%A2?q=a%20b&&"),
    *(
        "https://user@xn--fsq.example:443/",
        "urn:isbn:0451450523",
        "ftp://example.com/;type=a",
        "tel:+1-816-555-1212",
    ),
    f"https://example.com/{'a' * 2000}",
)
_HOSTS: Final = ("example.com", "a", "xn--fsq.example", "localhost", f"{'a' * 63}.example", "1.example")
_PHONES: Final = ("+1-816-555-1212", "+86 138 0013 8000", "0", "110")
_DURATIONS: Final = ("P1D", "PT0S", "P3Y6M4DT12H30M5S", "P4W", "PT36H")
_POINTERS: Final = ("", "/a/b", "/a~1b/~0/0", "/")
_EXPRESSIONS: Final = ("^a+$", "", "[0-9]{1,3}")


def of_format(name: str) -> st.SearchStrategy[str] | None:
    """Texts of a format; None for one that nobody knows (it is a note for readers).

    >>> of_format("date").example() if False else "2024-02-29" in _DAYS
    True
    """
    return _made(name) if name in _FORMATS else None


@cache
def _made(name: str) -> st.SearchStrategy[str]:
    return _FORMATS[name]()


def _dates() -> st.SearchStrategy[str]:
    return st.one_of(st.dates().map(str), st.sampled_from(_DAYS))


def _moments() -> st.SearchStrategy[str]:
    made = st.builds(_moment, st.datetimes(), st.sampled_from(_FRACTIONS), st.sampled_from(_ZONES))
    return st.one_of(made, st.sampled_from(_MOMENTS))


def _moment(at: datetime, fraction: str, zone: str) -> str:
    return f"{at.replace(microsecond=0).isoformat()}{fraction}{zone}"


def _times() -> st.SearchStrategy[str]:
    return st.builds(
        lambda at, zone: f"{at.replace(microsecond=0).isoformat()}{zone}", st.times(), st.sampled_from(_ZONES)
    )


def _bytes() -> st.SearchStrategy[str]:
    return st.binary(max_size=64).map(lambda data: base64.b64encode(data).decode())


def _one_of(*texts: str) -> Callable[[], st.SearchStrategy[str]]:
    return lambda: st.sampled_from(texts)


def _uuids() -> st.SearchStrategy[str]:
    nil = "00000000-0000-0000-0000-000000000000"
    return st.one_of(st.uuids().map(str), st.sampled_from((nil, nil.replace("0", "f"))))


_FORMATS: Final[Mapping[str, Callable[[], st.SearchStrategy[str]]]] = {
    "date": _dates,
    "date-time": _moments,
    "time": _times,
    "duration": _one_of(*_DURATIONS),
    "email": _one_of(*_EMAILS),
    "idn-email": _one_of(*_EMAILS),
    "uuid": _uuids,
    "uri": _one_of(*_LINKS),
    "url": _one_of(*_LINKS),
    "uri-reference": _one_of(*_LINKS, "/a/b", "?q", "#top", ""),
    "iri": _one_of(*_LINKS),
    "hostname": _one_of(*_HOSTS),
    "ipv4": lambda: st.ip_addresses(v=4).map(str),
    "ipv6": lambda: st.ip_addresses(v=6).map(str),
    "byte": _bytes,
    "phone": _one_of(*_PHONES),
    "json-pointer": _one_of(*_POINTERS),
    "regex": _one_of(*_EXPRESSIONS),
}
