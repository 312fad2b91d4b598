"""Words of other languages."""

from collections.abc import Sequence
from typing import ClassVar

from crm_contracts.model.language import _
from crm_contracts.payloads.mutations.mutation import Edit, Refusal, TextMutation
from crm_contracts.payloads.mutations.text import text_of

_WAYS = {
    b"true": (b"True", b"TRUE"),
    b"false": (b"False", b"FALSE"),
    b"null": (b"None", b"NULL", b"undefined"),
}


class ForeignLiteral(TextMutation):
    """A word is written as in another language: `True`, `None`, `undefined`, `NULL`.

    JSON's are lower case (RFC 8259 3); lenient readers do not look.

    Example: `{fault: malformed_body, variant: foreign_literal}`.
    Source: RFC 8259 3, 9.
    """

    name: ClassVar[str] = "foreign_literal"
    refusal: ClassVar[Refusal] = "may_accept"

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("with True, None or undefined")

    def edits(self, body: bytes) -> Sequence[Edit]:
        """Each word, in each way."""
        return [
            Edit(part.start, part.end, way)
            for part in text_of(body).of("word")
            for way in _WAYS[body[part.start : part.end]]
        ]
