"""A page for people."""

from typing import ClassVar

from crm_contracts.model.case import Served
from crm_contracts.model.exchange import Answer
from crm_contracts.model.language import _
from crm_contracts.payloads.mutations.mutation import Layer, Refusal, WholeMutation, with_body, with_header

LOG_IN = b"""<!DOCTYPE html>
<html><head><title>Sign in</title></head>
<body><h1>Sign in</h1><form method="post" action="/login"><input name="user"></form></body></html>
"""
"""The page of a CRM to people who are not signed in."""
_MAINTENANCE = b"<html><body><h1>We will be back soon</h1></body></html>\n"


class HtmlPage(WholeMutation):
    """The answer is 200 and a page for people: a log-in page, or a notice of maintenance that calls itself JSON.

    Example: `{fault: malformed_body, variant: html}`.
    Source: N4, N19.
    """

    name: ClassVar[str] = "html"
    refusal: ClassVar[Refusal] = "must_refuse"
    layer: ClassVar[Layer] = "syntax"
    ways: ClassVar[int] = 2

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("that is an HTML page")

    def apply(self, answer: Answer, place: int) -> Served:
        """One of the pages."""
        kept = with_header(answer, "etag", None)
        if place == 0:
            return with_body(with_header(kept, "content-type", "text/html; charset=utf-8"), LOG_IN)
        return with_body(kept, _MAINTENANCE)
