"""Bytes that are no text."""

from collections.abc import Sequence
from typing import ClassVar

from crm_contracts.model.language import _
from crm_contracts.payloads.mutations.mutation import Edit, Refusal, TextMutation
from crm_contracts.payloads.mutations.text import text_of


class InvalidUtf8(TextMutation):
    """A string has bytes that are no UTF-8: one that never occurs, the first of a character without the rest, a NUL in two bytes.

    RFC 8259 8.1 asks for UTF-8. Some readers put U+FFFD there, others raise.

    Example: `{fault: malformed_body, variant: invalid_utf8}`.
    Source: N4, N19; RFC 8259 8.1.
    """

    name: ClassVar[str] = "invalid_utf8"
    refusal: ClassVar[Refusal] = "may_accept"

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("with bytes that are no UTF-8")

    def edits(self, body: bytes) -> Sequence[Edit]:
        """At the end of each string, each kind."""
        return [
            Edit(end - 1, end - 1, wrong)
            for _start, end in text_of(body).strings
            for wrong in (b"\xff", b"\xe8\xae", b"\xc0\x80")
        ]
