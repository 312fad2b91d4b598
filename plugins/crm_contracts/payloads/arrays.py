"""Lists that a schema takes: empty, full, and of any length between."""

import json
from collections.abc import Mapping
from typing import Any, Final

from hypothesis import strategies as st

from crm_contracts.model.json import JSON
from crm_contracts.payloads.making import Compiling, Make, Making, StuckError

_USUAL: Final = 3
_MOST: Final = 100
_TRIES: Final = 8


def arrays(words: Mapping[str, Any], compiling: Compiling) -> Make:
    """What makes lists for a schema of type array."""
    first = [compiling.of(part) for part in words.get("prefixItems", ())]
    rest = words.get("items", True)
    item = None if rest is False else compiling.of(rest)
    least = words.get("minItems", 0)
    most = min(words.get("maxItems", _MOST), len(first) if item is None else _MOST + least)
    sizes = _sizes(least, max(least, most), len(first))
    unique = words.get("uniqueItems") is True

    def make(making: Making) -> JSON:
        size = least if making.sparing else making.draw(sizes)
        values: list[JSON] = []
        while len(values) < size and (len(values) < least or making.left > 0):
            one = first[len(values)] if len(values) < len(first) else item
            if one is None or not _add(values, one, making, unique=unique):
                break
        if len(values) < least:
            raise StuckError
        return values

    return make


def _sizes(least: int, most: int, first: int) -> st.SearchStrategy[int]:
    usual = min(most, max(least + _USUAL, first))
    return st.sampled_from([*dict.fromkeys((*range(min(usual, least + 1), usual + 1), least, most))])


def _add(values: list[JSON], make: Make, making: Making, *, unique: bool) -> bool:
    for _attempt in range(_TRIES if unique else 1):
        value = make(making)
        if not unique or identity(value) not in map(identity, values):
            values.append(value)
            return True
    return False


def identity(value: JSON) -> str:
    """A text that is the same for values that JSON Schema calls equal.

    >>> identity(1) == identity(1.0), identity(1) == identity(True)
    (True, False)
    """
    return json.dumps(_plain(value), sort_keys=True)


def _plain(value: JSON) -> JSON:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return {name: _plain(part) for name, part in value.items()} if isinstance(value, dict) else value
