"""Answers of yesterday."""

from typing import ClassVar

from crm_contracts.model.case import Served
from crm_contracts.model.exchange import Answer
from crm_contracts.model.language import _
from crm_contracts.payloads.mutations.mutation import Layer, Refusal, WholeMutation, with_header

_SIGNS = (
    ("age", "864000"),
    ("warning", '110 cache.example.com "Response is Stale"'),
    ("last-modified", "Thu, 01 Jan 1970 00:00:00 GMT"),
)


class Stale(WholeMutation):
    """The head says that the answer is ten days old: `Age`, `Warning: 110` or a `Last-Modified` of 1970. A cache in front of the CRM could
    not reach it.

    The body is as before; a caller may show it or refuse it.

    Example: `{fault: malformed_body, variant: stale}`.
    Source: N26; RFC 9111 4.2.4, 5.1, 5.5.
    """

    name: ClassVar[str] = "stale"
    refusal: ClassVar[Refusal] = "may_accept"
    layer: ClassVar[Layer] = "meaning"
    ways: ClassVar[int] = 3

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("that says it is ten days old")

    def apply(self, answer: Answer, place: int) -> Served:
        """The same body, called old."""
        name, value = _SIGNS[place]
        return with_header(answer, name, value)
