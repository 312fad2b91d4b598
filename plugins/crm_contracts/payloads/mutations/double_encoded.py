"""JSON in JSON."""

import json
from typing import ClassVar

from crm_contracts.model.case import Served
from crm_contracts.model.exchange import Answer
from crm_contracts.model.language import _
from crm_contracts.payloads.mutations.mutation import Layer, Refusal, WholeMutation, with_body


class DoubleEncoded(WholeMutation):
    r"""The whole text stands in a string: `"{\"id\": 7}"`. Somebody encoded it twice.

    It is sound JSON of another type. A caller that decodes twice reads the same.

    Example: `{fault: malformed_body, variant: double_encoded}`.
    Source: N4; RFC 8259 3.
    """

    name: ClassVar[str] = "double_encoded"
    refusal: ClassVar[Refusal] = "may_accept"
    layer: ClassVar[Layer] = "syntax"

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("that was encoded twice")

    def apply(self, answer: Answer, place: int) -> Served:  # noqa: ARG002 - there is one way
        """The text as a string."""
        text = answer.body.decode("utf-8", "replace")
        return with_body(answer, json.dumps(text, ensure_ascii=False).encode())
