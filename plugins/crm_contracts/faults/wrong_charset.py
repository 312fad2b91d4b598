"""Text in another encoding than it says."""

from dataclasses import dataclass, replace
from random import Random
from typing import Annotated, Literal

from pydantic import Field

from crm_contracts.faults.own_answer import OwnAnswerFault, with_header
from crm_contracts.faults.wire import complete
from crm_contracts.model.delivery import Delivery
from crm_contracts.model.exchange import Answer, Request
from crm_contracts.model.fault import Trait
from crm_contracts.model.language import _


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongCharset(OwnAnswerFault):
    """The answer says UTF-8 and is sent in `charset`.

    `gb18030` and `latin-1` differ from UTF-8 where a text is not plain ASCII, `utf-16` (with a byte order mark) everywhere.
    JSON on the wire is UTF-8 (RFC 8259 8.1); a caller may understand another encoding, or refuse it, not crash.

    Example: `{fault: wrong_charset, charset: gb18030}`.
    Source: N19; RFC 8259 8.1.
    """

    fault: Literal["wrong_charset"] = "wrong_charset"
    charset: Annotated[
        Literal["gb18030", "latin-1", "utf-16"], Field(description="The encoding that is really sent.")
    ] = "utf-16"

    def traits(self) -> frozenset[Trait]:
        """A successful answer cannot be read as it says."""
        return frozenset({Trait.MALFORMED}) | self._ambiguous()

    def sentence(self) -> str:
        """What is sent, and which exchanges."""
        sentence = _("answers say UTF-8 and are {charset}{which}")
        return sentence.format(charset=self.charset, which=self._aside())

    def spoil(self, request: Request, own: Answer, dice: Random, now: float) -> Delivery:  # noqa: ARG002 - no choice
        """The same text in other bytes."""
        sent = own.body.decode("utf-8", "replace").encode(self.charset, "replace")
        told = with_header(own, "content-type", "application/json; charset=utf-8")
        return complete(request, replace(told, body=sent), now=now)
