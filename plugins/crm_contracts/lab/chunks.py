"""Chunked request bodies, decoded strictly (RFC 9112 7.1)."""

import re

from crm_contracts.lab.framing import BODY_LIMIT, broken
from crm_contracts.model.exchange import Violation
from crm_contracts.model.language import _

_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n\0]*)?\r\n")
_TRAILERS = re.compile(rb"(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[^\r\n\0]*\r\n)*\r\n")
_LINE_LIMIT = 1024
_TRAILER_LIMIT = 8 * 1024


class Chunks:
    r"""Decodes a chunked body as its bytes arrive; `raw` is what arrived, `decoded` what it means.

    >>> chunks = Chunks()
    >>> chunks.receive(b"2\r\nhi\r\n0\r\n\r\nrest")
    >>> chunks.complete, bytes(chunks.decoded), chunks.rest
    (True, b'hi', b'rest')
    """

    __slots__ = ("_at", "_last", "complete", "decoded", "raw", "violation")

    def __init__(self) -> None:
        self.raw = bytearray()
        self.decoded = bytearray()
        self.complete = False
        self.violation: Violation | None = None
        self._at = 0
        self._last = False

    def receive(self, data: bytes) -> None:
        """Take more bytes of the connection."""
        self.raw += data
        while not self.complete and self.violation is None and self._step():
            pass

    @property
    def rest(self) -> bytes:
        """What arrived after the last chunk, once it is complete."""
        return bytes(self.raw[self._at :])

    def _step(self) -> bool:
        if self._last:
            return self._end()
        found = _SIZE.match(self.raw, self._at)
        if found is None:
            return self._unless_begun(self._at, _LINE_LIMIT)
        size = int(found[1], 16)
        if size + len(self.decoded) > BODY_LIMIT:
            return self._refuse(self._at)
        if size == 0:
            self._at, self._last = found.end(), True
            return True
        return self._chunk(found.end(), size)

    def _chunk(self, start: int, size: int) -> bool:
        end = start + size
        closing = bytes(self.raw[end : end + 2])
        if not b"\r\n".startswith(closing):
            return self._refuse(end)
        if len(closing) < 2:
            return False
        self.decoded += self.raw[start:end]
        self._at = end + 2
        return True

    def _end(self) -> bool:
        if found := _TRAILERS.match(self.raw, self._at):
            self._at, self.complete = found.end(), True
            return False
        return self._unless_begun(self._at, _TRAILER_LIMIT)

    def _unless_begun(self, start: int, limit: int) -> bool:
        """Refuse a line that is there as a whole and still does not match; wait for one that is not."""
        line_end = self.raw.find(b"\n", start)
        begun = self.raw[start : start + 9]
        plain = self._last or not begun or re.fullmatch(rb"[0-9A-Fa-f]{1,8}(?:[ \t;\r].*)?", begun, re.DOTALL)
        ended = b"\r\n\r\n" in self.raw[start:] if self._last else line_end >= 0
        if ended or not plain or len(self.raw) - start > limit:
            return self._refuse(start)
        return False

    def _refuse(self, offset: int) -> bool:
        self.violation = broken("chunk", _("A chunk of the body is malformed."), offset, part="body")
        return False
