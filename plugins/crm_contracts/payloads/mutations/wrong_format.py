"""A text in another format."""

import re
from collections.abc import Iterator, Sequence
from typing import ClassVar

from crm_contracts.model.language import _
from crm_contracts.payloads.mutations.mutation import Edit, Refusal, SchemaMutation
from crm_contracts.payloads.mutations.text import text_of

_FORMATS = (
    (re.compile(rb"\d{4}-\d\d-\d\d"), (b'"31.12.2026"', b'"2026-02-30"', b'""')),
    (re.compile(rb"\d{4}-\d\d-\d\dT.*"), (b'"2026-12-31 23:59"', b'"yesterday"', b'"1798761599"')),
    (re.compile(rb"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"), (b'"none"', b'""')),
    (re.compile(rb"[^@\s]+@[^@\s]+"), (b'"unknown at example.com"', b'""')),
    (re.compile(rb"[a-z]+://.*"), (b'"not a link"', b'""')),
)


class WrongFormat(SchemaMutation):
    """A date, a moment, an address or an id is written in another way: `31.12.2026`, `2026-12-31 23:59`, `yesterday`.

    Example: `{fault: malformed_body, variant: wrong_format}`.
    Source: N7, N26.
    """

    name: ClassVar[str] = "wrong_format"
    refusal: ClassVar[Refusal] = "may_accept"
    keywords: ClassVar[frozenset[str]] = frozenset({"format", "pattern", "anyOf", "oneOf"})

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("with a date, address or id in another format")

    def edits(self, body: bytes) -> Sequence[Edit]:
        """Each string in a known format, in each other way."""
        text = text_of(body)
        return [
            Edit(part.start, part.end, way)
            for part in text.of("string")
            for ways in _ways(body[part.start + 1 : part.end - 1])
            for way in ways
        ]


def _ways(text: bytes) -> Iterator[tuple[bytes, ...]]:
    return (ways for format_, ways in _FORMATS if format_.fullmatch(text))
