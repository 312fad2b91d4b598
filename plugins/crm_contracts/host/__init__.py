"""The lab process, the guard above it, and the runner's side of the pipe between."""

from crm_contracts.host.client import LabClient, LabGone

__all__ = ["LabClient", "LabGone"]
