"""A chunked answer without its end."""

from dataclasses import dataclass
from random import Random
from typing import Annotated, Literal

from pydantic import Field

from crm_contracts.faults.own_answer import OwnAnswerFault
from crm_contracts.faults.wire import chunk, complete, head
from crm_contracts.model.delivery import Delivery, End, Piece
from crm_contracts.model.exchange import Answer, Request
from crm_contracts.model.fault import Trait
from crm_contracts.model.language import _


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingLastChunk(OwnAnswerFault):
    """The answer is chunked, and the connection ends before the last chunk: nobody knows whether there was more.

    All of the CRM's JSON arrives, or with `cut: half` only its first half. The end of the connection is no end of the
    message (RFC 9112 8): an answer without its last chunk is incomplete, and must not be taken for success.

    Example: `{fault: missing_last_chunk}`.
    Source: N19; RFC 9112 7.1, 8.
    """

    fault: Literal["missing_last_chunk"] = "missing_last_chunk"
    cut: Annotated[
        Literal["end", "half"],
        Field(description="`end`: only the last chunk is missing; `half`: half of the body."),
    ] = "end"

    def traits(self) -> frozenset[Trait]:
        """The connection ends in the middle of an answer that looked like success."""
        return frozenset({Trait.CONNECTION, Trait.MALFORMED}) | self._ambiguous()

    def sentence(self) -> str:
        """What is missing, and which exchanges."""
        what = _("half of the body") if self.cut == "half" else _("the last chunk")
        return _("answers end without {what}{which}").format(what=what, which=self._aside())

    def spoil(self, request: Request, own: Answer, dice: Random, now: float) -> Delivery:  # noqa: ARG002 - no choice
        """Head and chunks, and the close."""
        if request.method == "HEAD":
            return complete(request, own, now=now)
        half = max(1, len(own.body) // 2)
        parts = (own.body[:half],) if self.cut == "half" else (own.body[:half], own.body[half:])
        data = head(own, now=now, chunked=True) + b"".join(chunk(part) for part in parts if part)
        return Delivery(pieces=(Piece(data=data),), end=End.CLOSE, status=own.status, whole=False)
