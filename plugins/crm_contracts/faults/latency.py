"""Late bytes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from crm_contracts.faults.base import NOTHING, Bounded, Positive, ToxicFault, milliseconds
from crm_contracts.model.fault import Trait
from crm_contracts.model.language import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency(ToxicFault):
    """Everything that passes is late by `latency`, more or less by `jitter`.

    A latency from a promise (`2 * deadline`) is larger than what any caller tolerates.

    Example: `{fault: latency, latency: 2 * deadline}`.
    Source: N15; Toxiproxy `latency`.
    """

    fault: Literal["latency"] = "latency"
    latency: Annotated[Positive, Field(description="How late everything is.")]
    jitter: Annotated[Bounded, Field(description="How much earlier or later than that it may be.")] = NOTHING

    def traits(self) -> frozenset[Trait]:
        """Answers are late."""
        return frozenset({Trait.SLOW})

    def sentence(self) -> str:
        """How late, and where."""
        return _("bytes {where} are {latency} late").format(where=self._aside(), latency=self.latency)

    def attributes(self) -> Mapping[str, int]:
        """Both in milliseconds."""
        return {"latency": milliseconds(self.latency), "jitter": milliseconds(self.jitter)}
