"""An answer that is too large."""

from dataclasses import dataclass, replace
from random import Random
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from crm_contracts.faults.own_answer import OwnAnswerFault
from crm_contracts.faults.size import SomeSize, shown
from crm_contracts.faults.wire import complete
from crm_contracts.model.delivery import Delivery
from crm_contracts.model.exchange import Answer, Request
from crm_contracts.model.fault import Trait
from crm_contracts.model.language import _

MOST = 64 * 1024 * 1024


def _bearable(size: int) -> int:
    if size > MOST:
        raise ValueError(_("{size} is more than the lab sends; the most is 64MiB").format(size=shown(size)))
    return size


@dataclass(frozen=True, slots=True, kw_only=True)
class HugeBody(OwnAnswerFault):
    """The answer is the CRM's own JSON, blown up to `size` (default 8 MB, at most 64 MiB) with white space.

    It is valid, so a caller may take it; one that reads without a limit, or works on every byte, is late or falls over.

    Example: `{fault: huge_body, size: 8MB}`.
    Source: N15; OWASP API4:2023.
    """

    fault: Literal["huge_body"] = "huge_body"
    size: Annotated[SomeSize, AfterValidator(_bearable), Field(description="How large it is.")] = 8_000_000

    def traits(self) -> frozenset[Trait]:
        """The answer takes its time."""
        return frozenset({Trait.SLOW}) | self._ambiguous()

    def sentence(self) -> str:
        """How large, and which exchanges."""
        return _("answers have {size}{which}").format(size=shown(self.size), which=self._aside())

    def spoil(self, request: Request, own: Answer, dice: Random, now: float) -> Delivery:  # noqa: ARG002 - no choice
        """The same JSON with white space before it."""
        return complete(request, replace(own, body=own.body.rjust(self.size)), now=now)
