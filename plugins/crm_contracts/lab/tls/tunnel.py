"""TLS around the bytes of one connection, and the transport that the protocol inside writes to."""

import asyncio
import contextlib
import ssl
from typing import Any


class Tunnel(asyncio.Transport):
    """Stands between a protocol that speaks plain bytes and the socket; before `encrypt` bytes pass as they are."""

    def __init__(self, raw: asyncio.Transport) -> None:
        super().__init__()
        self._raw = raw
        self._into = ssl.MemoryBIO()
        self._out = ssl.MemoryBIO()
        self._session: ssl.SSLObject | None = None

    def encrypt(self, context: ssl.SSLContext) -> None:
        """From now on everything is TLS."""
        self._session = context.wrap_bio(self._into, self._out, server_side=True)

    def receive(self, data: bytes) -> None:
        """Take bytes from the socket."""
        self._into.write(data)

    def shake(self) -> bool:
        """Go on with the handshake and tell whether it is done; raises ssl.SSLError where the other side ends it."""
        assert self._session is not None
        try:
            self._session.do_handshake()
        except ssl.SSLWantReadError:
            return False
        finally:
            self._flush()
        return True

    def read(self, place: memoryview) -> int | None:
        """Put decrypted bytes into a place and tell how many; 0 at their end, None where there are no more as yet.

        Raises ssl.SSLError where the other side ends the session with an alert.
        """
        assert self._session is not None
        try:
            return int(self._session.read(len(place), place))
        except ssl.SSLWantReadError:
            return None
        except ssl.SSLZeroReturnError:
            return 0
        finally:
            self._flush()

    def write(self, data: Any) -> None:
        """Send bytes."""
        if self._session is None:
            self._raw.write(data)
        elif data and not self._raw.is_closing():
            left = memoryview(data)
            while left:  # A record at a time.
                left = left[self._session.write(left) :]
            self._flush()

    def write_eof(self) -> None:
        """Send no more."""
        self._farewell()
        if not self._raw.is_closing():
            self._raw.write_eof()

    def close(self) -> None:
        """End the connection once everything is sent."""
        self._farewell()
        self._raw.close()

    def abort(self) -> None:
        """End it at once."""
        self._raw.abort()

    def is_closing(self) -> bool:
        """Whether it is ending."""
        return self._raw.is_closing()

    def is_reading(self) -> bool:
        """Whether bytes are taken."""
        return self._raw.is_reading()

    def pause_reading(self) -> None:
        """Take no bytes for a while."""
        self._raw.pause_reading()

    def resume_reading(self) -> None:
        """Take bytes again."""
        self._raw.resume_reading()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """What the socket's own transport knows."""
        return self._raw.get_extra_info(name, default)

    def _farewell(self) -> None:
        """Say that nothing more will come (close_notify), where a session stands."""
        if self._session is None or self._session.version() is None:
            return
        # It would wait for the other side's farewell, or the handshake never came to its end.
        with contextlib.suppress(ssl.SSLError):
            self._session.unwrap()
        self._flush()

    def _flush(self) -> None:
        if self._out.pending and not self._raw.is_closing():
            self._raw.write(self._out.read())
