"""The lab process, the guard above it, and the runner's side of the pipe between. Its names are imported on first use."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crm_contracts.host.client import LabClient, LabGone

__all__ = ["LabClient", "LabGone"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(name)
    from crm_contracts.host import client

    return getattr(client, name)
