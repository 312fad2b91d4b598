"""The driver's side of a zygote: one warm process per consumer from which the process of every run is forked."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from dataclasses import dataclass, field
from pathlib import Path

from crm_contracts.consumers.channel import Message
from crm_contracts.consumers.driver import ConsumerFailed
from crm_contracts.consumers.environment import located
from crm_contracts.consumers.failures import not_made, not_started, silent
from crm_contracts.consumers.output import Output
from crm_contracts.consumers.patience import first_of
from crm_contracts.consumers.process import End, OnSpawn, Process
from crm_contracts.model.consumer import Consumer, PythonDriver
from crm_contracts.model.endpoint import Endpoint, Tenant
from crm_contracts.model.language import _

CHILD = Path(__file__).parent / "child" / "__main__.py"
READY_WITHIN = 30.0
"""Seconds that a Python caller has to be imported and made."""

_ANY = Endpoint(
    base_url="",
    token_url="",
    ca_file="-",
    truststore="-",
    tenants=(Tenant(name="", client_id="", client_secret=""),),
)


class Forked:
    """A process forked from a zygote for one run; it leads a group of its own."""

    def __init__(self, pid: int, output: Output, ended: "asyncio.Future[End]") -> None:
        self.pid, self.output, self.ended = pid, output, ended

    def kill(self) -> None:
        """End the whole group at once."""
        if not self.ended.done():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What importing the caller's module left behind; only where that is nothing may runs be forked."""

    read: tuple[str, ...] = ()
    threads: int = 0
    opened: tuple[str, ...] = ()
    failed: Message | None = field(default=None, compare=False)

    @classmethod
    def of(cls, message: Message) -> "Imported":
        """From the child's message."""
        return cls(
            read=tuple(message["read"]),
            threads=message["threads"],
            opened=tuple(message["opened"]),
            failed=message["failed"],
        )

    @property
    def forks_safely(self) -> bool:
        """Whether a forked process is as good as a new one."""
        return not (self.read or self.threads or self.opened)

    def why_not(self, factory: str) -> str:
        """Why each run gets an interpreter of its own, and how that would be otherwise."""
        module = factory.partition(":")[0]
        if self.read and self.read != ("*",):
            names = ", ".join(name for name in self.read if name != "*")
            sentence = _(
                "The module {module!r} reads {names} while it is imported, so every run starts an interpreter of its own. "
                "Read it where the object is made, and runs start quicker."
            )
            return sentence.format(module=module, names=names)
        sentence = _(
            "Importing the module {module!r} leaves threads, open files or a copy of the environment behind, so every run "
            "starts an interpreter of its own. Begin them where the object is made, and runs start quicker."
        )
        return sentence.format(module=module)


class Zygote:
    """A process that has imported the caller's module and waits."""

    def __init__(self, process: Process, control: socket.socket) -> None:
        self._process, self._control = process, control
        self._rest = b""
        self._imported: asyncio.Future[Imported] = asyncio.get_running_loop().create_future()
        self._forked: asyncio.Future[int] | None = None
        self._turn = asyncio.Lock()
        self._children: dict[int, asyncio.Future[End]] = {}
        self._number = 0
        control.setblocking(False)
        asyncio.get_running_loop().add_reader(control, self._read)

    @classmethod
    async def open(
        cls, consumer: Consumer, driver: PythonDriver, on_spawn: OnSpawn
    ) -> "tuple[Zygote, Imported]":
        """Start one and import the caller's module; raises ConsumerFailed."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                env = _environment(driver)
                process = start_child("zygote", theirs, consumer, driver, env=env, on_spawn=on_spawn)
            except BaseException:
                ours.close()
                raise
        zygote = cls(process, ours)
        try:
            zygote._send(
                {"factory": driver.factory, "path": import_path(consumer, driver), "watch": _watched(driver)}
            )
            imported = await zygote._wait_for_import(driver)
            if imported.failed and not imported.read:
                raise not_made(
                    driver.factory,
                    imported.failed,
                    process.output.text,
                    interpreter=interpreter_of(consumer, driver),
                )
        except BaseException:
            await zygote.close()
            raise
        return zygote, imported

    @property
    def alive(self) -> bool:
        """Whether it can fork."""
        return not self._process.ended.done()

    @property
    def idle(self) -> bool:
        """Whether no process of it lives and none is being made."""
        return not self._children and not self._turn.locked()

    async def fork(self, theirs: socket.socket) -> Forked | None:
        """Fork a process for one run; `theirs` is its end of the channel. None where the zygote is gone."""
        output, pid = Output(), None
        try:
            async with self._turn:
                pid = await self._fork(theirs, output.writer)
        finally:
            output.handed_over()
            if pid is None:
                output.close()
        return None if pid is None else Forked(pid, output, self._children[pid])

    async def _fork(self, theirs: socket.socket, writer: int) -> int | None:
        """One order at a time: descriptors belong to the order with which they were sent."""
        self._number += 1
        self._forked = asyncio.get_running_loop().create_future()
        order = json.dumps({"run": self._number}).encode()
        with contextlib.suppress(OSError):
            socket.send_fds(self._control, [order], [theirs.fileno(), writer])
            await first_of(self._forked, self._process.ended, within=READY_WITHIN)
        return self._forked.result() if self._forked.done() else None

    async def close(self) -> None:
        """End it; what it forked lives on until its own driver ends it."""
        if self._control.fileno() >= 0:
            asyncio.get_running_loop().remove_reader(self._control)
            self._control.close()
        self._process.kill()
        await self._process.ended

    async def _wait_for_import(self, driver: PythonDriver) -> Imported:
        ended = self._process.ended
        await first_of(self._imported, ended, within=READY_WITHIN)
        if self._imported.done():
            return self._imported.result()
        if ended.done():
            raise not_started(driver.factory, ended.result(), self._process.output.text)
        raise silent(READY_WITHIN, self._process.output.text)

    def _send(self, order: Message) -> None:
        self._control.sendall(json.dumps(order).encode())

    def _read(self) -> None:
        try:
            data = self._control.recv(1 << 16)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            asyncio.get_running_loop().remove_reader(self._control)
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._take(json.loads(line))

    def _take(self, message: Message) -> None:
        match message["is"]:
            case "imported":
                self._imported.set_result(Imported.of(message))
            case "forked":
                self._children[message["pid"]] = asyncio.get_running_loop().create_future()
                if self._forked and message["run"] == self._number:
                    self._forked.set_result(message["pid"])
            case "exited":
                end = End.of(os.waitstatus_to_exitcode(message["status"]))
                ended = self._children.pop(message["pid"])
                if not ended.done():
                    ended.set_result(end)


def start_child(
    mode: str,
    theirs: socket.socket,
    consumer: Consumer,
    driver: PythonDriver,
    *,
    env: dict[str, str],
    on_spawn: OnSpawn,
) -> Process:
    """Start the caller's interpreter on our child's side; raises ConsumerFailed."""
    interpreter = interpreter_of(consumer, driver)
    command = [interpreter, str(CHILD), mode, str(theirs.fileno())]
    try:
        return Process.spawn(command, env=env, on_spawn=on_spawn, keep=[theirs.fileno()])
    except OSError as error:
        raise ConsumerFailed(_no_interpreter(driver.interpreter or interpreter, error)) from error


def interpreter_of(consumer: Consumer, driver: PythonDriver) -> str:
    """The Python that the caller runs in: the one that its file names, else ours."""
    return located(driver.interpreter, consumer.file.parent) if driver.interpreter else sys.executable


def import_path(consumer: Consumer, driver: PythonDriver) -> list[str]:
    """Where the caller's modules are looked for first: beside its file, in the working folder, then as declared."""
    folder = consumer.file.resolve().parent
    return [str(folder), str(Path.cwd()), *(str((folder / place).resolve()) for place in driver.path)]


def _environment(driver: PythonDriver) -> dict[str, str]:
    """What all runs of a consumer have in common."""
    same = {name: value for name, value in _ANY.environment().items() if name not in _of_a_run()}
    machine = {name: value for name, value in os.environ.items() if name not in _watched(driver)}
    return {**machine, **same, **{name: value for name, value in driver.env.items() if "{" not in value}}


def _watched(driver: PythonDriver) -> list[str]:
    return [*_of_a_run(), *(name for name, value in driver.env.items() if "{" in value)]


def _of_a_run() -> list[str]:
    return [name for name in _ANY.environment() if "proxy" not in name.lower()]


def _no_interpreter(name: str, error: OSError) -> str:
    return _(
        "The interpreter {name!r} cannot be started: {error}. Write its path after `interpreter:`."
    ).format(name=name, error=error.strerror or error)
