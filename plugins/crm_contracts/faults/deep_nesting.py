"""An answer that is too deep."""

from dataclasses import dataclass, replace
from random import Random
from typing import Annotated, Literal

from pydantic import Field

from crm_contracts.faults.own_answer import OwnAnswerFault
from crm_contracts.faults.wire import complete
from crm_contracts.model.delivery import Delivery
from crm_contracts.model.exchange import Answer, Request
from crm_contracts.model.fault import Trait
from crm_contracts.model.language import _


@dataclass(frozen=True, slots=True, kw_only=True)
class DeepNesting(OwnAnswerFault):
    """The answer has one more field, a list in a list in a list..., `depth` times (default 100 000).

    It is JSON by its grammar, but parsers end somewhere (RFC 8259 9): Python's raises a RecursionError, which is no
    ValueError, others fall over as a process. A caller may refuse it; it may not crash.

    Example: `{fault: deep_nesting, depth: 100000}`.
    Source: N4; RFC 8259 9; JSONTestSuite n_structure_100000_opening_arrays.
    """

    fault: Literal["deep_nesting"] = "deep_nesting"
    depth: Annotated[int, Field(ge=1, le=1_000_000, description="How many lists are in each other.")] = (
        100_000
    )

    def traits(self) -> frozenset[Trait]:
        """A successful answer that not every parser reads."""
        return frozenset({Trait.MALFORMED}) | self._ambiguous()

    def sentence(self) -> str:
        """How deep, and which exchanges."""
        sentence = _("answers are {depth} lists deep{which}")
        return sentence.format(depth=self.depth, which=self._aside())

    def spoil(self, request: Request, own: Answer, dice: Random, now: float) -> Delivery:  # noqa: ARG002 - no choice
        """The same answer with the deep field; what is no object gets nothing but it."""
        deep = b'"nested": ' + b"[" * self.depth + b"]" * self.depth + b"}"
        body = own.body.rstrip()
        before = body[:-1].rstrip() if body.endswith(b"}") else b"{"
        joined = before + (b"" if before.endswith(b"{") else b", ") + deep
        return complete(request, replace(own, body=joined), now=now)
