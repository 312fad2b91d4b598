"""Bytes in small pieces."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from crm_contracts.faults.base import NOTHING, Bounded, Timed, ToxicFault
from crm_contracts.faults.size import Size, SomeSize, shown
from crm_contracts.model.fault import Trait
from crm_contracts.model.language import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Slicer(ToxicFault):
    """What passes is cut into pieces of about `average_size`, with `delay` between them.

    A reader that takes one packet for one answer fails here.

    Example: `{fault: slicer, average_size: 64B, delay: 1ms}`.
    Source: N12; Toxiproxy `slicer`.
    """

    fault: Literal["slicer"] = "slicer"
    average_size: Annotated[SomeSize, Field(description="About how large a piece is.")]
    size_variation: Annotated[Size, Field(description="How much larger or smaller it may be.")] = 0
    delay: Annotated[Bounded, Field(description="The pause between two pieces, at most 60 s.")] = NOTHING

    def __post_init__(self) -> None:
        Timed.__post_init__(self)
        if self.size_variation >= self.average_size:
            raise ValueError(_("`size_variation` must be smaller than `average_size`"))
        if self.delay.promise is None and self.delay.plus > 60:
            raise ValueError(_("`delay` is at most 60 s"))

    def traits(self) -> frozenset[Trait]:
        """Answers are late."""
        return frozenset({Trait.SLOW})

    def sentence(self) -> str:
        """How small, and where."""
        sentence = _("bytes {where} come in pieces of {size}, {delay} apart")
        return sentence.format(where=self._aside(), size=shown(self.average_size), delay=self.delay)

    def attributes(self) -> Mapping[str, int]:
        """Bytes, and the delay in microseconds."""
        delay = round(self.delay.seconds * 1_000_000)
        return {"average_size": self.average_size, "size_variation": self.size_variation, "delay": delay}
