"""Toxics that grow."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Self

from pydantic import Field

from crm_contracts.faults.base import Positive, ToxicFault

STEPS = 4
"""Steps in which a toxic grows before it is there in full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RampedToxic(ToxicFault):
    """A toxic with a number that can grow: with `ramp` it reaches its setting after that time, in four steps before.

    `for` counts from when it is there in full. Idle connections are closed once, at the first step.
    """

    ramp: Annotated[
        Positive | None, Field(description="How long it takes to grow to its setting; default: at once.")
    ] = None

    def at_share(self, share: float) -> Self:
        """The same toxic at a share of its strength."""
        raise NotImplementedError

    def growing(self) -> Iterator[tuple[Self, float]]:
        """The steps before it is there in full, and the seconds that each lasts."""
        if self.ramp is None:
            return
        for step in range(1, STEPS + 1):
            weaker = replace(self.at_share(step / (STEPS + 1)), ramp=None)
            yield (weaker if step == 1 else replace(weaker, pool="kept")), self.ramp.seconds / STEPS

    def grown(self) -> Self:
        """The toxic in full, as it comes after its steps."""
        return self if self.ramp is None else replace(self, ramp=None, pool="kept")
