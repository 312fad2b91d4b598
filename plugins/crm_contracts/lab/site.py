"""What stands and listens for one run: server, proxy, gateway and the people behind it."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass

from crm_contracts.lab.alerts import AlertSink
from crm_contracts.lab.connection import CallerConnection
from crm_contracts.lab.credentials import Credentials
from crm_contracts.lab.engines import Engine, EngineError, Proxy
from crm_contracts.lab.gateway import Gateway
from crm_contracts.lab.secrets import Secrets
from crm_contracts.model.endpoint import Endpoint
from crm_contracts.model.exchange import LedgerEntry

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
    ledger: Callable[[], tuple[LedgerEntry, ...]]

    async def close(self) -> None:
        """Take everything down."""
        self.sink.unregister(self.endpoint.alert_url)
        self.server.close()
        for connection in tuple(self.gateway.connections):
            connection.abort()
        with contextlib.suppress(EngineError):
            await self.proxy.close()
        self.gateway.recorder.close()


async def listen(gateway: Gateway) -> tuple[asyncio.Server, int]:
    """Let a gateway listen on a free port of the loopback; returns the port too."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: CallerConnection(gateway), "127.0.0.1", 0, backlog=BACKLOG)
    port: int = server.sockets[0].getsockname()[1]
    return server, port
