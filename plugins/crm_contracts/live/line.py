"""The wire to a provider: bytes go out as they are, broken or not, one connection a request; what comes back is one reply."""

import socket
import ssl
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from http.client import HTTPException, HTTPResponse
from urllib.parse import urlsplit
from uuid import uuid4

from crm_contracts.live.server import Unreachable
from crm_contracts.model.language import _

PATIENCE = 10.0
"""Seconds that a provider may take to answer."""
KEY = "00000000-0000-4000-8000-000000000000"
"""Stands for an idempotency key; each time that a request is sent it becomes a new one."""
_INCOMPLETE = 2.0
"""Seconds for an answer to a request of which the end is missing."""
_MOST = 4096
"""Bytes of an answer's body that are read."""


class Ended(StrEnum):
    """What became of a request."""

    ANSWERED = "answered"
    DROPPED = "dropped"
    HUNG = "hung"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a provider did with a request; `status` is 0 where it gave no answer, `wait` its Retry-After in seconds."""

    ended: Ended
    status: int = 0
    reason: str = ""
    content_type: str = ""
    body: bytes = b""
    wait: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The way to one origin, `patience` in seconds.

    Proxies of the environment are not used: they would mend what is to arrive broken.

    >>> Line(origin="http://127.0.0.1:8080").place
    ('127.0.0.1', 8080)
    """

    origin: str
    patience: float = PATIENCE

    @property
    def place(self) -> tuple[str, int]:
        """Host and port."""
        origin = urlsplit(self.origin)
        return origin.hostname or "", origin.port or (443 if origin.scheme == "https" else 80)

    def send(self, data: bytes, *, incomplete: bool = False) -> Reply:
        """Send bytes and wait for the answer; after an incomplete request our side is closed. Raises Unreachable."""
        with self._open() as wire:
            try:
                _put(wire, data.replace(KEY.encode(), str(uuid4()).encode()), incomplete=incomplete)
                return _reply(wire)
            except TimeoutError:
                return Reply(ended=Ended.HUNG)
            except (OSError, HTTPException, ValueError):
                return Reply(ended=Ended.DROPPED)

    @contextmanager
    def _open(self) -> Iterator[socket.socket]:
        try:
            plain = socket.create_connection(self.place, timeout=self.patience)
        except TimeoutError:
            raise Unreachable(_("no connection within {seconds:g} s").format(seconds=self.patience)) from None
        except OSError as error:
            raise Unreachable(error.strerror or type(error).__name__) from None
        with plain:
            # What a provider that never reads has left over is not waited for.
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 1))
            if not self.origin.startswith("https:"):
                yield plain
                return
            with self._secured(plain) as wire:
                yield wire

    def _secured(self, plain: socket.socket) -> ssl.SSLSocket:
        try:
            return ssl.create_default_context().wrap_socket(plain, server_hostname=self.place[0])
        except (OSError, ValueError) as error:
            raise Unreachable(getattr(error, "reason", None) or type(error).__name__) from None


def _put(wire: socket.socket, data: bytes, *, incomplete: bool) -> None:
    try:
        wire.sendall(data)
        if incomplete:
            # Silence is held against nobody here, so it is not waited for long; TLS cannot be closed on one side.
            wire.settimeout(min(_INCOMPLETE, wire.gettimeout() or _INCOMPLETE))
            if not isinstance(wire, ssl.SSLSocket):
                wire.shutdown(socket.SHUT_WR)
    except TimeoutError:
        raise
    except OSError:
        # Whoever refuses early may answer before everything was sent.
        time.sleep(0)


def _reply(wire: socket.socket) -> Reply:
    answer = HTTPResponse(wire)
    answer.begin()
    return Reply(
        ended=Ended.ANSWERED,
        status=answer.status,
        reason=answer.reason,
        content_type=answer.headers.get("Content-Type", ""),
        body=_body(answer),
        wait=_seconds(answer.headers.get("Retry-After", "")),
    )


def _body(answer: HTTPResponse) -> bytes:
    try:
        return answer.read(_MOST)
    except (OSError, HTTPException, ValueError):
        # The status is what counts.
        return b""


def _seconds(text: str) -> float:
    return float(text) if text.isdigit() else 1.0
