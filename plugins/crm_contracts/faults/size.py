"""Sizes as people write them: `100B`, `4kB`, `1MB`."""

import re
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from crm_contracts.model.language import _

UNITS = {"B": 1, "kB": 1000, "KiB": 1024, "MB": 1_000_000, "MiB": 1024 * 1024}
_SIZE = re.compile(r"^(\d+)\s*(B|kB|KiB|MB|MiB)$")


def parse(text: object) -> int:
    """Read a size in bytes; raises ValueError naming the value and what is allowed.

    >>> parse("4kB")
    4000
    """
    if isinstance(text, str) and (found := _SIZE.match(text.strip())):
        return int(found[1]) * UNITS[found[2]]
    sentence = _("{value!r} is no size; write a whole number with B, kB, KiB, MB or MiB (100B, 4kB)")
    raise ValueError(sentence.format(value=text))


def shown(size: int) -> str:
    """Write bytes as people do.

    >>> shown(4000), shown(100)
    ('4 kB', '100 B')
    """
    return f"{size / 1000:g} kB" if size >= 1000 else f"{size} B"


_SCHEMA = WithJsonSchema({"type": "string", "pattern": _SIZE.pattern, "examples": ["100B", "4kB"]})
# The validators of a Python value (a number of bytes) and of text differ: only files go through `parse`.
Size = Annotated[int, Field(ge=0, le=2**30), BeforeValidator(parse), _SCHEMA]
"""A size in bytes, from nothing to 1 GiB."""
SomeSize = Annotated[int, Field(ge=1, le=2**30), BeforeValidator(parse), _SCHEMA]
"""A size of at least one byte."""
