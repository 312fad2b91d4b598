"""A value that is null."""

from collections.abc import Sequence
from typing import ClassVar

from crm_contracts.model.language import _
from crm_contracts.payloads.mutations.mutation import Edit, Refusal, SchemaMutation
from crm_contracts.payloads.mutations.text import text_of


class NullValue(SchemaMutation):
    """A value is null where the schema does not say that it may be.

    Example: `{fault: malformed_body, variant: null_value}`.
    Source: N7, N26.
    """

    name: ClassVar[str] = "null_value"
    refusal: ClassVar[Refusal] = "may_accept"
    keywords: ClassVar[frozenset[str]] = frozenset({"type", "enum", "const", "anyOf", "oneOf"})

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("with null for a value")

    def edits(self, body: bytes) -> Sequence[Edit]:
        """Each value inside that is not null."""
        return [
            Edit(part.start, part.end, b"null")
            for part in text_of(body).parts
            if part.around is not None and body[part.start : part.end] != b"null"
        ]
