"""Quotes as other languages write them, or one too many."""

import re
from collections.abc import Sequence
from typing import ClassVar

from crm_contracts.model.language import _
from crm_contracts.payloads.mutations.mutation import Edit, Refusal, TextMutation
from crm_contracts.payloads.mutations.text import text_of

_WORD = re.compile(rb"[A-Za-z_$][A-Za-z0-9_$]*")


class SingleQuotes(TextMutation):
    """A string stands in single quotes, as Python prints it: `{'a': 1}`.

    RFC 8259 7 knows double quotes alone; some widely used readers (Json.NET, Gson) take both.

    Example: `{fault: malformed_body, variant: single_quotes}`.
    Source: RFC 8259 7, 9.
    """

    name: ClassVar[str] = "single_quotes"
    refusal: ClassVar[Refusal] = "may_accept"

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("with a string in single quotes")

    def edits(self, body: bytes) -> Sequence[Edit]:
        """Each string and each name."""
        return [
            Edit(start, end, b"'" + body[start + 1 : end - 1] + b"'") for start, end in text_of(body).strings
        ]


class UnquotedName(TextMutation):
    """The name of a member stands without quotes, as in JavaScript: `{a: 1}`.

    Example: `{fault: malformed_body, variant: unquoted_name}`.
    Source: RFC 8259 4, 9.
    """

    name: ClassVar[str] = "unquoted_name"
    refusal: ClassVar[Refusal] = "may_accept"

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("with a name that has no quotes")

    def edits(self, body: bytes) -> Sequence[Edit]:
        """Each name that is a word."""
        names = text_of(body).names
        return [
            Edit(start, end, name)
            for start, end in names
            if _WORD.fullmatch(name := body[start + 1 : end - 1])
        ]


class UnescapedQuote(TextMutation):
    """A quote within a string is not escaped: `{"a": "5" pipe"}`.

    What is written by hand, or filled into a template, looks like this.

    Example: `{fault: malformed_body, variant: unescaped_quote}`.
    Source: RFC 8259 7.
    """

    name: ClassVar[str] = "unescaped_quote"
    refusal: ClassVar[Refusal] = "must_refuse"

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("with a quote in a string that is not escaped")

    def edits(self, body: bytes) -> Sequence[Edit]:
        """At the end of each string."""
        return [Edit(end - 1, end - 1, b'"') for _start, end in text_of(body).strings]
