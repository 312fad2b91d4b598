"""A list that has no end."""

import re
from collections.abc import Sequence
from typing import ClassVar

from crm_contracts.model.language import _
from crm_contracts.payloads.mutations.mutation import Edit, Layer, Refusal, TextMutation
from crm_contracts.payloads.mutations.text import text_of

_CURSOR = re.compile(
    r"^(?:after|cursor|next)$|(?:cursor|next_?page|page_?token)$|^next_?(?:cursor|token)", re.IGNORECASE
)
_MORE = re.compile(r"^(?:has|is)_?more|^more_?items|^has_?next", re.IGNORECASE)


class CursorLoop(TextMutation):
    """A page says that there is another one, and its cursor is always the same: whoever follows never arrives.

    Right is to notice that a cursor comes again; to hang, or to collect until the memory is full, is not.

    Example: `{fault: malformed_body, variant: cursor_loop}`.
    Source: N26; method overloading the circuit (SoCC'22).
    """

    name: ClassVar[str] = "cursor_loop"
    refusal: ClassVar[Refusal] = "may_accept"
    layer: ClassVar[Layer] = "meaning"
    comparable: ClassVar[bool] = False

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("whose next page is the same page again")

    def edits(self, body: bytes) -> Sequence[Edit]:
        """Each cursor, and each word that there is more."""
        text = text_of(body)
        named = [part for part in text.parts if part.name is not None]
        cursors = [
            part for part in named if part.kind in {"string", "word"} and _CURSOR.search(str(part.name))
        ]
        more = [part for part in named if part.kind == "word" and _MORE.search(str(part.name))]
        return [
            *(Edit(part.start, part.end, b'"b2Zmc2V0PTEw"') for part in cursors),
            *(Edit(part.start, part.end, b"true") for part in more),
        ]
