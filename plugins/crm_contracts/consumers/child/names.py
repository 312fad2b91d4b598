"""The lab's own host name: what looks it up is answered by an order, every other name as before."""

from __future__ import annotations

import functools
import socket
from typing import TYPE_CHECKING, Any

from .clocks import monotonic

if TYPE_CHECKING:
    from collections.abc import Callable

ADDRESS = "127.0.0.1"
MOST = 1000
"""So many look-ups are told of one process."""


class Names:
    """Answers look-ups of one name. Replaced before the caller is imported, for whoever keeps the function keeps ours."""

    def __init__(self) -> None:
        self.name = ""
        self.known = True
        self._told = 0
        self._tell: Callable[[dict[str, Any]], None] | None = None

    def install(self) -> None:
        """Stand before the functions of `socket` that take a host; those of C libraries are out of reach."""
        for function in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
            setattr(socket, function, self._before(getattr(socket, function)))

    def tell(self, tell: Callable[[dict[str, Any]], None]) -> None:
        """Tell every look-up in vain from now on."""
        self._tell = tell

    def _before(self, real: Any) -> Any:
        @functools.wraps(real)
        def found(*args: Any, **named: Any) -> Any:
            if not self.name:
                return real(*args, **named)
            if "host" in named:
                return real(*args, **{**named, "host": self._found(named["host"])})
            return real(self._found(args[0]), *args[1:], **named) if args else real(**named)

        return found

    def _found(self, host: Any) -> Any:
        asked = host.decode("ascii", "replace") if isinstance(host, bytes) else host
        if not isinstance(asked, str) or asked.rstrip(".").lower() != self.name:
            return host
        if not self.known:
            self._note()
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return ADDRESS

    def _note(self) -> None:
        if self._tell is not None and self._told < MOST:
            self._told += 1
            self._tell({"is": "lookup", "at": monotonic()})
