"""Brackets that do not match."""

from collections.abc import Sequence
from typing import ClassVar

from crm_contracts.model.language import _
from crm_contracts.payloads.mutations.mutation import Edit, Refusal, TextMutation
from crm_contracts.payloads.mutations.text import text_of


class MismatchedBracket(TextMutation):
    """An object ends like an array, or an array like an object: `{"a": [1}}`.

    Example: `{fault: malformed_body, variant: mismatched_bracket}`.
    Source: RFC 8259 4, 5.
    """

    name: ClassVar[str] = "mismatched_bracket"
    refusal: ClassVar[Refusal] = "must_refuse"

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("with a closing bracket of the wrong kind")

    def edits(self, body: bytes) -> Sequence[Edit]:
        """Each closing bracket becomes the other one."""
        text = text_of(body)
        braces = [Edit(at, at + 1, b"]") for at in text.marks(b"}")]
        return [*braces, *(Edit(at, at + 1, b"}") for at in text.marks(b"]"))]
