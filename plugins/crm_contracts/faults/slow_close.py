"""A connection that ends late."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from crm_contracts.faults.base import Positive, ToxicFault, milliseconds
from crm_contracts.model.fault import Trait
from crm_contracts.model.language import _


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowClose(ToxicFault):
    """A connection that one side closes is closed towards the other only after `delay`.

    Example: `{fault: slow_close, delay: 1s}`.
    Source: N12; Toxiproxy `slow_close`.
    """

    fault: Literal["slow_close"] = "slow_close"
    delay: Annotated[Positive, Field(description="How late the other side learns of the close.")]

    def traits(self) -> frozenset[Trait]:
        """What waits for the close is late."""
        return frozenset({Trait.SLOW})

    def sentence(self) -> str:
        """How late, and where."""
        return _("a close {where} is {delay} late").format(where=self._aside(), delay=self.delay)

    def attributes(self) -> Mapping[str, int]:
        """In milliseconds."""
        return {"delay": milliseconds(self.delay)}
