"""A field more."""

from collections.abc import Sequence
from typing import ClassVar

from crm_contracts.model.language import _
from crm_contracts.payloads.mutations.mutation import Edit, Refusal, SchemaMutation
from crm_contracts.payloads.mutations.text import text_of


class ExtraField(SchemaMutation):
    """An object has a field that the contract does not name: a compatible change that every caller must bear.

    Example: `{fault: malformed_body, variant: extra_field}`.
    Source: N7, N26.
    """

    name: ClassVar[str] = "extra_field"
    refusal: ClassVar[Refusal] = "may_accept"
    comparable: ClassVar[bool] = False
    keywords: ClassVar[frozenset[str]] = frozenset(
        {"additionalProperties", "unevaluatedProperties", "anyOf", "oneOf"}
    )

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("with a field that the contract does not name")

    def edits(self, body: bytes) -> Sequence[Edit]:
        """At the end of each object, a text and an object."""
        return [
            Edit(
                part.end - 1, part.end - 1, (b", " if part.inside else b"") + b'"introducedLately": ' + value
            )
            for part in text_of(body).of("object")
            for value in (b'"new"', b'{"list": [null]}')
        ]
