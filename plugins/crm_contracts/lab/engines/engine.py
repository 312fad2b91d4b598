"""What stands between callers and the gateway and breaks TCP: the engine."""

from typing import Protocol

from crm_contracts.lab.engines.address import Address
from crm_contracts.lab.engines.toxic import Proxy


class EngineError(Exception):
    """What an engine could not do, in the engine's own words; `status` is that of its HTTP API, if it answered."""

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status

    def __reduce__(self) -> tuple[object, ...]:
        return (_again, (type(self), str(self), self.status))


class EngineTimeoutError(EngineError):
    """The server was asked and did not answer in time; whether it did what it was asked is unknown."""


class EngineGoneError(EngineError):
    """The server is not there any more."""


def _again(kind: type[EngineError], message: str, status: int | None) -> EngineError:
    return kind(message, status=status)


LOOPBACK: Address = ("127.0.0.1", 0)


class Engine(Protocol):
    """A Toxiproxy server, or our own code that does the same; many proxies, one a run."""

    @property
    def name(self) -> str:
        """`toxiproxy` or `embedded`."""

    @property
    def version(self) -> str: ...

    @property
    def why(self) -> str:
        """One sentence for people: why this engine was chosen."""

    @property
    def alive(self) -> bool:
        """False once the server died under us: what runs then is unknown, and `revive` is needed for the next run."""

    async def open(self, name: str, upstream: Address, listen: Address = LOOPBACK) -> Proxy:
        """Open a proxy of our own; port 0 takes a free one. Raises EngineError where the address cannot be had."""

    async def revive(self) -> None:
        """Have a living server again; proxies of the dead one are gone. Does nothing while it lives."""

    async def close(self) -> None:
        """Delete every proxy of ours and stop what we started, never waiting for a toxic; twice does no harm."""
