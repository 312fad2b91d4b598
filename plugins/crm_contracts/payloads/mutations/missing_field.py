"""A field that is not there."""

from collections.abc import Sequence
from typing import ClassVar

from crm_contracts.model.language import _
from crm_contracts.payloads.mutations.mutation import Edit, Refusal, SchemaMutation
from crm_contracts.payloads.mutations.text import Part, text_of


class MissingField(SchemaMutation):
    """A field is missing, with its name.

    Where the caller uses it, taking the answer for success shows as a value that differs; where it does not, nobody is harmed.

    Example: `{fault: malformed_body, variant: missing_field}`.
    Source: N7, N19, N26.
    """

    name: ClassVar[str] = "missing_field"
    refusal: ClassVar[Refusal] = "may_accept"
    keywords: ClassVar[frozenset[str]] = frozenset({"required"})

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("without one of its fields")

    def edits(self, body: bytes) -> Sequence[Edit]:
        """Each member, with the comma beside it."""
        return [_without(part) for part in text_of(body).parts if part.name is not None]


def _without(part: Part) -> Edit:
    assert part.around is not None
    beside = part.around.inside
    if part.index > 0:
        return Edit(beside[part.index - 1].end, part.end, b"")
    return Edit(part.began, beside[1].began if len(beside) > 1 else part.end, b"")
