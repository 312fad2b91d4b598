"""What an engine is asked to do: a toxic, and a proxy that it is put on."""

from typing import Protocol

from crm_contracts.lab.engines.address import Address
from crm_contracts.model.toxic import Stream, ToxicSpec

__all__ = ["Proxy", "Stream", "ToxicSpec"]


class Proxy(Protocol):
    """One listening address of ours and the way from it to one upstream, with the toxics that are on it.

    Every method returns promptly whatever a toxic is doing at the moment, and raises `EngineError` where the engine
    could not do it.
    """

    @property
    def name(self) -> str:
        """The name under which it was opened."""

    @property
    def address(self) -> Address:
        """Where callers connect to; it stays the same until `close`."""

    async def add(self, toxic: ToxicSpec) -> None:
        """Put a toxic on; open connections meet it too. Raises InvalidToxicError where no engine could carry it."""

    async def update(self, toxic: ToxicSpec) -> None:
        """Change toxicity and attributes of the toxic with this name."""

    async def remove(self, name: str) -> None:
        """Take a toxic off: whoever connects from now on does not meet it."""

    async def down(self) -> None:
        """Stop listening and cut every connection: new ones are refused."""

    async def up(self) -> None:
        """Listen again on the same address."""

    async def close(self) -> None:
        """Remove the proxy with all its toxics and connections; a second time does nothing."""
