"""A name that is not found."""

from dataclasses import dataclass
from typing import Literal

from crm_contracts.faults.base import EndpointFault
from crm_contracts.model.consumer import Consumer
from crm_contracts.model.contract import Contract
from crm_contracts.model.fault import Alterations, Trait
from crm_contracts.model.language import _


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsFailure(EndpointFault):
    """The caller's resolver does not find the CRM's name, as when a name server is gone.

    The caller is given a host name instead of an address in numbers for the whole run. A Python caller is reached through
    `socket`, a program through the system's resolver, where libnss_wrapper is installed. Idle connections are closed
    first, because an open one needs no name. The name is found again when the fault goes off: a caller that keeps a
    failed look-up does not see that.

    Example: `{fault: dns_failure}`.
    Source: N13.
    """

    fault: Literal["dns_failure"] = "dns_failure"

    def traits(self) -> frozenset[Trait]:
        """The name is not found."""
        return frozenset({Trait.UNRESOLVED})

    def sentence(self) -> str:
        """That it is not found."""
        return _("the CRM's name is not found")

    def alters(self) -> Alterations:
        """The name."""
        return Alterations(nameless=True)

    def fits(self, consumer: Consumer, contract: Contract) -> str | None:
        """It needs a caller whose resolver can be reached."""
        if "dns" in consumer.cannot:
            return _("its resolver cannot be reached")
        return EndpointFault.fits(self, consumer, contract)
