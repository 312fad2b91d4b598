"""Hosts that a caller has wired in: what it opens to them at port 443 is led to the lab, and nothing else leaves it."""

from __future__ import annotations

import errno
import functools
import socket
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from .names import Names

ADDRESS = "127.0.0.1"
HTTPS = 443
WEB = frozenset({80, HTTPS})
"""Ports at which a CRM is asked; a caller's own database or queue at another one is not our affair."""
MOST = 64
"""So many refused hosts are told of one process."""


class Intercepted:
    """Stands before the socket functions of a process; without hosts it changes nothing.

    Replaced before the caller is imported. What resolves and connects in C (uvloop, pycurl, gRPC) is out of reach.
    """

    def __init__(self, names: Names) -> None:
        self._names = names
        self._hosts: frozenset[str] = frozenset()
        self._port = 0
        self._told: set[tuple[str, int]] = set()
        self._tell: Callable[[dict[str, Any]], None] | None = None

    def install(self) -> None:
        """Stand before the look-up and the connection; some libraries use only the first, some only the second."""
        socket.getaddrinfo = self._looking(socket.getaddrinfo)
        for name in ("connect", "connect_ex"):
            setattr(socket.socket, name, self._connecting(getattr(socket.socket, name)))

    def tell(self, tell: Callable[[dict[str, Any]], None]) -> None:
        """Tell of each refused host once."""
        self._tell = tell

    def lead(self, hosts: Collection[str], port: int) -> None:
        """Lead these hosts to the lab's port from now on."""
        self._hosts, self._port = frozenset(host.lower() for host in hosts), port

    def _looking(self, real: Any) -> Any:
        @functools.wraps(real)
        def getaddrinfo(host: Any, port: Any, *args: Any, **named: Any) -> Any:
            if not self._hosts:
                return real(host, port, *args, **named)
            asked = _name(host)
            if asked in self._hosts and _number(port) in (HTTPS, 0):
                # Under the name that the caller is given, where it is given one: a fault of names is to reach this, too.
                return real(self._names.name or ADDRESS, self._port, *args, **named)
            if _number(port) in WEB and not _is_near(asked):
                raise socket.gaierror(socket.EAI_NONAME, self._refused(asked, _number(port)))
            return real(host, port, *args, **named)

        return getaddrinfo

    def _connecting(self, real: Any) -> Any:
        @functools.wraps(real)
        def connect(sock: Any, address: Any) -> Any:
            if not self._hosts or not isinstance(address, tuple) or len(address) < 2:
                return real(sock, address)
            host, port = _name(address[0]), address[1]
            if port == HTTPS and (host in self._hosts or _is_near(host)):
                return real(sock, (ADDRESS, self._port))
            if port in WEB and not _is_near(host) and sock.type == socket.SOCK_STREAM:
                raise ConnectionRefusedError(errno.ECONNREFUSED, self._refused(host, port))
            return real(sock, address)

        return connect

    def _refused(self, host: str, port: int) -> str:
        if self._tell is not None and (host, port) not in self._told and len(self._told) < MOST:
            self._told.add((host, port))
            self._tell({"is": "contact", "host": host, "port": port, "refused": True})
        if host in self._hosts:
            return f"tried {host}:{port}; only port {HTTPS} is led to the lab"
        return f"tried {host}:{port}; add intercept: [{host}]"


def _name(host: Any) -> str:
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host or "")
    return text.rstrip(".").lower()


def _number(port: Any) -> int:
    try:
        return int(port or 0)
    except (TypeError, ValueError):
        return {"http": 80, "https": HTTPS}.get(_name(port), -1)


def _is_near(host: str) -> bool:
    return host in ("", "localhost", "::1", "::", "0.0.0.0", "crm.test") or host.startswith("127.")
