"""Half of a character."""

from collections.abc import Sequence
from typing import ClassVar

from crm_contracts.model.language import _
from crm_contracts.payloads.mutations.mutation import Edit, Refusal, TextMutation
from crm_contracts.payloads.mutations.text import text_of


class LoneSurrogate(TextMutation):
    r"""A string has half of a surrogate pair: `\ud83d` without its other half, or the halves in the wrong order.

    It is within the grammar (RFC 8259 8.2) and in no Unicode text: it fails where it is written, not where it is read. CRMs
    that cut a text after 255 UTF-16 units send it.

    Example: `{fault: malformed_body, variant: lone_surrogate}`.
    Source: N4; RFC 8259 8.2.
    """

    name: ClassVar[str] = "lone_surrogate"
    refusal: ClassVar[Refusal] = "may_accept"
    # The half is in the string: who shows it shows what the CRM said.
    comparable: ClassVar[bool] = False

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("with half of a surrogate pair")

    def edits(self, body: bytes) -> Sequence[Edit]:
        """At the end of each string, each half."""
        return [
            Edit(end - 1, end - 1, half)
            for _start, end in text_of(body).strings
            for half in (rb"\ud83d", rb"\ude00", rb"\ude00\ud83d")
        ]
