"""Characters that must be escaped."""

from collections.abc import Sequence
from typing import ClassVar

from crm_contracts.model.language import _
from crm_contracts.payloads.mutations.mutation import Edit, Refusal, TextMutation
from crm_contracts.payloads.mutations.text import text_of


class ControlCharacter(TextMutation):
    """A control character stands in a string as it is: a line feed, a tab, a NUL.

    RFC 8259 7 has them escaped. CRMs whose texts people paste into do this.

    Example: `{fault: malformed_body, variant: control_character}`.
    Source: N4; RFC 8259 7.
    """

    name: ClassVar[str] = "control_character"
    refusal: ClassVar[Refusal] = "must_refuse"

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("with a control character that is not escaped")

    def edits(self, body: bytes) -> Sequence[Edit]:
        """At the end of each string, each character."""
        return [
            Edit(end - 1, end - 1, char)
            for _start, end in text_of(body).strings
            for char in (b"\n", b"\t", b"\0", b"\x1b")
        ]


class BadEscape(TextMutation):
    r"""A backslash stands before what is no escape: `\x41`, `\'`, `\u12`.

    RFC 8259 7 lists those that there are; lenient readers drop the backslash.

    Example: `{fault: malformed_body, variant: bad_escape}`.
    Source: RFC 8259 7, 9.
    """

    name: ClassVar[str] = "bad_escape"
    refusal: ClassVar[Refusal] = "may_accept"

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("with an escape that JSON does not have")

    def edits(self, body: bytes) -> Sequence[Edit]:
        """At the end of each string, each escape."""
        return [
            Edit(end - 1, end - 1, escape)
            for _start, end in text_of(body).strings
            for escape in (rb"\x41", rb"\'", rb"\u12")
        ]
