"""JSON as RFC 8259 writes it, byte by byte: what a strict CRM takes, and the exact byte of what it does not.

The way for sound texts is one call of the C decoder with hooks; the slow scanner runs only to explain a refusal or to
settle a doubt (surrogate escapes, deep nesting).
"""

import json
import math
import re
from typing import NoReturn

from crm_contracts.contracts.json_scanner import DEEPEST, StrictJsonError, scan
from crm_contracts.model.json import JSON

__all__ = ["DEEPEST", "StrictJsonError", "strict_json"]

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_LONGEST_INTEGER = 308


class _DoubtError(ValueError):
    """Something that only the scanner can explain."""


def strict_json(data: bytes) -> JSON:
    """Parse a JSON text as strictly as RFC 8259 allows, and tell the first wrong byte.

    Refused are also the texts that the RFC calls unpredictable: duplicate names, lone surrogates, numbers beyond IEEE
    754 doubles and nesting deeper than 128. Raises `StrictJsonError` with a rule (`json.trailing_comma`) and the offset.

    >>> strict_json(b'{"total": 99.5}')
    {'total': 99.5}
    >>> strict_json(b'{"a": 1,}')
    Traceback (most recent call last):
        ...
    crm_contracts.contracts.json_scanner.StrictJsonError: json.trailing_comma at byte 7: A comma stands before the end.
    """
    try:
        text = data.decode()
        value: JSON = _decode(text)
    except (ValueError, RecursionError) as error:
        scan(data)
        raise StrictJsonError("json.syntax", str(error), getattr(error, "pos", 0)) from error
    if data.count(b"{") + data.count(b"[") > DEEPEST or ("\\u" in text and _SURROGATE.search(text)):
        scan(data)
    return value


def _members(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _DoubtError("duplicate key")
    return members


def _float(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise _DoubtError("number too large")
    return number


def _int(digits: str) -> int:
    if len(digits) > _LONGEST_INTEGER:
        raise _DoubtError("number too large")
    return int(digits)


def _constant(name: str) -> NoReturn:
    raise _DoubtError(name)


_decode = json.JSONDecoder(
    object_pairs_hook=_members, parse_float=_float, parse_int=_int, parse_constant=_constant
).decode
