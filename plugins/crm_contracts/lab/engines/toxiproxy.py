"""The engine of choice: a Toxiproxy server, started by us or one that runs already."""

import asyncio
import re
import secrets
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self, TypeVar
from urllib.parse import urlsplit

from crm_contracts.lab.engines import address
from crm_contracts.lab.engines.address import Address
from crm_contracts.lab.engines.engine import LOOPBACK, EngineError, EngineGoneError
from crm_contracts.lab.engines.toxiproxy_client import Client
from crm_contracts.lab.engines.toxiproxy_process import ServerProcess, start_server
from crm_contracts.lab.engines.toxiproxy_proxy import ToxiproxyProxy
from crm_contracts.model.language import _

DEFAULT_PORT = 8474
THREADS = 4

_T = TypeVar("_T")


class ToxiproxyEngine:
    """Opens proxies on one Toxiproxy server.

    All of them carry `prefix` in their names, which no other run has; nothing else on the server is ever touched:
    neither `/reset` nor `/populate` is called. Make one with `start` (our own server) or `attach`.
    """

    name = "toxiproxy"

    def __init__(self, *, why: str) -> None:
        self.why = why
        self.version = ""
        self.prefix = f"crm-{secrets.token_hex(4)}-"
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="crm-engine")
        self._proxies: dict[str, ToxiproxyProxy] = {}
        self._client: Client
        self._start: Callable[[], Awaitable[ServerProcess]] | None = None
        self._process: ServerProcess | None = None
        self._answers = False
        self._closed = False

    @classmethod
    async def start(
        cls, binary: Path, *, why: str = "", on_spawn: Callable[[int], None] = lambda _pid: None
    ) -> Self:
        """Start a server of our own on a free port, in about 30 ms.

        `on_spawn` is told the id of its process, which leads a group of its own: killing the group ends it. Raises
        EngineError with the server's last words.
        """
        engine = cls(why=why)
        engine._start = lambda: start_server(binary, on_spawn=on_spawn, in_thread=engine._in_thread)
        return await engine._begin()

    @classmethod
    async def attach(cls, url: str, *, why: str = "") -> Self:
        """Use a server that runs already, such as `http://127.0.0.1:8474`; raises EngineError where none answers."""
        engine = cls(why=why)
        engine._client = Client(server_address(url))
        return await engine._begin()

    @property
    def alive(self) -> bool:
        return self._process.alive if self._process else self._answers

    @property
    def url(self) -> str:
        """Where the server's HTTP API is."""
        return f"http://{address.text(self._client.address)}"

    async def open(self, name: str, upstream: Address, listen: Address = LOOPBACK) -> ToxiproxyProxy:
        theirs = self.prefix + re.sub(r"[^A-Za-z0-9_.-]", "-", name)
        remote = await self._ask(
            lambda client: client.create(theirs, upstream=address.text(upstream), listen=address.text(listen))
        )
        proxy = ToxiproxyProxy(remote, name=name, ask=self._ask, server_host=self._client.address[0])
        self._proxies[theirs] = proxy
        return proxy

    async def revive(self) -> None:
        """Start another server where ours died; an attached one is asked whether it is there again."""
        if not self.alive:
            self._proxies.clear()
            await self._connect()

    async def close(self) -> None:
        if self._closed:
            return
        if self._process:
            # With the server go its proxies, and no toxic of them is waited for.
            self._process.kill()
        else:
            await asyncio.gather(*(proxy.close() for proxy in self._proxies.values()), return_exceptions=True)
        self._closed = True
        self._answers = False
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _begin(self) -> Self:
        try:
            await self._connect()
        except BaseException:
            await self.close()
            raise
        return self

    async def _connect(self) -> None:
        if self._start:
            if self._process:
                self._process.kill()
            self._process = await self._start()
            self._client = Client(self._process.address)
        self.version = await self._in_thread(self._client.version)
        self._answers = True

    async def _ask(self, question: Callable[[Client], _T], /) -> _T:
        if self._closed:
            raise EngineGoneError(_("The engine is closed."))
        try:
            return await self._in_thread(lambda: question(self._client))
        except EngineGoneError as error:
            self._answers = False
            if self._process and not self._process.alive:
                words = self._process.last_words()
                raise EngineGoneError(_("Toxiproxy died: {words}").format(words=words)) from error
            raise

    def _in_thread(self, work: Callable[[], _T], /) -> Awaitable[_T]:
        return asyncio.get_running_loop().run_in_executor(self._threads, work)


def server_address(url: str) -> Address:
    """The host and port of a server's HTTP API; the port is 8474 where none is written.

    >>> server_address("http://[::1]")
    ('::1', 8474)
    """
    parts = urlsplit(url if "//" in url else f"http://{url}")
    try:
        host, port = parts.hostname, parts.port or DEFAULT_PORT
    except ValueError:
        host, port = None, 0
    if parts.scheme != "http" or not host:
        raise EngineError(
            _("{url!r} is no address of a Toxiproxy, such as http://127.0.0.1:8474.").format(url=url)
        )
    return host, port
