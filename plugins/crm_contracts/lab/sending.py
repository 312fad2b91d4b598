"""A delivery on its way: piece by piece, with its pauses, until the connection is kept, closed, reset or left hanging."""

import asyncio
import socket
import struct
from collections.abc import Callable

from crm_contracts.model.delivery import Delivery, End

_NO_LINGER = struct.pack("ii", 1, 0)
_RESET_AFTER = 0.01


class Sending:
    """Plays one delivery on a transport.

    `about_to_end` is called right before the last byte is written (or the connection is broken instead), `done` when
    nothing more will be written. A delivery that hangs calls neither: only the caller can end it.
    """

    __slots__ = ("_about_to_end", "_delivery", "_done", "_next", "_timer", "_transport", "sent")

    def __init__(
        self,
        transport: asyncio.Transport,
        delivery: Delivery,
        *,
        about_to_end: Callable[[], None],
        done: Callable[[End], None],
    ) -> None:
        self._transport = transport
        self._delivery = delivery
        self._about_to_end = about_to_end
        self._done = done
        self._next = 0
        self._timer: asyncio.TimerHandle | None = None
        self.sent = 0

    @property
    def hangs(self) -> bool:
        """Whether the caller is left waiting: by intent, or since a kept connection gets less than was announced."""
        delivery = self._delivery
        return delivery.end is End.HANG or (delivery.end is End.KEEP and not self.whole)

    @property
    def whole(self) -> bool:
        """Whether a caller that reads everything has received a complete answer."""
        return self._delivery.whole and bool(self._delivery.pieces)

    def go(self) -> None:
        """Write all pieces up to the next pause."""
        pieces = self._delivery.pieces
        while self._next < len(pieces):
            pause = pieces[self._next].pause
            if pause > 0:
                self._timer = asyncio.get_running_loop().call_later(pause, self._resume)
                return
            self._write()
        if not pieces:
            self._end()

    def stop(self) -> None:
        """Write nothing more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _resume(self) -> None:
        self._timer = None
        self._write()
        self.go()

    def _write(self) -> None:
        piece = self._delivery.pieces[self._next]
        self._next += 1
        last = self._next == len(self._delivery.pieces)
        if last and not self.hangs:
            self._about_to_end()
        self._transport.write(piece.data)
        self.sent += len(piece.data)
        if last:
            self._close()

    def _end(self) -> None:
        if not self.hangs:
            self._about_to_end()
        self._close()

    def _close(self) -> None:
        if self.hangs:
            return
        if self._delivery.end is End.RESET:
            # What was written a moment ago must leave before the reset discards it.
            pause = _RESET_AFTER if self._delivery.pieces else 0.0
            self._timer = asyncio.get_running_loop().call_later(pause, self._reset)
            return
        self._done(self._delivery.end)

    def _reset(self) -> None:
        self._timer = None
        reset(self._transport)
        self._done(End.RESET)


def reset(transport: asyncio.Transport) -> None:
    """End a connection with RST instead of FIN (SO_LINGER 0)."""
    raw = transport.get_extra_info("socket")
    if raw is not None and not transport.is_closing():
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
    transport.abort()
