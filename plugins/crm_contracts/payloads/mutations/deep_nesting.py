"""Lists in lists in lists."""

from collections.abc import Sequence
from typing import ClassVar

from crm_contracts.model.language import _
from crm_contracts.payloads.mutations.mutation import Edit, Refusal, TextMutation
from crm_contracts.payloads.mutations.text import text_of

_DEPTHS = (1_000, 100_000)


class Nesting(TextMutation):
    """An object has one more field, a list in a list in a list: 1,000 or 100,000 of them.

    It is JSON by its grammar, but readers end somewhere (RFC 8259 9): Python's raises a RecursionError, which is no ValueError,
    others fall over as a process.

    Example: `{fault: malformed_body, variant: deep_nesting}`.
    Source: N4; RFC 8259 9; JSONTestSuite n_structure_100000_opening_arrays.
    """

    name: ClassVar[str] = "deep_nesting"
    refusal: ClassVar[Refusal] = "may_accept"

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("with lists that are too deep in each other")

    def edits(self, body: bytes) -> Sequence[Edit]:
        """In each object, both depths."""
        return [
            Edit(
                part.end - 1,
                part.end - 1,
                (b", " if part.inside else b"") + b'"nested": ' + b"[" * depth + b"]" * depth,
            )
            for part in text_of(body).of("object")
            for depth in _DEPTHS
        ]
