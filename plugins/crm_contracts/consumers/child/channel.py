"""JSON lines over an inherited socket, and the end of a process whose other end is gone."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sys
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


class Channel:
    """The way to the driver; any thread may send."""

    def __init__(self, descriptor: int) -> None:
        os.set_inheritable(descriptor, False)
        self._socket = socket.socket(fileno=descriptor)
        self._lock = threading.Lock()

    def send(self, message: dict[str, Any]) -> None:
        """Send one message; a caller that exits (`leaves`) takes its process with it once its last words are out."""
        data = json.dumps(message).encode() + b"\n"
        try:
            with self._lock:
                self._socket.sendall(data)
        except OSError:
            end_group()
        if message.get("leaves") is not None:
            flush()
            os._exit(message["leaves"])

    def messages(self) -> Iterator[dict[str, Any]]:
        """Every message until the other end is gone."""
        rest = b""
        while data := self._socket.recv(1 << 16):
            *whole, rest = (rest + data).split(b"\n")
            yield from map(json.loads, whole)


def end_group() -> None:
    """End this process, and its group where it leads one."""
    if os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(1)


def flush() -> None:
    """Let out what the caller has printed."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()
