"""Chunked bodies that break off, or do not add up."""

from typing import ClassVar

from crm_contracts.model.case import Served
from crm_contracts.model.exchange import Answer
from crm_contracts.model.language import _
from crm_contracts.model.wire import chunk, framed
from crm_contracts.payloads.mutations.delivered import ended
from crm_contracts.payloads.mutations.mutation import Layer, Refusal, WholeMutation

_CHUNKED = "Transfer-Encoding: chunked"


class LastChunkMissing(WholeMutation):
    """The body is chunked and the connection ends before the last chunk: after all of the JSON, or in the middle of it.

    The end of the connection is no end of the message (RFC 9112 8).

    Example: `{fault: malformed_body, variant: last_chunk_missing}`.
    Source: N19; RFC 9112 7.1, 8.
    """

    name: ClassVar[str] = "last_chunk_missing"
    refusal: ClassVar[Refusal] = "must_refuse"
    layer: ClassVar[Layer] = "framing"
    ways: ClassVar[int] = 2

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("without its last chunk")

    def apply(self, answer: Answer, place: int) -> Served:
        """The chunks that come."""
        sent = answer.body if place == 0 else answer.body[: max(1, len(answer.body) // 2)]
        return ended(answer, framed(answer, _CHUNKED) + chunk(sent))


class ChunkSizeWrong(WholeMutation):
    """A chunk is called larger than it is, or its size is no number; then the connection closes.

    Example: `{fault: malformed_body, variant: chunk_size_wrong}`.
    Source: N4, N19; RFC 9112 7.1.
    """

    name: ClassVar[str] = "chunk_size_wrong"
    refusal: ClassVar[Refusal] = "must_refuse"
    layer: ClassVar[Layer] = "framing"
    ways: ClassVar[int] = 3

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("with a chunk of the wrong size")

    def apply(self, answer: Answer, place: int) -> Served:
        """One chunk that does not add up."""
        size = (b"%x" % (len(answer.body) + 100), b"zz", b"-1")[place]
        data = size + b"\r\n" + answer.body + b"\r\n0\r\n\r\n"
        return ended(answer, framed(answer, _CHUNKED) + data)


class TwoFramings(WholeMutation):
    """The body is chunked and has a Content-Length as well, which does not fit.

    Chunks win, and a proxy should be suspicious (RFC 9112 6.3): it is how answers are smuggled.

    Example: `{fault: malformed_body, variant: two_framings}`.
    Source: RFC 9112 6.1, 6.3, 11.2.
    """

    name: ClassVar[str] = "two_framings"
    refusal: ClassVar[Refusal] = "may_accept"
    layer: ClassVar[Layer] = "framing"
    ways: ClassVar[int] = 2

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("that is chunked and has a Content-Length")

    def apply(self, answer: Answer, place: int) -> Served:
        """Chunks beside a length."""
        lines = (_CHUNKED, "Content-Length: 3") if place == 0 else ("Content-Length: 3", _CHUNKED)
        return ended(answer, framed(answer, *lines) + chunk(answer.body) + b"0\r\n\r\n", whole=True)
