"""A word that is new."""

import re
from collections.abc import Sequence
from typing import ClassVar

from crm_contracts.model.language import _
from crm_contracts.payloads.mutations.mutation import Edit, Refusal, SchemaMutation
from crm_contracts.payloads.mutations.text import text_of

_WORD = re.compile(rb'"[A-Za-z][A-Za-z0-9_.-]{0,40}"')


class UnknownEnumValue(SchemaMutation):
    """A word of a list that the schema closes has a value that nobody has heard of: a state of orders that came with a release.

    CRMs add such words and call it compatible: a caller may show it or refuse it, and may not crash.

    Example: `{fault: malformed_body, variant: unknown_enum_value}`.
    Source: N7, N26.
    """

    name: ClassVar[str] = "unknown_enum_value"
    refusal: ClassVar[Refusal] = "may_accept"
    comparable: ClassVar[bool] = False
    keywords: ClassVar[frozenset[str]] = frozenset({"enum", "const", "anyOf", "oneOf"})

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("with a word that the contract does not know")

    def edits(self, body: bytes) -> Sequence[Edit]:
        """Each string that looks like a word of a list."""
        return [
            Edit(part.start, part.end, b'"INTRODUCED_LATELY"')
            for part in text_of(body).of("string")
            if _WORD.fullmatch(body, part.start, part.end)
        ]
