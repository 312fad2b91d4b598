"""A connection that ends before the answer does."""

from dataclasses import dataclass
from random import Random
from typing import Annotated, Literal

from pydantic import Field

from crm_contracts.faults.base import ReplyFault, Timed
from crm_contracts.faults.size import Size, shown
from crm_contracts.faults.wire import complete, cut
from crm_contracts.model.delivery import Delivery, End
from crm_contracts.model.exchange import Answer, Request
from crm_contracts.model.fault import Trait
from crm_contracts.model.language import _

_PAGE = (
    "<html>\r\n<head><title>{code} {reason}</title></head>\r\n<body>\r\n"
    "<center><h1>{code} {reason}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)
_REASONS = {
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Temporarily Unavailable",
    504: "Gateway Time-out",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PrematureClose(ReplyFault):
    """The CRM closes the connection before the answer is complete: "upstream prematurely closed connection".

    `after` bytes of the answer get out first (default none; more needs `processed: before`, for only a CRM that did the
    work has an answer). With `proxy: page` a reverse proxy stands in front, sees the close and answers `code` with an
    HTML page of its own; without it the caller sees the close itself.

    Example: `{fault: premature_close, proxy: page, processed: before}`.
    Source: N19, incident B.
    """

    fault: Literal["premature_close"] = "premature_close"
    after: Annotated[Size, Field(description="How much of the answer gets out first.")] = 0
    proxy: Annotated[
        Literal["none", "page"], Field(description="`page`: a reverse proxy answers with its own error page.")
    ] = "none"
    code: Annotated[Literal[500, 502, 503, 504], Field(description="The status of the proxy's page.")] = 502

    def __post_init__(self) -> None:
        Timed.__post_init__(self)
        if self.after and self.processed == "after":
            raise ValueError(
                _("`after` needs `processed: before`: only a CRM that did the work has an answer")
            )
        if self.after and self.proxy == "page":
            raise ValueError(_("either `after` or `proxy: page`: a proxy sends its page instead of a part"))

    def traits(self) -> frozenset[Trait]:
        """The connection breaks, or the proxy's error status is answered."""
        if self.proxy == "page":
            return frozenset({Trait.ERROR_STATUS}) | self._ambiguous()
        part = {Trait.MALFORMED} if self.after else set()
        return frozenset({Trait.CONNECTION} | part) | self._ambiguous()

    def sentence(self) -> str:
        """What the caller sees, and which exchanges."""
        if self.proxy == "page":
            sentence = _("the CRM closes early and its proxy answers {code} with an HTML page{which}")
            return sentence.format(code=self.code, which=self._aside())
        if self.after:
            sentence = _("the connection closes after {size} of the answer{which}")
            return sentence.format(size=shown(self.after), which=self._aside())
        return _("the connection closes before any answer{which}").format(which=self._aside())

    def deliver(self, request: Request, answer: Answer | None, dice: Random, now: float) -> Delivery:  # noqa: ARG002 - no choice
        """A part of the answer and the close, or the proxy's page."""
        if self.proxy == "page":
            page = _PAGE.format(code=self.code, reason=_REASONS[self.code]).encode()
            headers = (("server", "nginx"), ("content-type", "text/html"))
            made = Answer(status=self.code, reason=_REASONS[self.code], headers=headers, body=page)
            return complete(request, made, now=now)
        if answer is None or not self.after:
            return Delivery(end=End.CLOSE, whole=False)
        return cut(request, answer, now=now, after=self.after)
