"""Both engines, each behind its HTTP API and behind our own protocol, with real sockets on either side."""

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

from crm_contracts import toxiproxy_binary
from crm_contracts.lab.engines import Engine, start_engine
from crm_contracts.lab.engines.embedded import EmbeddedEngine
from crm_contracts.lab.engines.embedded.server import ApiServer
from crm_contracts.lab.engines.toxiproxy import ToxiproxyEngine
from tests.lab.engines.wire import Api, Upstream

ENGINES = [pytest.param("toxiproxy", marks=pytest.mark.toxiproxy), "embedded"]

_T = TypeVar("_T")


class Loop:
    """An event loop in a thread of its own, as the lab has one: tests block, engines do not."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, _T], within: float = 30) -> _T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(within)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@pytest.fixture(scope="session")
def loop() -> Iterator[Loop]:
    """The loop on which engines live."""
    loop = Loop()
    yield loop
    loop.stop()


@pytest.fixture(scope="session")
def binary() -> Path:
    """The real toxiproxy-server; where it must be there, its lack is a failure."""
    found = toxiproxy_binary.find()
    if found is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no toxiproxy-server on this machine")
    return found.path


@asynccontextmanager
async def serving(name: str, binary: Path | None) -> AsyncIterator[tuple[str, int]]:
    """A server of one of the two kinds; its address."""
    if name == "embedded":
        engine = EmbeddedEngine(seed=1)
        async with ApiServer(engine) as server:
            yield server.address
        await engine.close()
    else:
        assert binary
        toxiproxy = await ToxiproxyEngine.start(binary)
        host, port = toxiproxy.url.removeprefix("http://").split(":")
        yield host, int(port)
        await toxiproxy.close()


@pytest.fixture(scope="session", params=ENGINES)
def shared_server(request: pytest.FixtureRequest, loop: Loop) -> Iterator[Api]:
    """One server of each kind for all tests that leave it as they found it."""
    binary = request.getfixturevalue("binary") if request.param == "toxiproxy" else None
    context = serving(request.param, binary)
    yield Api(request.param, loop.run(context.__aenter__()))
    loop.run(context.__aexit__(None, None, None))


@pytest.fixture
def api(shared_server: Api) -> Iterator[Api]:
    """The HTTP API of one of the engines; proxies that a test makes are gone after it."""
    yield shared_server
    shared_server.delete_all()


@pytest.fixture(params=ENGINES)
def own_server(request: pytest.FixtureRequest, loop: Loop) -> Iterator[Api]:
    """A server that a test may crash or lock up."""
    binary = request.getfixturevalue("binary") if request.param == "toxiproxy" else None
    context = serving(request.param, binary)
    yield Api(request.param, loop.run(context.__aenter__()))
    loop.run(context.__aexit__(None, None, None))


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, loop: Loop) -> Iterator[Engine]:
    """One of the engines as the lab uses it."""
    binary = request.getfixturevalue("binary") if request.param == "toxiproxy" else None
    engine = loop.run(start_engine(request.param, binary=binary, seed=1))
    yield engine
    loop.run(engine.close())


@pytest.fixture
def toxiproxy(loop: Loop, binary: Path) -> Iterator[ToxiproxyEngine]:
    """A Toxiproxy of our own."""
    engine = loop.run(ToxiproxyEngine.start(binary))
    yield engine
    loop.run(engine.close())


@pytest.fixture
def upstream() -> Iterator[Callable[..., Upstream]]:
    """Makes upstreams that behave as asked, and stops them after the test."""
    made: list[Upstream] = []

    def make(**behaviour: Any) -> Upstream:
        made.append(Upstream(**behaviour))
        return made[-1]

    yield make
    for one in made:
        one.stop()
