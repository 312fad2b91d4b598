"""Connections that end in mid-answer."""

from typing import ClassVar

from crm_contracts.model.case import Served
from crm_contracts.model.delivery import End
from crm_contracts.model.exchange import Answer
from crm_contracts.model.language import _
from crm_contracts.model.wire import framed
from crm_contracts.payloads.mutations.delivered import ended
from crm_contracts.payloads.mutations.mutation import Layer, Refusal, WholeMutation


class Cut(WholeMutation):
    """The connection closes after any byte of the body; its Content-Length says that more was to come.

    Example: `{fault: malformed_body, variant: cut}`.
    Source: N19; RFC 9112 8.
    """

    name: ClassVar[str] = "cut"
    refusal: ClassVar[Refusal] = "must_refuse"
    layer: ClassVar[Layer] = "framing"

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("that is cut off by the end of the connection")

    def places(self, body: bytes) -> int:
        """Before each byte of the body."""
        return len(body)

    def apply(self, answer: Answer, place: int) -> Served:
        """Head, and the first bytes of the body."""
        data = framed(answer, f"Content-Length: {len(answer.body)}") + answer.body[:place]
        return ended(answer, data)


class CutByReset(WholeMutation):
    """The connection is reset after any byte of the body.

    Example: `{fault: malformed_body, variant: cut_by_reset}`.
    Source: N19; RFC 9293 3.5.2.
    """

    name: ClassVar[str] = "cut_by_reset"
    refusal: ClassVar[Refusal] = "must_refuse"
    layer: ClassVar[Layer] = "framing"

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("that is cut off by a reset")

    def places(self, body: bytes) -> int:
        """Before each byte of the body."""
        return len(body)

    def apply(self, answer: Answer, place: int) -> Served:
        """Head, and the first bytes of the body."""
        data = framed(answer, f"Content-Length: {len(answer.body)}") + answer.body[:place]
        return ended(answer, data, end=End.RESET)


class HeadCut(WholeMutation):
    """The connection closes in the head, after any of its lines.

    Example: `{fault: malformed_body, variant: head_cut}`.
    Source: N4; RFC 9112 8.
    """

    name: ClassVar[str] = "head_cut"
    refusal: ClassVar[Refusal] = "must_refuse"
    layer: ClassVar[Layer] = "framing"
    ways: ClassVar[int] = 3

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("whose head is cut off")

    def apply(self, answer: Answer, place: int) -> Served:
        """The first lines of the head."""
        lines = framed(answer, f"Content-Length: {len(answer.body)}").splitlines(keepends=True)
        return ended(answer, b"".join(lines[: min(place + 1, len(lines) - 1)]))
