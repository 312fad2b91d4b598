"""An address that is elsewhere now."""

from dataclasses import dataclass
from http import HTTPStatus
from random import Random
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from crm_contracts.faults.base import ReplyFault
from crm_contracts.faults.wire import complete
from crm_contracts.model.delivery import Delivery
from crm_contracts.model.exchange import Answer, Request
from crm_contracts.model.fault import Trait
from crm_contracts.model.language import _

_PAGE = (
    "<html>\r\n<head><title>{code} {reason}</title></head>\r\n<body>\r\n"
    "<center><h1>{code} {reason}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)


def _address(text: str) -> str:
    if not text.startswith(("/", "http://", "https://")) or not text.isascii() or not text.isprintable():
        raise ValueError(_("{text!r} is no address; write /path or http://...").format(text=text))
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved(ReplyFault):
    """The CRM answers with a redirect `code` to `to`; by default to the same address, so that who follows meets it again.

    With `first: 1` the repeated request gets through. Libraries that follow a 301 or 302 repeat a POST as a GET, without its
    body (RFC 9110 15.4.2): the write is lost and a list comes back with 200. 307 and 308 keep the method.

    Example: `{fault: moved, code: 301, first: 1}`.
    Source: N17, N19; RFC 9110 15.4.
    """

    fault: Literal["moved"] = "moved"
    code: Annotated[Literal[301, 302, 303, 307, 308], Field(description="The HTTP status.")] = 308
    to: Annotated[
        str | None,
        AfterValidator(lambda to: to if to is None else _address(to)),
        Field(description="Where to; default: the same address."),
    ] = None

    def traits(self) -> frozenset[Trait]:
        """The answer is no success."""
        return frozenset({Trait.ERROR_STATUS}) | self._ambiguous()

    def sentence(self) -> str:
        """Where to, and which exchanges."""
        to = self.to or _("the same address")
        return _("the CRM answers {code} and points to {to}{which}").format(
            code=self.code, to=to, which=self._aside()
        )

    def deliver(self, request: Request, answer: Answer | None, dice: Random, now: float) -> Delivery:  # noqa: ARG002 - no choice
        """The redirect, with a page for people."""
        reason = HTTPStatus(self.code).phrase
        headers = (("location", self.to or request.target), ("content-type", "text/html"))
        body = _PAGE.format(code=self.code, reason=reason).encode()
        return complete(request, Answer(status=self.code, headers=headers, body=body), now=now)
