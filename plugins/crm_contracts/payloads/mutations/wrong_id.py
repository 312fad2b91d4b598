"""The record of somebody else."""

import json
import re
from collections.abc import Sequence
from typing import ClassVar

from crm_contracts.model.json import JSON
from crm_contracts.model.language import _
from crm_contracts.payloads.mutations.mutation import Edit, Layer, Refusal, TextMutation
from crm_contracts.payloads.mutations.text import text_of

_ID = re.compile(r"^(?:id|uuid|guid)$|_(?:id|uuid)$|(?:Id|ID|Uuid)$")
_NUMBER = re.compile(r"\d+$")


class WrongId(TextMutation):
    """The answer is whole and sound, but its id is another one than before: a cache in front of the CRM mixed its keys up.

    Only a caller that compares it with what it asked for can tell.

    Example: `{fault: malformed_body, variant: wrong_id}`.
    Source: N19, N26.
    """

    name: ClassVar[str] = "wrong_id"
    refusal: ClassVar[Refusal] = "may_accept"
    layer: ClassVar[Layer] = "meaning"

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("of another record")

    def edits(self, body: bytes) -> Sequence[Edit]:
        """Each id."""
        text = text_of(body)
        return [
            Edit(part.start, part.end, json.dumps(another(text.value(part)), ensure_ascii=False).encode())
            for part in text.of("string", "number")
            if part.name is not None and _ID.search(part.name)
        ]


def another(identity: JSON) -> JSON:
    """Return an identity of the same kind that is another one.

    >>> another("O-1009"), another(41), another("ada")
    ('O-1010', 42, 'adax')
    """
    if isinstance(identity, int):
        return identity + 1
    if not isinstance(identity, str):
        return identity
    found = _NUMBER.search(identity)
    if found is None:
        return f"{identity}x"
    return identity[: found.start()] + str(int(found[0]) + 1).zfill(len(found[0]))
