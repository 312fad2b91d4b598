"""A number that cannot be."""

from collections.abc import Sequence
from typing import ClassVar

from crm_contracts.model.language import _
from crm_contracts.payloads.mutations.mutation import Edit, Refusal, SchemaMutation
from crm_contracts.payloads.mutations.text import text_of


class OutOfRange(SchemaMutation):
    """A number is far below or above what the schema allows: a total of minus a trillion, a page of 10^15 records.

    Example: `{fault: malformed_body, variant: out_of_range}`.
    Source: N26.
    """

    name: ClassVar[str] = "out_of_range"
    refusal: ClassVar[Refusal] = "may_accept"
    keywords: ClassVar[frozenset[str]] = frozenset(
        {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "anyOf", "oneOf"}
    )

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("with a number out of its range")

    def edits(self, body: bytes) -> Sequence[Edit]:
        """Each number, in both directions."""
        return [
            Edit(part.start, part.end, number)
            for part in text_of(body).of("number")
            for number in (b"-1000000000001", b"1000000000000001")
        ]
