"""Silence."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from crm_contracts.faults.base import NOTHING, Bounded, ToxicFault, milliseconds
from crm_contracts.model.fault import Trait
from crm_contracts.model.language import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeout(ToxicFault):
    """Nothing passes, as behind a firewall that drops; after `timeout` of silence the connection is closed.

    Without `timeout` (or with `0s`) it is a black hole that never closes.

    Example: `{fault: timeout, stream: upstream}`.
    Source: N10, N12; Toxiproxy `timeout`.
    """

    fault: Literal["timeout"] = "timeout"
    timeout: Annotated[Bounded, Field(description="When the connection is closed; `0s`: never.")] = NOTHING

    def traits(self) -> frozenset[Trait]:
        """No answer comes; downstream the CRM did the work all the same."""
        closes = self.timeout != NOTHING
        return frozenset({Trait.SILENCE} | ({Trait.CONNECTION} if closes else set())) | self._ambiguous()

    def sentence(self) -> str:
        """Where, and what becomes of the connection."""
        if self.timeout == NOTHING:
            return _("nothing passes {where}").format(where=self._aside())
        sentence = _("nothing passes {where}, and connections close after {timeout}")
        return sentence.format(where=self._aside(), timeout=self.timeout)

    def attributes(self) -> Mapping[str, int]:
        """In milliseconds."""
        return {"timeout": milliseconds(self.timeout)}
