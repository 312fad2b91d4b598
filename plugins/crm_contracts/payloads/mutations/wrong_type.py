"""A value of another type."""

from collections.abc import Sequence
from typing import ClassVar

from crm_contracts.model.language import _
from crm_contracts.payloads.mutations.mutation import Edit, Refusal, SchemaMutation
from crm_contracts.payloads.mutations.text import Kind, text_of


class WrongType(SchemaMutation):
    """A value has another type: a number is a text, a text a number, an object an empty list (PHP's empty array), a list an object.

    Example: `{fault: malformed_body, variant: wrong_type}`.
    Source: N7, N26.
    """

    name: ClassVar[str] = "wrong_type"
    refusal: ClassVar[Refusal] = "may_accept"
    keywords: ClassVar[frozenset[str]] = frozenset({"type", "anyOf", "oneOf"})

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("with a value of another type")

    def edits(self, body: bytes) -> Sequence[Edit]:
        """Each value that is not null."""
        return [
            Edit(part.start, part.end, other)
            for part in text_of(body).parts
            if (other := _other(part.kind, body[part.start : part.end])) is not None
        ]


def _other(kind: Kind, value: bytes) -> bytes | None:
    if kind == "object":
        return b"[]"
    if kind == "array":
        return b"{}"
    if kind == "string":
        return b"7"
    return None if value == b"null" else b'"' + value + b'"'
