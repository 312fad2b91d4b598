"""Comments."""

from collections.abc import Sequence
from typing import ClassVar

from crm_contracts.model.language import _
from crm_contracts.payloads.mutations.mutation import Edit, Refusal, TextMutation
from crm_contracts.payloads.mutations.text import text_of

_MARKS = {b"{", b"}", b"[", b"]", b",", b":"}
_COMMENTS = (b"/* since 2.4 */", b"// since 2.4\n")


class Comment(TextMutation):
    """A comment stands in the text, as JSON5 and many configuration files allow: `{/* new */ "a": 1}`.

    RFC 8259 has none; some widely used readers (Json.NET, Gson) skip them.

    Example: `{fault: malformed_body, variant: comment}`.
    Source: RFC 8259 2, 9.
    """

    name: ClassVar[str] = "comment"
    refusal: ClassVar[Refusal] = "may_accept"

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("with a comment")

    def edits(self, body: bytes) -> Sequence[Edit]:
        """Of both kinds, after each bracket, comma and colon."""
        ends = [end for start, end in text_of(body).tokens if body[start:end] in _MARKS]
        return [Edit(end, end, comment) for end in ends for comment in _COMMENTS]
