"""A value that is being drawn: where the choices come from, how deep it is, and how large it may still become."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from hypothesis import strategies as st

from crm_contracts.model.json import JSON

DEEPEST = 8
"""Below this depth only what must be there is drawn."""
SIZES = (40, 15, 120, 300)
"""How many values one payload may have before it is finished as shortly as the schema allows."""

Choice = TypeVar("Choice")


class StuckError(Exception):
    """No value was found that this part of the schema takes, with the choices made before."""


class Making:
    """The drawing of one value."""

    def __init__(self, draw: st.DrawFn, most: int) -> None:
        self._draw = draw
        self.depth = 0
        self.left = most

    def draw(self, strategy: "st.SearchStrategy[Choice]") -> Choice:
        """Draw a choice."""
        return self._draw(strategy)

    @property
    def sparing(self) -> bool:
        """Whether only what must be there is wanted."""
        return self.left <= 0 or self.depth > DEEPEST


Make = Callable[[Making], JSON]
"""Makes one value of a schema."""


class Compiling(Protocol):
    """What the parts of a schema are compiled with."""

    def of(self, schema: JSON) -> Make:
        """What makes values of a part."""

    def fits(self, schema: JSON) -> Callable[[JSON], bool]:
        """What tells whether a value is valid for a part."""

    def hidden(self, schema: JSON) -> bool:
        """Whether a property is not for this direction: write-only in a response, read-only in a request."""


def until(make: Make, fits: Callable[[JSON], bool], making: Making, *, tries: int = 6) -> JSON:
    """Make values until one fits; raises StuckError."""
    for _attempt in range(tries):
        value = make(making)
        if fits(value):
            return value
    raise StuckError
