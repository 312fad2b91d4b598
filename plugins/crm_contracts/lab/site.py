"""What stands and listens for one run: server, proxy, gateway and the people behind it."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from crm_contracts.lab.alerts import AlertSink
from crm_contracts.lab.connection import CallerConnection
from crm_contracts.lab.credentials import Credentials
from crm_contracts.lab.detour import Detour
from crm_contracts.lab.engines import Engine, EngineError, Proxy
from crm_contracts.lab.gateway import Gateway
from crm_contracts.lab.secrets import Secrets
from crm_contracts.lab.tls.secure import SecureConnection
from crm_contracts.model.endpoint import Endpoint
from crm_contracts.model.exchange import LedgerEntry
from crm_contracts.model.json import JSON

BACKLOG = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The standing parts of one run; `close` takes down what it put up, and nothing else."""

    endpoint: Endpoint
    engine: Engine
    proxy: Proxy
    server: asyncio.Server
    gateway: Gateway
    credentials: Credentials
    secrets: Secrets
    sink: AlertSink
    spare: "Door | None" = None
    detour: Detour | None = None
    ledger: Callable[[], tuple[LedgerEntry, ...]]
    put: Callable[[str, Mapping[str, JSON]], str]

    async def close(self) -> None:
        """Take everything down."""
        self.sink.unregister(self.endpoint.alert_url)
        if self.detour is not None:
            await self.detour.close()
        for door in self.doors:
            await door.close()
        self.gateway.recorder.close()

    @property
    def doors(self) -> "tuple[Door, ...]":
        """The ways in: the first, and the spare where there is one."""
        first = Door(gateway=self.gateway, server=self.server, proxy=self.proxy)
        return (first,) if self.spare is None else (first, self.spare)


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """One way into a run's CRM: a proxy, and the gateway behind it."""

    gateway: Gateway
    server: asyncio.Server
    proxy: Proxy

    async def close(self) -> None:
        """Shut it, and end what came by it."""
        self.server.close()
        for connection in tuple(self.gateway.connections):
            connection.abort()
        with contextlib.suppress(EngineError):
            await self.proxy.close()


async def listen(gateway: Gateway) -> tuple[asyncio.Server, int]:
    """Let a gateway listen on a free port of the loopback, over TLS where its entrance asks for it; returns the port too."""
    loop, entrance = asyncio.get_running_loop(), gateway.entrance

    def connection() -> asyncio.BaseProtocol:
        return SecureConnection(gateway, entrance) if entrance.is_tls else CallerConnection(gateway)

    server = await loop.create_server(connection, "127.0.0.1", 0, backlog=BACKLOG)
    port: int = server.sockets[0].getsockname()[1]
    return server, port
