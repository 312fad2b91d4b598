"""Heads that HTTP does not have."""

from typing import ClassVar

from crm_contracts.model.case import Served
from crm_contracts.model.exchange import Answer
from crm_contracts.model.language import _
from crm_contracts.model.wire import framed
from crm_contracts.payloads.mutations.delivered import ended
from crm_contracts.payloads.mutations.mutation import Layer, Refusal, WholeMutation

_LINES = ("X-Trace served by node 7", "X-Trace : 7", "X-Trace: 7\r\n folded", "X-Trace: a\0b")


class HeaderLine(WholeMutation):
    """The head has a line that is no header: without a colon, with a space before it, folded, with a NUL.

    RFC 9112 5 has clients drop or refuse such lines; the body is sound.

    Example: `{fault: malformed_body, variant: header_line}`.
    Source: N4; RFC 9112 5.1, 5.2.
    """

    name: ClassVar[str] = "header_line"
    refusal: ClassVar[Refusal] = "may_accept"
    layer: ClassVar[Layer] = "framing"
    ways: ClassVar[int] = 4

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("with a line in its head that is no header")

    def apply(self, answer: Answer, place: int) -> Served:
        """The answer with such a line."""
        data = framed(answer, _LINES[place], f"Content-Length: {len(answer.body)}") + answer.body
        return ended(answer, data, whole=True)
