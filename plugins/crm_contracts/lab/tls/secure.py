"""A connection that is to speak TLS: the handshake first, then the caller's requests as on a plain one."""

import asyncio
import re
import ssl
from dataclasses import replace

from crm_contracts.lab.connection import CallerConnection, Desk
from crm_contracts.lab.tls.entrance import Entrance
from crm_contracts.lab.tls.tunnel import Tunnel
from crm_contracts.model.exchange import Handshake

PLAIN = "plain HTTP"
"""What stands in the place of an alert where a caller speaks no TLS at all."""

_HANDSHAKE = 22
_PROBE = b"~"
_ALERT = re.compile(r"^(?:TLSV1|TLSV13|SSLV3|TLS|SSL)_ALERT_")


class SecureConnection(asyncio.Protocol):
    """Serves one connection. What our own probe says passes as it is, before any TLS."""

    def __init__(self, desk: Desk, entrance: Entrance) -> None:
        self._desk, self._entrance = desk, entrance
        self._inner = CallerConnection(desk)
        self._stamp = desk.recorder.clock.stamp
        self._tunnel: Tunnel
        self._begun = self._plain = self._done = self._deaf = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a connection."""
        assert isinstance(transport, asyncio.Transport)
        self._tunnel = Tunnel(transport)
        self._inner.connection_made(self._tunnel)

    def data_received(self, data: bytes) -> None:
        """Take bytes, for the handshake or for what comes after it."""
        if not self._begun:
            self._begin(data[:1])
        if self._plain:
            self._hand_over(data)
        elif not self._deaf:
            self._tunnel.receive(data)
            self._go_on()

    def eof_received(self) -> bool:
        """The caller closed."""
        return self._inner.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._inner.connection_lost(exc)

    def _begin(self, first: bytes) -> None:
        self._begun, self._plain = True, first == _PROBE
        if self._plain:
            return
        self._inner.admit()
        context, altered = self._entrance.meet()
        self._inner.shaken(Handshake(certificate=altered.alterations.certificate if altered else ""))
        if first != bytes([_HANDSHAKE]):
            self._end(PLAIN)
        elif altered is not None and altered.alterations.hangs:
            self._deaf = True
            self._inner.hangs = altered
        else:
            self._tunnel.encrypt(context)

    def _go_on(self) -> None:
        try:
            if not self._done and not self._shake():
                return
            self._read()
        except ssl.SSLError as error:
            self._end(alert_of(error))

    def _shake(self) -> bool:
        self._done = self._tunnel.shake()
        if self._done and (known := self._inner.handshake) is not None:
            self._inner.shaken(replace(known, done=self._stamp()))
        return self._done

    def _read(self) -> None:
        while (length := self._tunnel.read(self._inner.get_buffer(-1))) is not None:
            if length == 0:
                self._deaf = True
                self._inner.eof_received()
                self._tunnel.close()
                return
            self._inner.buffer_updated(length)

    def _end(self, alert: str) -> None:
        """The caller would not have it: write down its word, and hang up."""
        self._deaf = True
        if (known := self._inner.handshake) is not None:
            self._inner.shaken(replace(known, alert=alert))
        if alert != PLAIN:
            self._inner.eof_received()
        self._inner.close()

    def _hand_over(self, data: bytes) -> None:
        while data:
            place = self._inner.get_buffer(-1)
            part, data = data[: len(place)], data[len(place) :]
            place[: len(part)] = part
            self._inner.buffer_updated(len(part))


def alert_of(error: ssl.SSLError) -> str:
    """The caller's word in the terms of RFC 8446, or OpenSSL's own where it sent none.

    >>> problem = ssl.SSLError()
    >>> problem.reason = "TLSV1_ALERT_UNKNOWN_CA"
    >>> alert_of(problem)
    'unknown ca'
    """
    return _ALERT.sub("", error.reason or type(error).__name__).replace("_", " ").lower()
