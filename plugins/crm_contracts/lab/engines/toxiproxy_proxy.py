"""A proxy on a Toxiproxy server, and how a fault is undone there without waiting for it.

Toxiproxy changes a chain of toxics by interrupting the running ones, and holds the proxy's lock meanwhile: then nobody
new is served and even `GET /proxies` hangs. Most toxics stop at once (2 ms). Two cases do not, as measured with 2.12:

- `reset_peer` sleeps its whole `timeout` on every connection that it has met (2.8 s of 3 s);
- any toxic is stuck while it delivers to a caller that does not read, perhaps for ever.

So where a sleeping `reset_peer` is in the way, and where a change was not answered within a second, the proxy is
*rebuilt*: a fresh one with the wanted toxics is prepared switched off, the old one is switched off (which waits for no
toxic), the fresh one takes over its port: 3-5 ms, of which the port refuses callers for about one. Open connections
are cut by that; after any other change they live on. The old one is deleted afterwards, but only if switching it off was
answered: deleting a stuck one locks the whole server.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol, TypeVar

from crm_contracts.lab.engines import address
from crm_contracts.lab.engines.address import Address
from crm_contracts.lab.engines.engine import EngineError, EngineGoneError, EngineTimeoutError
from crm_contracts.lab.engines.toxic import ToxicSpec
from crm_contracts.lab.engines.toxiproxy_client import Client, RemoteProxy
from crm_contracts.lab.engines.validation import validate, validate_change

WORTH_WAITING = 50
"""A `reset_peer` that sleeps no longer than this many ms is waited for: it spares the other connections."""
TAKE_OVER_WITHIN = 1.0
PAUSE = 0.01

_T = TypeVar("_T")
_Toxics = Mapping[str, ToxicSpec]


class Ask(Protocol):
    """How a blocking question to the server is asked from the event loop."""

    def __call__(self, question: Callable[[Client], _T], /) -> Awaitable[_T]: ...


class ToxiproxyProxy:
    """One proxy of ours; its changes happen one after the other."""

    def __init__(self, remote: RemoteProxy, *, name: str, ask: Ask, server_host: str) -> None:
        self.name = name
        self.address = _reachable(remote.listen, server_host)
        self._remote = remote
        self._ask = ask
        self._first_name = remote.name
        self._generation = 1
        self._toxics: _Toxics = {}
        self._is_up = True
        self._is_closed = False
        self._changing = asyncio.Lock()
        self._retiring: set[asyncio.Task[None]] = set()

    async def add(self, toxic: ToxicSpec) -> None:
        validate(toxic)
        async with self._changing:
            if toxic.name in self._toxics:
                raise EngineError("toxic already exists", status=409)
            await self._change(
                toxic,
                {**self._toxics, toxic.name: toxic},
                lambda client: client.add_toxic(self._remote, toxic),
            )

    async def update(self, toxic: ToxicSpec) -> None:
        validate(toxic)
        async with self._changing:
            validate_change(self._find(toxic.name), toxic)
            await self._change(
                toxic,
                {**self._toxics, toxic.name: toxic},
                lambda client: client.update_toxic(self._remote, toxic),
            )

    async def remove(self, name: str) -> None:
        async with self._changing:
            toxic = self._find(name)
            others = {other: spec for other, spec in self._toxics.items() if other != name}
            await self._change(toxic, others, lambda _client: self._remote.destroy_toxic(name))

    async def down(self) -> None:
        async with self._changing:
            await self._ask(lambda _client: self._remote.disable())
            self._is_up = False

    async def up(self) -> None:
        async with self._changing:
            await self._ask(lambda _client: self._remote.enable())
            self._is_up = True

    async def close(self) -> None:
        async with self._changing:
            if self._is_closed:
                return
            self._is_closed = True
            try:
                await self._ask(lambda _client: self._remote.destroy())
            except EngineGoneError:
                pass
            except EngineError as error:
                if error.status != 404:
                    raise

    def _find(self, name: str) -> ToxicSpec:
        if name not in self._toxics:
            raise EngineError("toxic not found", status=404)
        return self._toxics[name]

    async def _change(self, toxic: ToxicSpec, after: _Toxics, question: Callable[[Client], object]) -> None:
        if any(_sleeps(other) and other.stream == toxic.stream for other in self._toxics.values()):
            await self._rebuild(after)
        else:
            try:
                await self._ask(question)
            except EngineTimeoutError:
                await self._rebuild(after)
        self._toxics = after

    async def _rebuild(self, toxics: _Toxics) -> None:
        fresh, old = await self._prepare(toxics), self._remote
        if self._is_up:
            switching_off = asyncio.ensure_future(self._ask(lambda _client: old.disable()))
            # A stuck proxy does not answer, but has stopped listening by then.
            await asyncio.wait({switching_off}, timeout=10 * PAUSE)
            await self._take_over(fresh)
            self._retire(old, switching_off)
        self._remote = fresh

    async def _prepare(self, toxics: _Toxics) -> RemoteProxy:
        self._generation += 1
        name, old = f"{self._first_name}~{self._generation}", self._remote
        fresh = await self._ask(
            lambda client: client.create(name, upstream=old.upstream, listen=old.listen, enabled=False)
        )
        await self._ask(lambda client: client.add_toxics(fresh, toxics.values()))
        return fresh

    async def _take_over(self, fresh: RemoteProxy) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + TAKE_OVER_WITHIN
        while True:
            try:
                return await self._ask(lambda _client: fresh.enable())
            except EngineError as error:
                if error.status != 500 or loop.time() > deadline:
                    raise
            await asyncio.sleep(PAUSE)

    def _retire(self, old: RemoteProxy, switching_off: "asyncio.Future[None]") -> None:
        task = asyncio.get_running_loop().create_task(self._forget(old, switching_off))
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)

    async def _forget(self, old: RemoteProxy, switching_off: "asyncio.Future[None]") -> None:
        with contextlib.suppress(EngineError):
            await switching_off
            await self._ask(lambda _client: old.destroy())


def _sleeps(toxic: ToxicSpec) -> bool:
    return toxic.type == "reset_peer" and toxic.attributes.get("timeout", 0) > WORTH_WAITING


def _reachable(listen: str, server_host: str) -> Address:
    host, port = address.parse(listen)
    return (server_host if host in {"", "0.0.0.0", "::"} else host, port)
