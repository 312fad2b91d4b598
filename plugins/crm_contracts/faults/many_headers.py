"""An answer with too many headers."""

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
class ManyHeaders(OwnAnswerFault):
    """The answer has `count` more headers (default 5000), as behind a proxy that adds its own at every turn of a loop.

    Libraries give up at 100 headers (Python's http.client) or 100 kB (h11), with an error of their own.

    Example: `{fault: many_headers, count: 5000}`.
    Source: N19; RFC 9110 5.4.
    """

    fault: Literal["many_headers"] = "many_headers"
    count: Annotated[int, Field(ge=1, le=100_000, description="How many.")] = 5000

    def traits(self) -> frozenset[Trait]:
        """A successful answer that not every library reads."""
        return frozenset({Trait.MALFORMED}) | self._ambiguous()

    def sentence(self) -> str:
        """How many, and which exchanges."""
        return _("answers have {count} more headers{which}").format(count=self.count, which=self._aside())

    def spoil(self, request: Request, own: Answer, dice: Random, now: float) -> Delivery:  # noqa: ARG002 - no choice
        """The same answer under a long head."""
        more = tuple((f"x-forwarded-hop-{number:05}", "crm-edge") for number in range(self.count))
        return complete(request, replace(own, headers=(*own.headers, *more)), now=now)
