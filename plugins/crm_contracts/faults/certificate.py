"""Certificates that must be refused."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from crm_contracts.faults.base import EndpointFault
from crm_contracts.model.fault import Alterations, Trait
from crm_contracts.model.language import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate(EndpointFault):
    """The CRM shows new connections a certificate that must be refused, as on the day after somebody forgot to renew it.

    `expired` and `not_yet_valid` are the CRM's own certificate with wrong dates, `wrong_host` is one for another name, and
    `unknown_issuer` is signed by nobody that the caller was told to trust. The lab speaks HTTPS in the whole run, and the
    caller is given the lab's authority. Idle connections are closed first, for an open one keeps the certificate that it
    was shown.

    Example: `{fault: certificate, problem: expired}`.
    Source: N14; RFC 9110 4.3.4, RFC 5280 6.
    """

    fault: Literal["certificate"] = "certificate"
    problem: Annotated[
        Literal["expired", "not_yet_valid", "wrong_host", "unknown_issuer"],
        Field(description="What is wrong with it."),
    ]

    def traits(self) -> frozenset[Trait]:
        """The CRM does not prove who it is."""
        return frozenset({Trait.UNTRUSTED})

    def sentence(self) -> str:
        """What is wrong with it."""
        return {
            "expired": _("the CRM's certificate has expired"),
            "not_yet_valid": _("the CRM's certificate is not valid yet"),
            "wrong_host": _("the CRM's certificate is one for another host"),
            "unknown_issuer": _("the CRM's certificate was issued by nobody who is trusted"),
        }[self.problem]

    def alters(self) -> Alterations:
        """The certificate."""
        return Alterations(certificate=self.problem)
