"""Late bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Literal, Self

from pydantic import Field

from crm_contracts.faults.base import NOTHING, Bounded, Positive, milliseconds
from crm_contracts.faults.ramp import RampedToxic
from crm_contracts.model.fault import Trait
from crm_contracts.model.language import _
from crm_contracts.model.span import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency(RampedToxic):
    """Everything that passes is late by `latency`, more or less by `jitter`.

    A latency from a promise (`2 * deadline`) is larger than what any caller tolerates. With `ramp` it grows.

    Example: `{fault: latency, latency: 2 * deadline}`.
    Source: N15; Toxiproxy `latency`.
    """

    fault: Literal["latency"] = "latency"
    latency: Annotated[Positive, Field(description="How late everything is.")]
    jitter: Annotated[Bounded, Field(description="How much earlier or later than that it may be.")] = NOTHING

    def at_share(self, share: float) -> Self:
        """A shorter latency; the jitter stays."""
        return replace(self, latency=Span(self.latency.seconds * share))

    def traits(self) -> frozenset[Trait]:
        """Answers are late."""
        return frozenset({Trait.SLOW})

    def sentence(self) -> str:
        """How late, and where."""
        return _("bytes {where} are {latency} late").format(where=self._aside(), latency=self.latency)

    def attributes(self) -> Mapping[str, int]:
        """Both in milliseconds."""
        return {"latency": milliseconds(self.latency), "jitter": milliseconds(self.jitter)}
