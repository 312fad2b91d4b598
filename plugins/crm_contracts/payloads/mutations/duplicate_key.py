"""A name that stands twice."""

from collections.abc import Sequence
from typing import ClassVar

from crm_contracts.model.language import _
from crm_contracts.payloads.mutations.mutation import Edit, Refusal, TextMutation
from crm_contracts.payloads.mutations.text import text_of


class DuplicateKey(TextMutation):
    """A name stands twice in one object: first with null, then with its own value.

    RFC 8259 4 calls the result unpredictable; nearly all readers take the last, so a sound value differs from none.

    Example: `{fault: malformed_body, variant: duplicate_key}`.
    Source: N4; RFC 8259 4, 9.
    """

    name: ClassVar[str] = "duplicate_key"
    refusal: ClassVar[Refusal] = "may_accept"

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("with a name that stands twice in one object")

    def edits(self, body: bytes) -> Sequence[Edit]:
        """Each member that is not null."""
        members = [part for part in text_of(body).parts if part.name is not None]
        return [
            Edit(part.began, part.began, body[part.began : part.start] + b"null, ")
            for part in members
            if body[part.start : part.end] != b"null"
        ]
