"""The zygote imports the caller's module once and forks a process for every run. It has one thread."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import sys
import threading
from typing import TYPE_CHECKING, Any, ClassVar

from .caller import NotMadeError, find
from .channel import Channel, flush

if TYPE_CHECKING:
    from collections.abc import Callable

    Message = dict[str, Any]


class Watched(os._Environ):  # type: ignore[type-arg]  # noqa: SLF001 - its only instance is the one to be watched
    """The environment while the caller's module is imported: it remembers which names were read."""

    read: ClassVar[set[str]] = set()

    def __getitem__(self, key: str) -> Any:
        self.read.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.read.add(str(key))
        return super().__contains__(key)

    def __iter__(self) -> Any:
        self.read.add("*")
        return super().__iter__()


class Zygote:
    """Takes orders to fork and tells how each process ended."""

    def __init__(self, descriptor: int, failed: Callable[[NotMadeError, str], Message]) -> None:
        os.set_inheritable(descriptor, False)
        self._control = socket.socket(fileno=descriptor)
        self._failed = failed
        self._children: set[int] = set()

    def serve(self) -> Channel:
        """Serve until the driver is gone; returns only in a forked process, with the channel of its run."""
        self._tell(self._import(**self._receive()[0]))
        woken, wake = os.pipe()
        os.set_blocking(wake, False)
        usual = signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        forked = self._loop(woken)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, usual)
        os.close(woken)
        os.close(wake)
        return forked

    def _loop(self, woken: int) -> Channel:
        while True:
            waited: list[Any] = [self._control, woken]
            ready, _writable, _broken = select.select(waited, [], [])
            if woken in ready:
                os.read(woken, 4096)
                self._reap()
            if self._control in ready:
                order, descriptors = self._receive()
                flush()
                if self._forks(order["run"], descriptors):
                    return Channel(descriptors[0])

    def _import(self, factory: str, path: list[str], watch: list[str]) -> Message:
        """Import the caller's module and tell what it left behind: only where that is nothing may runs be forked."""
        usual, before, failed = os.environ.__class__, _open_files(), None
        os.environ.__class__ = Watched
        try:
            find(factory, path)
        except NotMadeError as unmade:
            failed = self._failed(unmade, factory.partition(":")[0])
        finally:
            os.environ.__class__ = usual
        read = sorted(Watched.read & {*watch, "*"})
        opened = sorted(what for _number, what in _open_files() - before)
        return {"is": "imported", "read": read, "threads": _threads() - 1, "opened": opened, "failed": failed}

    def _forks(self, run: int, descriptors: list[int]) -> bool:
        pid = os.fork()
        if pid:
            self._children.add(pid)
            for descriptor in descriptors:
                os.close(descriptor)
            self._tell({"is": "forked", "run": run, "pid": pid})
            return False
        os.setsid()
        self._control.close()
        os.dup2(descriptors[1], 1)
        os.dup2(descriptors[1], 2)
        os.close(descriptors[1])
        return True

    def _reap(self) -> None:
        for pid in list(self._children):
            # WNOWAIT: the group dies before its leader's number is given back and could mean somebody else.
            if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                _kill_group(pid)
                self._children.discard(pid)
                self._tell({"is": "exited", "pid": pid, "status": os.waitpid(pid, 0)[1]})

    def _receive(self) -> tuple[Message, list[int]]:
        data, ancillary, _flags, _address = self._control.recvmsg(1 << 20, socket.CMSG_SPACE(8))
        if not data:
            os._exit(0)
        raw = b"".join(part for _level, _kind, part in ancillary)
        descriptors = [int.from_bytes(raw[at : at + 4], sys.byteorder) for at in range(0, len(raw), 4)]
        for descriptor in descriptors:
            os.set_inheritable(descriptor, False)
        return json.loads(data), descriptors

    def _tell(self, message: Message) -> None:
        try:
            self._control.sendall(json.dumps(message).encode() + b"\n")
        except OSError:
            os._exit(0)


def _kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except OSError:
        return


def _threads() -> int:
    try:
        return len(os.listdir("/proc/self/task"))  # Also those that Python does not know.
    except OSError:
        return threading.active_count()


def _open_files() -> set[tuple[str, str]]:
    """Open files by number and kind: a shared epoll, socket or file offset lets forks disturb each other."""
    found = set()
    for number in os.listdir("/proc/self/fd") if os.path.isdir("/proc/self/fd") else ():
        try:
            found.add((number, os.readlink(f"/proc/self/fd/{number}")))
        except OSError:
            continue
    return found
