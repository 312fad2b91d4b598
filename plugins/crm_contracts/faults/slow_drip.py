"""An answer that drips."""

from dataclasses import dataclass
from random import Random
from typing import Annotated, Literal

from pydantic import Field

from crm_contracts.faults.base import Positive
from crm_contracts.faults.own_answer import OwnAnswerFault
from crm_contracts.faults.size import SomeSize, shown
from crm_contracts.faults.wire import encode, head
from crm_contracts.model.delivery import Delivery, Piece
from crm_contracts.model.exchange import Answer, Request
from crm_contracts.model.fault import Trait
from crm_contracts.model.language import _


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowDrip(OwnAnswerFault):
    """The head of an answer comes at once, its body `bytes` at a time (default 10 B), with a pause of `every` before each.

    A timeout for each read never fires while now and then a byte arrives; only a total timeout ends such a call. On the
    network `slicer` does the same to everything; this is one sick server, and can be one operation.

    Example: `{fault: slow_drip, every: 100ms}`.
    Source: N10, N15; Slowloris, turned round.
    """

    fault: Literal["slow_drip"] = "slow_drip"
    every: Annotated[Positive, Field(description="The pause before each piece.")]
    bytes: Annotated[SomeSize, Field(description="How much comes at a time.")] = 10

    def traits(self) -> frozenset[Trait]:
        """Answers are late, and a caller that gives up cannot know what became of its write."""
        return frozenset({Trait.SLOW}) | self._ambiguous()

    def sentence(self) -> str:
        """How it drips, and which exchanges."""
        sentence = _("answers drip, {size} every {every}{which}")
        return sentence.format(size=shown(self.bytes), every=self.every, which=self._aside())

    def spoil(self, request: Request, own: Answer, dice: Random, now: float) -> Delivery:  # noqa: ARG002 - no choice
        """The CRM's own answer in small pieces."""
        top = head(own, now=now)
        body = encode(own, now=now, method=request.method)[len(top) :]
        parts = (body[start : start + self.bytes] for start in range(0, len(body), self.bytes))
        pieces = tuple(Piece(data=part, pause=self.every.seconds) for part in parts)
        return Delivery(pieces=(Piece(data=top), *pieces), status=own.status)
