"""What a consumer printed, read from a pipe on the loop; of a long tale the beginning and the end are kept."""

import asyncio
import contextlib
import os

from crm_contracts.model.language import _

HEAD = 64 * 1024
"""Bytes kept from the beginning."""
TAIL = 192 * 1024
"""Bytes kept from the end."""
CHUNK = 64 * 1024


class Output:
    """The reading end of a consumer's stdout or stderr; `writer` is the end that the consumer gets.

    The consumer can print as much as it likes: nobody waits for a reader, and memory stays bounded.
    """

    def __init__(self, *, head: int = HEAD, tail: int = TAIL) -> None:
        self._head, self._tail = head, tail
        self._kept, self._recent, self._left_out = bytearray(), bytearray(), 0
        self._reader, self.writer = os.pipe()
        os.set_blocking(self._reader, False)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._reader, self._read)
        self._open = True

    @property
    def text(self) -> str:
        """Everything so far, as text."""
        left = _("[... {count} bytes ...]").format(count=self._left_out)
        gap = f"\n{left}\n".encode() if self._left_out else b""
        return (bytes(self._kept) + gap + bytes(self._recent)).decode("utf-8", "replace")

    def handed_over(self) -> None:
        """Close our copy of the writing end, once the consumer has its own."""
        os.close(self.writer)

    def finish(self) -> None:
        """Take what is still in the pipe and close it."""
        while self._open and self._read():
            pass
        self.close()

    def close(self) -> None:
        """Read no more."""
        if self._open:
            self._open = False
            self._loop.remove_reader(self._reader)
            os.close(self._reader)

    def _read(self) -> bool:
        data = b""
        with contextlib.suppress(BlockingIOError):
            data = os.read(self._reader, CHUNK)
            if not data:
                self.close()
        self._take(data)
        return bool(data)

    def _take(self, data: bytes) -> None:
        room = self._head - len(self._kept)
        self._kept += data[:room]
        self._recent += data[room:]
        surplus = len(self._recent) - self._tail
        if surplus > self._tail:
            # Cut rarely, so that a talkative consumer costs no copying.
            del self._recent[:surplus]
            self._left_out += surplus
