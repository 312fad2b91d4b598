"""Numbers that no computer keeps."""

from collections.abc import Sequence
from typing import ClassVar

from crm_contracts.model.language import _
from crm_contracts.payloads.mutations.mutation import Edit, Refusal, TextMutation
from crm_contracts.payloads.mutations.text import text_of

_WAYS = (b"1e400", b"-1e400", b"9" * 5000)


class HugeNumber(TextMutation):
    """A number is larger than a double can hold (`1e400`), or has 5,000 digits.

    RFC 8259 6 permits it and says that it will not travel well: readers make infinity of it, raise, or take long.

    Example: `{fault: malformed_body, variant: huge_number}`.
    Source: RFC 8259 6; CVE-2020-10735.
    """

    name: ClassVar[str] = "huge_number"
    refusal: ClassVar[Refusal] = "may_accept"

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("with a number that is too large to be kept")

    def edits(self, body: bytes) -> Sequence[Edit]:
        """Each number, in each way."""
        return [Edit(part.start, part.end, way) for part in text_of(body).of("number") for way in _WAYS]
