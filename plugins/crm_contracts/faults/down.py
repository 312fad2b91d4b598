"""Nobody there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from crm_contracts.faults.base import ToxicFault
from crm_contracts.model.fault import Trait
from crm_contracts.model.language import _
from crm_contracts.model.toxic import ToxicSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Down(ToxicFault):
    """The CRM is away: open connections end, new ones are refused.

    It is no toxic but the whole proxy switched off, so `stream` and `toxicity` change nothing and are refused.

    Example: `{fault: down}`.
    Source: N11; Toxiproxy `enabled: false`.
    """

    fault: Literal["down"] = "down"

    def __post_init__(self) -> None:
        ToxicFault.__post_init__(self)
        if self.toxicity != 1 or self.stream != "downstream":
            raise ValueError(_("`down` has neither `stream` nor `toxicity`: nobody is there for anybody"))

    def traits(self) -> frozenset[Trait]:
        """No connection is accepted."""
        return frozenset({Trait.UNREACHABLE})

    def sentence(self) -> str:
        """That it is away."""
        return _("the CRM is away: connections are refused")

    def attributes(self) -> Mapping[str, int]:
        """None."""
        return {}

    def toxics(self) -> tuple[ToxicSpec, ...]:
        """None: the proxy is switched off."""
        return ()
