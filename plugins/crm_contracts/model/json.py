"""JSON values as Python holds them."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias, Union

JSON: TypeAlias = Union[bool, int, float, str, list["JSON"], dict[str, "JSON"], None]  # noqa: UP007 - it is recursive
"""A JSON value that was parsed; objects are dicts in the order of the text."""

FrozenJSON: TypeAlias = Union[  # noqa: UP007 - it is recursive
    bool, int, float, str, Sequence["FrozenJSON"], Mapping[str, "FrozenJSON"], None
]
"""A JSON value that nobody may change, as it stands in contracts and scenarios."""

Schema: TypeAlias = Mapping[str, "JSON"]
"""A JSON Schema (draft 2020-12, or OpenAPI 3.0's dialect already translated into it)."""
