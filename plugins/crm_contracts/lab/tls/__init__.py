"""TLS of the lab: its own certificate authority, and what a new connection meets before HTTP."""

from crm_contracts.lab.tls.entrance import Entrance

__all__ = ["Entrance"]
