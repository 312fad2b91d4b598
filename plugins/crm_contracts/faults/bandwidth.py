"""A narrow line."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Literal, Self

from pydantic import Field

from crm_contracts.faults.ramp import RampedToxic
from crm_contracts.model.fault import Trait
from crm_contracts.model.language import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Bandwidth(RampedToxic):
    """At most `rate` kB (1000 bytes) a second pass.

    0 would stall for ever and a negative rate ends Toxiproxy with a panic; for silence there is `timeout`.

    Example: `{fault: bandwidth, rate: 10}`.
    Source: N12; Toxiproxy `bandwidth`.
    """

    fault: Literal["bandwidth"] = "bandwidth"
    rate: Annotated[int, Field(ge=1, le=10**9, description="kB a second, a whole number.")]

    def at_share(self, share: float) -> Self:
        """A wider line."""
        return replace(self, rate=round(self.rate / share))

    def traits(self) -> frozenset[Trait]:
        """Answers are late."""
        return frozenset({Trait.SLOW})

    def sentence(self) -> str:
        """How narrow, and where."""
        return _("at most {rate} kB/s pass {where}").format(rate=self.rate, where=self._aside())

    def attributes(self) -> Mapping[str, int]:
        """In kB/s."""
        return {"rate": self.rate}
