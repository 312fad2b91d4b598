"""A handshake without an end."""

from dataclasses import dataclass
from typing import Literal

from crm_contracts.faults.base import EndpointFault
from crm_contracts.model.fault import Alterations, Trait
from crm_contracts.model.language import _


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsHandshakeHangs(EndpointFault):
    """New connections are accepted, and their TLS handshake is never answered.

    So does a load balancer that has lost its workers. A timeout for reading alone does not see it, for nothing is read
    yet. The lab speaks HTTPS in the whole run. Idle connections are closed first; those that hang are closed when the
    fault goes off.

    Example: `{fault: tls_handshake_hangs}`.
    Source: N10, N14.
    """

    fault: Literal["tls_handshake_hangs"] = "tls_handshake_hangs"

    def traits(self) -> frozenset[Trait]:
        """No handshake comes to its end, and nobody says so."""
        return frozenset({Trait.HANDSHAKE, Trait.SILENCE})

    def sentence(self) -> str:
        """That nothing comes."""
        return _("TLS handshakes are never answered")

    def alters(self) -> Alterations:
        """The handshake."""
        return Alterations(hangs=True)
