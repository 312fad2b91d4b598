"""A proxy of the embedded engine: it listens, and keeps which toxics are on."""

import asyncio
import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from crm_contracts.lab.engines import address
from crm_contracts.lab.engines.embedded.connection import Connection
from crm_contracts.lab.engines.embedded.toxics import TOXICS, Toxic
from crm_contracts.lab.engines.embedded.toxics.noop import Noop
from crm_contracts.lab.engines.engine import EngineError
from crm_contracts.lab.engines.toxic import Stream, ToxicSpec
from crm_contracts.lab.engines.validation import validate, validate_change
from crm_contracts.model.json import JSON

NOOP = Noop()


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """A toxic that is on a proxy."""

    name: str
    stream: str
    toxicity: float
    toxic: Toxic

    @property
    def direction(self) -> Stream:
        """Its stream; clients may write it in capitals, and are told it as they wrote it."""
        return "upstream" if self.stream.lower() == "upstream" else "downstream"

    def cast(self, dice: Random) -> Toxic:
        """Draw whether one connection meets the toxic or is spared."""
        return self.toxic if dice.random() < self.toxicity else NOOP

    def spec(self) -> ToxicSpec:
        """It as it was asked for."""
        return ToxicSpec(
            name=self.name,
            type=self.toxic.type,
            stream=self.direction,
            toxicity=self.toxicity,
            attributes=self.toxic.attributes(),
        )

    def as_json(self) -> dict[str, JSON]:
        """It as the HTTP API tells it."""
        return {
            "attributes": dict(self.toxic.attributes()),
            "name": self.name,
            "type": self.toxic.type,
            "stream": self.stream,
            "toxicity": self.toxicity,
        }


def installed(spec: ToxicSpec) -> Installed:
    """Make a toxic from its specification."""
    toxic = TOXICS[spec.type](**spec.attributes)
    return Installed(name=spec.name, stream=spec.stream, toxicity=spec.toxicity, toxic=toxic)


class EmbeddedProxy:
    """Listens on one address, as long as it is up, and passes connections on to its upstream."""

    def __init__(
        self, *, name: str, listen: str, upstream: str, seed: int, on_close: Callable[["EmbeddedProxy"], None]
    ) -> None:
        self.name = name
        self.listen = listen
        self.upstream = upstream
        self.enabled = False
        self.toxics: Mapping[str, Installed] = {}
        self.connections: set[Connection] = set()
        self._accepted = 0
        self._seed = seed
        self._on_close = on_close
        self._server: asyncio.Server | None = None
        self._switching = asyncio.Lock()

    # The Proxy protocol.

    @property
    def address(self) -> address.Address:
        return address.parse(self.listen)

    async def add(self, toxic: ToxicSpec) -> None:
        validate(toxic)
        self.install(installed(toxic))

    async def update(self, toxic: ToxicSpec) -> None:
        validate(toxic)
        validate_change(self.find(toxic.name).spec(), toxic)
        self.reinstall(installed(toxic))

    async def remove(self, name: str) -> None:
        self.uninstall(name)

    async def down(self) -> None:
        async with self._switching:
            if self._server:
                self._server.close()
            for connection in tuple(self.connections):
                connection.abort()
            self._server, self.enabled = None, False
            # An aborted transport closes its socket when the loop comes round.
            await asyncio.sleep(0)

    async def up(self) -> None:
        async with self._switching:
            if not self.enabled:
                self._server, self.listen = await self._listen()
                self.enabled = True

    async def close(self) -> None:
        await self.down()
        self._on_close(self)

    # Its toxics.

    def find(self, name: str) -> Installed:
        """The toxic of this name; raises EngineError (404)."""
        if name not in self.toxics:
            raise EngineError("toxic not found", status=404)
        return self.toxics[name]

    def install(self, new: Installed) -> None:
        """Put a toxic on, also on open connections; raises EngineError (409) for a name that is taken."""
        if new.name in self.toxics:
            raise EngineError("toxic already exists", status=409)
        self.toxics = {**self.toxics, new.name: new}
        for connection in self.connections:
            self._apply(connection, new)

    def reinstall(self, changed: Installed) -> None:
        """Change a toxic; whether a connection meets it is drawn again."""
        self.toxics = {**self.toxics, changed.name: changed}
        for connection in self.connections:
            if link := connection.links.get(changed.direction):
                link.update(changed.name, changed.cast(link.dice(changed.name)))

    def uninstall(self, name: str) -> None:
        """Take a toxic off; raises EngineError (404)."""
        direction = self.find(name).direction
        self.toxics = {other: toxic for other, toxic in self.toxics.items() if other != name}
        for connection in self.connections:
            if link := connection.links.get(direction):
                link.remove(name)

    # Its connections.

    def _accept(self) -> asyncio.Protocol:
        self._accepted += 1
        connection = Connection(
            self._accepted, self.upstream, on_ready=self._begin, on_gone=self.connections.discard
        )
        self.connections.add(connection)
        return connection.client

    def _begin(self, connection: Connection) -> None:
        for toxic in self.toxics.values():
            if self._apply(connection, toxic).resets:
                connection.reset_when_closed()

    def _apply(self, connection: Connection, new: Installed) -> Toxic:
        # Seeded by what it is for, not by order of arrival elsewhere: the same seed spares the same connections.
        dice = Random(f"{self._seed}/{self.name}/{connection.number}/{new.direction}/{new.name}")
        toxic = new.cast(dice)
        if link := connection.links.get(new.direction):
            link.add(new.name, toxic, dice)
        return toxic

    async def _listen(self) -> tuple[asyncio.Server, str]:
        loop = asyncio.get_running_loop()
        try:
            infos = await loop.getaddrinfo(*wanted_address(self.listen), type=socket.SOCK_STREAM)
            server = await loop.create_server(self._accept, *infos[0][4][:2], backlog=1024)
        except ValueError as error:
            raise EngineError(f"listen tcp: {error}", status=500) from None
        except OSError as error:
            raise EngineError(f"listen tcp {self.listen}: {_reason(error)}", status=500) from None
        return server, address.text(server.sockets[0].getsockname()[:2])


def wanted_address(listen: str) -> address.Address:
    """The address to listen on: on this machine and on a free port where none is written; raises ValueError.

    >>> wanted_address(":8080")
    ('127.0.0.1', 8080)
    """
    host, port = address.parse(listen or ":0")
    return host or "127.0.0.1", port


def _reason(error: OSError) -> str:
    if isinstance(error, socket.gaierror):
        return str(error.strerror)
    return f"bind: {os.strerror(error.errno or 0).lower()}"
