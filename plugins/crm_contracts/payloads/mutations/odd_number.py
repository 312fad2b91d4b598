"""Numbers as other languages write them."""

from collections.abc import Sequence
from typing import ClassVar

from crm_contracts.model.language import _
from crm_contracts.payloads.mutations.mutation import Edit, Refusal, TextMutation
from crm_contracts.payloads.mutations.text import text_of

_WAYS = (b"+1", b"01", b"1.", b".5", b"0x1F", b"1_000")


class OddNumber(TextMutation):
    """A number is written as in another language: `+1`, `01`, `1.`, `.5`, `0x1F`, `1_000`.

    None of them is in RFC 8259's grammar; lenient readers take some.

    Example: `{fault: malformed_body, variant: odd_number}`.
    Source: RFC 8259 6, 9; JSONTestSuite n_number.
    """

    name: ClassVar[str] = "odd_number"
    refusal: ClassVar[Refusal] = "may_accept"

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("with a number as other languages write it")

    def edits(self, body: bytes) -> Sequence[Edit]:
        """Each number, in each way."""
        return [Edit(part.start, part.end, way) for part in text_of(body).of("number") for way in _WAYS]
