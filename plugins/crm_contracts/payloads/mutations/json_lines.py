"""More than one text."""

from typing import ClassVar

from crm_contracts.model.case import Served
from crm_contracts.model.exchange import Answer
from crm_contracts.model.language import _
from crm_contracts.payloads.mutations.mutation import Layer, Refusal, WholeMutation, with_body

_ERROR = b'{"error": "Internal error, the answer above is not complete."}'


class JsonLines(WholeMutation):
    """After the text comes another one, on a line of its own: the same again, or an error that came up later.

    A JSON text is one value (RFC 8259 2). Readers of streams take the first and leave the rest unseen.

    Example: `{fault: malformed_body, variant: json_lines}`.
    Source: N4, N19; RFC 8259 2; RFC 7464.
    """

    name: ClassVar[str] = "json_lines"
    refusal: ClassVar[Refusal] = "must_refuse"
    layer: ClassVar[Layer] = "syntax"
    ways: ClassVar[int] = 2

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("with another JSON text on the next line")

    def apply(self, answer: Answer, place: int) -> Served:
        """The text and one more line."""
        following = (answer.body.strip(), _ERROR)[place]
        return with_body(answer, answer.body.rstrip() + b"\n" + following + b"\n")
