"""Space that is none."""

from collections.abc import Sequence
from typing import ClassVar

from crm_contracts.model.language import _
from crm_contracts.payloads.mutations.mutation import Edit, Refusal, TextMutation
from crm_contracts.payloads.mutations.text import text_of

_MARKS = {b"{", b"}", b"[", b"]", b",", b":"}
_SPACES = (b"\xc2\xa0", b"\x0c", b"\xef\xbb\xbf")


class OddSpace(TextMutation):
    """Between two tokens stands a character that looks like space: a no-break space, a form feed, a byte order mark.

    RFC 8259 2 knows space, tab, line feed and carriage return alone.

    Example: `{fault: malformed_body, variant: odd_space}`.
    Source: RFC 8259 2, 9.
    """

    name: ClassVar[str] = "odd_space"
    refusal: ClassVar[Refusal] = "may_accept"

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("with a kind of space that JSON does not have")

    def edits(self, body: bytes) -> Sequence[Edit]:
        """After each bracket, comma and colon."""
        ends = [end for start, end in text_of(body).tokens if body[start:end] in _MARKS]
        return [Edit(end, end, space) for end in ends for space in _SPACES]
