"""The hosts that a caller reaches for, heard from Python's own audit events: nothing of the caller is replaced."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

MOST = 64
"""So many different hosts are told of one process."""


class Contacts:
    """Tells each host and port once, when a name is looked up or a connection is begun."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, int], None] = {}
        self._tell: Callable[[dict[str, Any]], None] | None = None

    def install(self) -> None:
        """Begin to listen; a hook cannot be taken away again."""
        sys.addaudithook(self._heard)

    def tell(self, tell: Callable[[dict[str, Any]], None]) -> None:
        """Tell all that was heard so far, and from now on at once."""
        self._tell = tell
        for host, port in list(self._seen):
            self._send(host, port)

    def _heard(self, event: str, args: Any) -> None:
        if event == "socket.connect":
            self._note(args[1])
        elif event == "socket.getaddrinfo":
            self._note(args[:2])

    def _note(self, address: Any) -> None:
        # The address of a Unix socket is a text, and strangers may pass anything.
        if not isinstance(address, tuple) or len(address) < 2:
            return
        host, port = _text(address[0]), _number(address[1])
        if host and (host, port) not in self._seen and len(self._seen) < MOST:
            self._seen[host, port] = None
            if self._tell is not None:
                self._send(host, port)

    def _send(self, host: str, port: int) -> None:
        if self._tell is not None:
            self._tell({"is": "contact", "host": host, "port": port})


def _text(host: Any) -> str:
    return host.decode("ascii", "replace") if isinstance(host, bytes) else str(host or "")


def _number(port: Any) -> int:
    try:
        return int(port or 0)
    except (TypeError, ValueError):
        return {"http": 80, "https": 443}.get(_text(port), 0)
