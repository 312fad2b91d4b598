"""A real server: its process, its death, its neighbours, and everything that the library beneath lacks."""

import http.server
import os
import re
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeAlias

import pytest
import requests
from toxiproxy.api import APIConsumer

from crm_contracts.lab.engines import EngineError, EngineGoneError, ToxicSpec, toxiproxy_process
from crm_contracts.lab.engines.sweep import sweep
from crm_contracts.lab.engines.toxiproxy import ToxiproxyEngine, server_address
from crm_contracts.lab.engines.toxiproxy_client import Client
from tests.lab.engines.conftest import Loop
from tests.lab.engines.wire import Caller, Upstream, ask_once, wait_until

pytestmark = pytest.mark.toxiproxy

Upstreams: TypeAlias = Callable[..., Upstream]


def proxies(url: str) -> set[str]:
    return set(requests.get(f"{url}/proxies", timeout=5).json())


def is_alive(engine: ToxiproxyEngine) -> bool:
    return engine.alive


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_process_is_told_and_ended(loop: Loop, binary: Path) -> None:
    """The server leads a process group of its own that is told to us, and is gone after close."""
    spawned: list[int] = []
    engine = loop.run(ToxiproxyEngine.start(binary, on_spawn=spawned.append))
    (pid,) = spawned
    assert os.getpgid(pid) == pid != os.getpgid(0)
    assert proxies(engine.url) == set()
    loop.run(engine.close())
    assert not is_running(pid)
    assert not engine.alive


def test_death_is_seen(loop: Loop, binary: Path, upstream: Upstreams) -> None:
    """After a kill -9 the engine is not alive, every wish is an error, and it can be revived."""
    spawned: list[int] = []
    engine = loop.run(ToxiproxyEngine.start(binary, on_spawn=spawned.append))
    proxy = loop.run(engine.open("run", upstream().address))
    os.kill(spawned[0], signal.SIGKILL)
    wait_until(lambda: not engine.alive)
    for wish in (proxy.add(ToxicSpec(name="t", type="timeout")), engine.open("b", ("127.0.0.1", 9))):
        with pytest.raises(EngineGoneError, match="Toxiproxy died"):
            loop.run(wish)
    loop.run(proxy.close())
    loop.run(engine.revive())
    assert engine.alive
    assert len(spawned) == 2
    again = loop.run(engine.open("run", upstream().address))
    assert ask_once(again.address, b"hello") == b"hello"
    loop.run(engine.close())


def test_last_words_of_a_panic(toxiproxy: ToxiproxyEngine, loop: Loop, upstream: Upstreams) -> None:
    """A server that died of a panic is quoted."""
    proxy = loop.run(toxiproxy.open("run", upstream().address))
    (name,) = proxies(toxiproxy.url)
    toxic = {"type": "bandwidth", "attributes": {"rate": -1}}
    requests.post(f"{toxiproxy.url}/proxies/{name}/toxics", json=toxic, timeout=5)
    ask_once(proxy.address, b"hello")
    wait_until(lambda: not toxiproxy.alive)
    with pytest.raises(EngineGoneError, match="slice bounds out of range"):
        loop.run(proxy.down())


def test_revival_of_the_living_changes_nothing(
    toxiproxy: ToxiproxyEngine, loop: Loop, upstream: Upstreams
) -> None:
    """To revive a server that lives keeps it and its proxies."""
    proxy, url = loop.run(toxiproxy.open("run", upstream().address)), toxiproxy.url
    loop.run(toxiproxy.revive())
    assert toxiproxy.url == url
    assert ask_once(proxy.address, b"hello") == b"hello"


def test_port_taken_by_another_toxiproxy(
    loop: Loop, binary: Path, toxiproxy: ToxiproxyEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A port that another Toxiproxy took meanwhile is not mistaken for ours: the next one is used."""
    free = toxiproxy_process._free_port
    taken = [server_address(toxiproxy.url)[1]]
    monkeypatch.setattr(toxiproxy_process, "_free_port", lambda: taken.pop() if taken else free())
    spawned: list[int] = []
    second = loop.run(ToxiproxyEngine.start(binary, on_spawn=spawned.append))
    assert second.url != toxiproxy.url
    assert len(spawned) == 2
    assert not is_running(spawned[0])
    loop.run(second.close())
    assert toxiproxy.alive


def test_port_taken_by_something_else(loop: Loop, binary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A port that a stranger took meanwhile means the next one, soon."""
    free = toxiproxy_process._free_port
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        taken = [stranger.getsockname()[1]]
        monkeypatch.setattr(toxiproxy_process, "_free_port", lambda: taken.pop() if taken else free())
        engine = loop.run(ToxiproxyEngine.start(binary))
        loop.run(engine.close())


@pytest.mark.parametrize("script", ["exit 3", "echo no such library >&2; exit 1"])
def test_binary_that_does_not_serve(loop: Loop, tmp_path: Path, script: str) -> None:
    """A program that ends at once is an error, not a wait."""
    program = tmp_path / "toxiproxy-server"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    with pytest.raises(EngineError, match=r"code 3|no such library"):
        loop.run(ToxiproxyEngine.start(program))


def test_binary_that_is_none(loop: Loop, tmp_path: Path) -> None:
    """A file that is not there is an error that names it."""
    with pytest.raises(EngineError, match="nowhere"):
        loop.run(ToxiproxyEngine.start(tmp_path / "nowhere"))


def test_attached_server_keeps_what_is_not_ours(
    loop: Loop, toxiproxy: ToxiproxyEngine, upstream: Upstreams
) -> None:
    """On a server of others, their proxies and toxics stay as they are, and ours are gone afterwards."""
    theirs = Client(server_address(toxiproxy.url))
    foreign = theirs.create("theirs", upstream="127.0.0.1:9", listen="127.0.0.1:0")
    theirs.add_toxic(foreign, ToxicSpec(name="t", type="timeout"))
    engine = loop.run(ToxiproxyEngine.attach(toxiproxy.url))
    proxy = loop.run(engine.open("run", upstream().address))
    loop.run(proxy.add(ToxicSpec(name="t", type="reset_peer", attributes={"timeout": 60_000})))
    with Caller(proxy.address) as caller:
        assert caller.send(b"hello").is_silent()
        loop.run(proxy.remove("t"))
    assert all(name.startswith(engine.prefix) for name in proxies(toxiproxy.url) - {"theirs"})
    loop.run(engine.close())
    assert proxies(toxiproxy.url) == {"theirs"}
    assert set(theirs.find("theirs").toxics()) == {"t"}
    assert toxiproxy.alive


def test_two_runs_on_one_server(loop: Loop, toxiproxy: ToxiproxyEngine, upstream: Upstreams) -> None:
    """Two attached engines may use the same names: neither closes the other's proxies."""
    first, second = (loop.run(ToxiproxyEngine.attach(toxiproxy.url)) for _ in range(2))
    loop.run(first.open("run", upstream().address))
    kept = loop.run(second.open("run", upstream().address))
    loop.run(first.close())
    assert ask_once(kept.address, b"hello") == b"hello"
    loop.run(second.close())


def test_attached_server_dies_and_comes_back(loop: Loop, binary: Path, upstream: Upstreams) -> None:
    """Its death shows at the next wish; revive fails while it is away and works when it is there again."""
    address = ("127.0.0.1", toxiproxy_process._free_port())
    with _server(binary, address):
        engine = loop.run(ToxiproxyEngine.attach("http://{}:{}".format(*address)))
    with pytest.raises(EngineGoneError, match="cannot be reached"):
        loop.run(engine.open("run", upstream().address))
    assert is_alive(engine) is False
    with pytest.raises(EngineGoneError):
        loop.run(engine.revive())
    with _server(binary, address):
        loop.run(engine.revive())
        assert is_alive(engine) is True
        loop.run(engine.close())


@pytest.mark.parametrize("url", ["https://127.0.0.1:1", "ftp://x", "http://", "http://x:y", ""])
def test_attach_to_no_address(loop: Loop, url: str) -> None:
    """What is no address of a server is told with the value."""
    with pytest.raises(EngineError, match="is no address of a Toxiproxy"):
        loop.run(ToxiproxyEngine.attach(url))


@pytest.mark.parametrize("status, text", [(501, "what?"), (200, "<html>welcome</html>")])
def test_attach_to_another_program(loop: Loop, status: int, text: str) -> None:
    """A web server that is no Toxiproxy is refused, with what it said."""
    with answering(status, text) as url, pytest.raises(EngineError, match=re.escape(text)):
        loop.run(ToxiproxyEngine.attach(url))


def test_version_of_older_servers() -> None:
    """Before 2.7, the version was told in something that is no JSON."""
    with answering(200, '{"version": 2.5.0}') as url:
        assert Client(server_address(url)).version() == "2.5.0"


def test_proxies_of_the_environment_have_no_say(
    loop: Loop, binary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An http_proxy in the environment is not used for a server on this machine."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    engine = loop.run(ToxiproxyEngine.start(binary))
    assert sweep(engine.url, "crm-") == 0
    loop.run(engine.close())


def test_ipv6(loop: Loop, binary: Path) -> None:
    """A server on IPv6 can be attached to, where the machine has it."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    port = toxiproxy_process._free_port()
    with _server(binary, ("::1", port)):
        engine = loop.run(ToxiproxyEngine.attach(f"http://[::1]:{port}"))
        assert engine.version == "2.12.0"
        loop.run(engine.close())


def test_two_servers_in_one_process(loop: Loop, binary: Path, toxiproxy: ToxiproxyEngine) -> None:
    """Each client speaks to its own server, and toxiproxy-python itself is left as it was."""
    before = (APIConsumer.host, APIConsumer.port)
    other = loop.run(ToxiproxyEngine.start(binary))
    one, two = Client(server_address(toxiproxy.url)), Client(server_address(other.url))
    one.create("one", upstream="127.0.0.1:9", listen="127.0.0.1:0")
    two.create("two", upstream="127.0.0.1:9", listen="127.0.0.1:0")
    assert (set(one.proxies()), set(two.proxies())) == ({"one"}, {"two"})
    assert (APIConsumer.host, APIConsumer.port) == before
    loop.run(other.close())


@pytest.mark.parametrize(
    "wish, status, words",
    [
        (lambda client: client.find("none"), 404, "proxy not found"),
        (lambda client: client.create("", upstream="x:1", listen=""), 400, "missing required field: name"),
        (lambda client: client.create("a", upstream="x:1", listen="x"), 500, "missing port in address"),
    ],
)
def test_errors_of_the_server(
    toxiproxy: ToxiproxyEngine, wish: Callable[[Client], object], status: int, words: str
) -> None:
    """Every refusal is an EngineError with the server's own words, also those that the library lets pass."""
    with pytest.raises(EngineError, match=words) as raised:
        wish(Client(server_address(toxiproxy.url)))
    assert raised.value.status == status


def test_sweep(toxiproxy: ToxiproxyEngine) -> None:
    """What a dead run left is deleted by its prefix, nothing else; a server that is gone is no error."""
    client = Client(server_address(toxiproxy.url))
    for name in ("crm-1-a", "crm-1-a~2", "crm-2-b", "theirs"):
        client.create(name, upstream="127.0.0.1:9", listen="127.0.0.1:0")
    assert sweep(toxiproxy.url, "crm-1-") == 2
    assert proxies(toxiproxy.url) == {"crm-2-b", "theirs"}
    assert sweep("http://127.0.0.1:9", "crm-") == 0


@contextmanager
def answering(status: int, text: str) -> Iterator[str]:
    """A web server that always says the same; its URL."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_words: object) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class _server:  # noqa: N801 - reads as a function
    """A Toxiproxy that somebody else started."""

    def __init__(self, binary: Path, address: tuple[str, int]) -> None:
        host, port = address
        self._client = Client(address)
        self._process = subprocess.Popen(
            [binary, "-host", host, "-port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def __enter__(self) -> None:
        wait_until(self._answers)

    def __exit__(self, *_exception: object) -> None:
        self._process.kill()
        self._process.wait()

    def _answers(self) -> bool:
        with suppress(EngineError):
            return bool(self._client.version())
        return False
