"""What stands on both sides of an engine in these tests: a plain HTTP client, an upstream, callers' sockets."""

import contextlib
import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self
from urllib.parse import quote

PATIENCE = 10.0


class Answer(NamedTuple):
    """An answer of the HTTP API."""

    status: int
    content_type: str
    text: str
    headers: Mapping[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class Api:
    """The HTTP API of a Toxiproxy, real or ours, without any library between."""

    def __init__(self, engine: str, address: tuple[str, int]) -> None:
        self.engine = engine
        self.address = address
        self._made = 0

    def ask(
        self, method: str, path: str, body: object = None, *, within: float = PATIENCE, agent: str = "test"
    ) -> Answer:
        """Send one request; a `str` or bytes goes as it is, anything else as JSON."""
        sent = body if isinstance(body, str | bytes | None) else json.dumps(body)
        connection = http.client.HTTPConnection(*self.address, timeout=within)
        try:
            connection.request(method, path, body=sent, headers={"User-Agent": agent})
            got = connection.getresponse()
            headers = dict(got.headers.items())
            return Answer(got.status, headers.get("Content-Type", ""), got.read().decode(), headers)
        finally:
            connection.close()

    def proxy(self, upstream: tuple[str, int] | str, **settings: object) -> "ProxyOfApi":
        """Make a proxy."""
        self._made += 1
        to = upstream if isinstance(upstream, str) else "{}:{}".format(*upstream)
        wanted = {"name": f"p{self._made}", "listen": "127.0.0.1:0", "upstream": to, **settings}
        made = self.ask("POST", "/proxies", wanted)
        assert made.status == 201, made
        host, port = made.json["listen"].rsplit(":", 1)
        return ProxyOfApi(self, made.json["name"], (host, int(port)))

    def delete_all(self) -> None:
        for name in self.ask("GET", "/proxies").json:
            self.ask("DELETE", f"/proxies/{quote(name)}")


@dataclass
class ProxyOfApi:
    """A proxy, driven over the HTTP API."""

    api: Api
    name: str
    address: tuple[str, int]

    def ask(self, method: str, path: str = "", body: object = None, **options: Any) -> Answer:
        return self.api.ask(method, f"/proxies/{self.name}{path}", body, **options)

    def add(self, kind: str, stream: str = "downstream", toxicity: float = 1, **attributes: int) -> Answer:
        """Put a toxic on; it is named `t`."""
        answer = self.ask(
            "POST",
            "/toxics",
            {"name": "t", "type": kind, "stream": stream, "toxicity": toxicity, "attributes": attributes},
        )
        assert answer.status == 200, answer
        return answer

    def remove(self, **options: Any) -> Answer:
        return self.ask("DELETE", "/toxics/t", **options)

    def connect(self) -> "Caller":
        return Caller(self.address)


@dataclass
class Seen:
    """What an upstream saw of one connection."""

    received: bytes = b""
    ending: str = "open"


@dataclass
class Upstream:
    """A TCP server: answers each chunk with `answer(chunk)` (an echo by default), and may close after that."""

    answer: Callable[[bytes], bytes] = bytes
    closes: bool = False
    seen: list[Seen] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address: tuple[str, int] = self._listener.getsockname()
        self._connections: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def ended(self, number: int = 0) -> Seen:
        """What was seen of the nth connection, once that has ended."""
        wait_until(lambda: len(self.seen) > number and self.seen[number].ending != "open")
        return self.seen[number]

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _peer = self._listener.accept()
                self._connections.append(connection)
                self.seen.append(Seen())
                threading.Thread(target=self._serve, args=(connection, self.seen[-1]), daemon=True).start()

    def _serve(self, connection: socket.socket, seen: Seen) -> None:
        try:
            while chunk := connection.recv(65536):
                seen.received += chunk
                connection.sendall(self.answer(chunk))
                if self.closes:
                    break
            seen.ending = "eof"
        except ConnectionResetError:
            seen.ending = "reset"
        except OSError:
            seen.ending = "error"
        connection.close()


class Caller:
    """A caller's connection."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address, timeout=PATIENCE)
        self.opened = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> "Caller":
        self.socket.sendall(data)
        return self

    def receive(self, size: int) -> bytes:
        """Read exactly so many bytes; fewer mean that the connection ended."""
        data = b""
        while len(data) < size and (chunk := self.socket.recv(size - len(data))):
            data += chunk
        return data

    def exchange(self, data: bytes) -> bytes:
        """Send, and read as many bytes back."""
        return self.send(data).receive(len(data))

    def ending(self) -> str:
        """Read until the connection ends and tell how: `eof` or `reset`."""
        try:
            while self.socket.recv(65536):
                pass
        except ConnectionResetError:
            return "reset"
        return "eof"

    def is_silent(self, seconds: float = 0.2) -> bool:
        """Whether nothing comes, and the connection stays open, for so long. Takes no byte away."""
        self.socket.settimeout(seconds)
        try:
            self.socket.recv(1, socket.MSG_PEEK)
        except TimeoutError:
            return True
        else:
            return False
        finally:
            self.socket.settimeout(PATIENCE)

    def age(self) -> float:
        return time.monotonic() - self.opened


def wait_until(condition: Callable[[], object]) -> None:
    """Wait for something to become true, and fail where it never does."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it never became true"
        time.sleep(0.005)


def ask_once(address: tuple[str, int], data: bytes) -> bytes:
    """One request over a connection of its own; what came back before it ended or was complete."""
    with Caller(address) as caller:
        try:
            return caller.exchange(data)
        except ConnectionResetError:
            return b""


@contextlib.contextmanager
def elapsed() -> Any:
    """Measures; `.seconds` is set at the end."""
    watch = Stopwatch()
    start = time.monotonic()
    try:
        yield watch
    finally:
        watch.seconds = time.monotonic() - start


@dataclass
class Stopwatch:
    """How long something took."""

    seconds: float = 0.0
