"""Commas that are too many, or missing."""

from collections.abc import Sequence
from typing import ClassVar

from crm_contracts.model.language import _
from crm_contracts.payloads.mutations.mutation import Edit, Refusal, TextMutation
from crm_contracts.payloads.mutations.text import text_of


class TrailingComma(TextMutation):
    """A comma stands before the end of an object or array, as JavaScript and JSON5 allow: `{"a": 1,}`.

    The grammar wants another value after it (RFC 8259 4 and 5).

    Example: `{fault: malformed_body, variant: trailing_comma}`.
    Source: N4, N19; RFC 8259 4, 5; incident B.
    """

    name: ClassVar[str] = "trailing_comma"
    refusal: ClassVar[Refusal] = "must_refuse"

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("a comma before the end of an object or array")

    def edits(self, body: bytes) -> Sequence[Edit]:
        """Before each closing bracket that something stands before."""
        text = text_of(body)
        return [
            Edit(start, start, b",")
            for start, end in text.tokens
            if body[start:end] in {b"}", b"]"} and body[:start].rstrip()[-1:] not in {b"{", b"["}
        ]


class MissingComma(TextMutation):
    """Between two entries there is no comma: `{"a": 1 "b": 2}`.

    Example: `{fault: malformed_body, variant: missing_comma}`.
    Source: RFC 8259 4, 5.
    """

    name: ClassVar[str] = "missing_comma"
    refusal: ClassVar[Refusal] = "must_refuse"

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("without a comma between two entries")

    def edits(self, body: bytes) -> Sequence[Edit]:
        """Each comma gives way to a space."""
        return [Edit(at, at + 1, b" ") for at in text_of(body).marks(b",")]
