"""Numbers that JSON does not have."""

from collections.abc import Sequence
from typing import ClassVar

from crm_contracts.model.language import _
from crm_contracts.payloads.mutations.mutation import Edit, Refusal, TextMutation
from crm_contracts.payloads.mutations.text import text_of


class NotANumber(TextMutation):
    """A number is `NaN`, as Python and JavaScript's relatives print it.

    RFC 8259 6 does not permit it; Python's own reader takes it, and a sum over it is NaN as well.

    Example: `{fault: malformed_body, variant: nan}`.
    Source: N4; RFC 8259 6, 9.
    """

    name: ClassVar[str] = "nan"
    refusal: ClassVar[Refusal] = "may_accept"

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("with NaN for a number")

    def edits(self, body: bytes) -> Sequence[Edit]:
        """Each number."""
        return [Edit(part.start, part.end, b"NaN") for part in text_of(body).of("number")]


class Infinity(TextMutation):
    """A number is `Infinity` or `-Infinity`.

    Example: `{fault: malformed_body, variant: infinity}`.
    Source: RFC 8259 6, 9.
    """

    name: ClassVar[str] = "infinity"
    refusal: ClassVar[Refusal] = "may_accept"

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("with Infinity for a number")

    def edits(self, body: bytes) -> Sequence[Edit]:
        """Each number, with both signs."""
        return [
            Edit(part.start, part.end, word)
            for part in text_of(body).of("number")
            for word in (b"Infinity", b"-Infinity")
        ]
