"""A Toxiproxy server of our own: started on a free port, known by a mark that only it carries, killed with its group."""

import asyncio
import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import IO, TypeVar

from crm_contracts.lab.engines.address import Address
from crm_contracts.lab.engines.engine import EngineError, EngineGoneError, EngineTimeoutError
from crm_contracts.lab.engines.toxiproxy_client import Client
from crm_contracts.model.language import _

HOST = "127.0.0.1"
READY_WITHIN = 5.0
ATTEMPTS = 5
GREETING_WITHIN = 0.25
PAUSE = 0.003

_T = TypeVar("_T")
Threads = Callable[[Callable[[], _T]], Awaitable[_T]]


class PortTakenError(EngineError):
    """Between our look for a free port and the server's start, somebody else took it."""


class ServerProcess:
    """A running toxiproxy-server, leader of its own process group."""

    def __init__(self, binary: Path) -> None:
        self.address: Address = (HOST, _free_port())
        self._mark = f"crm-mark-{secrets.token_hex(8)}"
        # A file without a name: never full as a pipe can be, and gone with us.
        self._log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the server
        try:
            self._process = self._spawn(binary)
        except OSError as error:
            self._log.close()
            raise EngineError(
                _("{binary} does not start: {error}").format(binary=binary, error=error)
            ) from None

    @property
    def pid(self) -> int:
        """Its process id, which is its group's too."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def last_words(self) -> str:
        """What it wrote last, or how it ended."""
        lines = self._told().decode("utf-8", "replace").strip().splitlines()
        panic = [line for line in lines if line.startswith(("panic:", "fatal error:"))]
        return (panic or lines or [_("it ended with code {code}").format(code=self._process.poll())])[-1]

    async def ready(self, in_thread: "Threads[None]") -> None:
        """Wait until it answers; raises PortTakenError where another program does, EngineError after 5 s."""
        client = Client(self.address, within=GREETING_WITHIN)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + READY_WITHIN
        while loop.time() < deadline:
            await asyncio.sleep(PAUSE)
            self._check_fate()
            with contextlib.suppress(EngineGoneError, EngineTimeoutError):
                return await in_thread(lambda: self._greet(client))
        raise EngineError(_("Toxiproxy was not ready within {seconds} s.").format(seconds=READY_WITHIN))

    def kill(self) -> None:
        """End it with its group. SIGKILL: on SIGTERM it waits up to 30 s for a request that a toxic holds up."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
        self._log.close()

    def _spawn(self, binary: Path) -> "subprocess.Popen[bytes]":
        # It does not end when its port is taken, and another Toxiproxy may answer there: the mark tells ours.
        host, port = self.address
        process = subprocess.Popen(
            [binary, "-host", host, "-port", str(port), "-config", "/dev/stdin"],
            stdin=subprocess.PIPE,
            stdout=self._log,
            stderr=self._log,
            env={**os.environ, "LOG_LEVEL": "error"},
            process_group=0,
        )
        mark = [{"name": self._mark, "upstream": f"{HOST}:9", "listen": f"{HOST}:0", "enabled": False}]
        assert process.stdin
        with contextlib.suppress(BrokenPipeError), process.stdin as stdin:
            stdin.write(json.dumps(mark).encode())
        return process

    def _greet(self, client: Client) -> None:
        try:
            client.find(self._mark).destroy()
        except (EngineGoneError, EngineTimeoutError):
            raise
        except EngineError as error:
            raise PortTakenError(str(error)) from None

    def _check_fate(self) -> None:
        if b"address already in use" in self._told():
            raise PortTakenError(self.last_words())
        if not self.alive:
            raise EngineError(_("Toxiproxy ended at its start: {words}").format(words=self.last_words()))

    def _told(self) -> bytes:
        if self._log.closed:
            return b""
        # pread: the server shares the file's offset.
        size = os.fstat(self._log.fileno()).st_size
        return os.pread(self._log.fileno(), 16_384, max(0, size - 16_384))


async def start_server(
    binary: Path, *, on_spawn: Callable[[int], None], in_thread: "Threads[None]"
) -> ServerProcess:
    """Start a server; `on_spawn` is told its process group before anything else can go wrong.

    Takes about 30 ms. A port that is taken meanwhile means the next one. Raises EngineError with the server's last words.
    """
    for attempt in range(1, ATTEMPTS + 1):
        process = ServerProcess(binary)
        on_spawn(process.pid)
        try:
            await process.ready(in_thread)
        except PortTakenError:
            process.kill()
            if attempt == ATTEMPTS:
                raise
        except BaseException:
            process.kill()
            raise
        else:
            return process
    raise AssertionError


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
