"""Connections that end after some bytes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from crm_contracts.faults.base import ToxicFault
from crm_contracts.faults.size import Size, shown
from crm_contracts.model.fault import Trait
from crm_contracts.model.language import _


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitData(ToxicFault):
    """A connection is closed once `bytes` have passed on it, in the middle of an answer if need be.

    Example: `{fault: limit_data, bytes: 300B}`.
    Source: N12; Toxiproxy `limit_data`.
    """

    fault: Literal["limit_data"] = "limit_data"
    bytes: Annotated[Size, Field(description="How much passes before the close.")]

    def traits(self) -> frozenset[Trait]:
        """Connections break; downstream an answer may be cut after the CRM did the work."""
        cut = {Trait.MALFORMED} if self.stream == "downstream" else set()
        return frozenset({Trait.CONNECTION} | cut) | self._ambiguous()

    def sentence(self) -> str:
        """How much, and where."""
        return _("connections close after {size} {where}").format(size=shown(self.bytes), where=self._aside())

    def attributes(self) -> Mapping[str, int]:
        """In bytes."""
        return {"bytes": self.bytes}
