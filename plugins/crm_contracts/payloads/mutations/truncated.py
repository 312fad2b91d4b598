"""The end of the text is missing."""

from collections.abc import Sequence
from typing import ClassVar

from crm_contracts.model.language import _
from crm_contracts.payloads.mutations.mutation import Edit, Refusal, TextMutation


class Truncated(TextMutation):
    """The text ends too early, after any of its bytes; its Content-Length fits, so that only a parser can tell.

    A program that died while it wrote, or a cache that kept half, does this.

    Example: `{fault: malformed_body, variant: truncated}`.
    Source: N19; incident A; RFC 8259 2.
    """

    name: ClassVar[str] = "truncated"
    refusal: ClassVar[Refusal] = "must_refuse"

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("of which the end is missing")

    def edits(self, body: bytes) -> Sequence[Edit]:
        """After each byte but the last."""
        text = body.rstrip()
        if text[:1] not in {b"{", b"[", b'"'} and text.lstrip()[:1] not in {b"{", b"[", b'"'}:
            return ()
        begins = len(text) - len(text.lstrip())
        return [Edit(at, len(body), b"") for at in range(begins + 1, len(text))]
