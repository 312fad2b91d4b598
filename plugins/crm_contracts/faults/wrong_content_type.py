"""An answer that says that it is something else."""

from dataclasses import dataclass
from random import Random
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from crm_contracts.faults.own_answer import OwnAnswerFault, with_header
from crm_contracts.faults.wire import complete
from crm_contracts.model.delivery import Delivery
from crm_contracts.model.exchange import Answer, Request
from crm_contracts.model.fault import Trait
from crm_contracts.model.language import _


def _printable(text: str) -> str:
    if not text.isascii() or not text.isprintable() or not text.strip():
        raise ValueError(_("{text!r} is no content type").format(text=text))
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongContentType(OwnAnswerFault):
    """The answer is the CRM's own JSON, but its Content-Type says otherwise; `none` leaves the header out.

    A caller may take it (the JSON is sound) or refuse it; it may not crash. With HTML in the body as well, see
    `malformed_body` with `variant: html`.

    Example: `{fault: wrong_content_type, content_type: text/html}`.
    Source: N19; RFC 9110 8.3.
    """

    fault: Literal["wrong_content_type"] = "wrong_content_type"
    content_type: Annotated[
        str, AfterValidator(_printable), Field(description="What the header says; `none`: no header.")
    ] = "text/html; charset=utf-8"

    def traits(self) -> frozenset[Trait]:
        """A successful answer is not what it says."""
        return frozenset({Trait.MALFORMED}) | self._ambiguous()

    def sentence(self) -> str:
        """What it says, and which exchanges."""
        if self.content_type == "none":
            return _("answers say nothing of their content type{which}").format(which=self._aside())
        sentence = _("JSON is sent as {content_type}{which}")
        return sentence.format(content_type=self.content_type, which=self._aside())

    def spoil(self, request: Request, own: Answer, dice: Random, now: float) -> Delivery:  # noqa: ARG002 - no choice
        """The same bytes under another name."""
        told = None if self.content_type == "none" else self.content_type
        return complete(request, with_header(own, "content-type", told), now=now)
