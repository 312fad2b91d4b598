"""Connections that are reset."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from crm_contracts.faults.base import NOTHING, Bounded, ToxicFault, milliseconds
from crm_contracts.model.fault import Trait
from crm_contracts.model.language import _


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetPeer(ToxicFault):
    """A connection is reset as soon as a first byte has passed, or `timeout` after it.

    `upstream`: the CRM never sees the request. `downstream`: the CRM did the work and the answer is lost, so that a
    caller cannot know whether its write was accepted.

    Example: `{fault: reset_peer, stream: downstream}`.
    Source: N11, N12; Toxiproxy `reset_peer`.
    """

    fault: Literal["reset_peer"] = "reset_peer"
    timeout: Annotated[Bounded, Field(description="How long after the first byte; default: at once.")] = (
        NOTHING
    )

    def traits(self) -> frozenset[Trait]:
        """Connections break; downstream after the CRM did the work."""
        return frozenset({Trait.CONNECTION}) | self._ambiguous()

    def sentence(self) -> str:
        """Where, and when."""
        if self.timeout == NOTHING:
            return _("connections are reset by bytes {where}").format(where=self._aside())
        sentence = _("connections are reset {timeout} after bytes {where}")
        return sentence.format(where=self._aside(), timeout=self.timeout)

    def attributes(self) -> Mapping[str, int]:
        """In milliseconds."""
        return {"timeout": milliseconds(self.timeout)}
