"""Compressed bodies that are none, or damaged."""

import gzip
from typing import ClassVar

from crm_contracts.model.case import Served
from crm_contracts.model.exchange import Answer
from crm_contracts.model.language import _
from crm_contracts.payloads.mutations.mutation import Layer, Refusal, WholeMutation, with_body, with_header

_HEAD = 10
_TRAILER = 8


class GzipDamaged(WholeMutation):
    """The body is gzip with a wrong checksum; unpackers that look at it complain, others give the sound text.

    Example: `{fault: malformed_body, variant: gzip_damaged}`.
    Source: N19; RFC 1952 2.3.1; RFC 9110 8.4.1.3.
    """

    name: ClassVar[str] = "gzip_damaged"
    refusal: ClassVar[Refusal] = "may_accept"
    layer: ClassVar[Layer] = "framing"

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("in gzip with a wrong checksum")

    def apply(self, answer: Answer, place: int) -> Served:  # noqa: ARG002 - there is one way
        """Packed, with a wrong byte in the trailer."""
        packed = bytearray(gzip.compress(answer.body, mtime=0))
        packed[-_TRAILER] ^= 0xFF
        return with_body(with_header(answer, "content-encoding", "gzip"), bytes(packed))


class GzipTruncated(WholeMutation):
    """The body is gzip of which the end is missing, more or less of it; its Content-Length fits.

    Example: `{fault: malformed_body, variant: gzip_truncated}`.
    Source: N19; RFC 1952; RFC 9110 8.4.1.3.
    """

    name: ClassVar[str] = "gzip_truncated"
    refusal: ClassVar[Refusal] = "must_refuse"
    layer: ClassVar[Layer] = "framing"
    ways: ClassVar[int] = 3

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("in gzip of which the end is missing")

    def apply(self, answer: Answer, place: int) -> Served:
        """Packed and cut off."""
        packed = gzip.compress(answer.body, mtime=0)
        return with_body(
            with_header(answer, "content-encoding", "gzip"),
            packed[: _HEAD + (len(packed) - _HEAD - _TRAILER) * (place + 1) // 4],
        )


class GzipUntrue(WholeMutation):
    """The head says gzip and the body is plain, as behind a proxy that unpacks and keeps the header.

    Example: `{fault: malformed_body, variant: gzip_untrue}`.
    Source: N19; RFC 9110 8.4.
    """

    name: ClassVar[str] = "gzip_untrue"
    refusal: ClassVar[Refusal] = "may_accept"
    layer: ClassVar[Layer] = "framing"

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("that is called gzip and is none")

    def apply(self, answer: Answer, place: int) -> Served:  # noqa: ARG002 - there is one way
        """The same bytes under another coding."""
        return with_header(answer, "content-encoding", "gzip")


class GzipUntold(WholeMutation):
    """The body is gzip and the head does not say so.

    Example: `{fault: malformed_body, variant: gzip_untold}`.
    Source: N19; RFC 9110 8.4.
    """

    name: ClassVar[str] = "gzip_untold"
    refusal: ClassVar[Refusal] = "may_accept"
    layer: ClassVar[Layer] = "framing"

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("in gzip without a word about it")

    def apply(self, answer: Answer, place: int) -> Served:  # noqa: ARG002 - there is one way
        """Packed, with the head of plain text."""
        return with_body(with_header(answer, "content-encoding", None), gzip.compress(answer.body, mtime=0))
