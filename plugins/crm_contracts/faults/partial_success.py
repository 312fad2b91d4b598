"""A success that is none for some."""

import json
from dataclasses import dataclass
from random import Random
from typing import Annotated, Literal

from pydantic import Field

from crm_contracts.faults.base import ReplyFault
from crm_contracts.faults.wire import complete
from crm_contracts.model.delivery import Delivery
from crm_contracts.model.exchange import Answer, Request
from crm_contracts.model.fault import Trait
from crm_contracts.model.language import _


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialSuccess(ReplyFault):
    """The CRM answers 207 Multi-Status: `results` has what was done, `errors` says what was not, each by its index.

    By default nothing was done, although the status begins with 2: a caller that looks at the status alone loses a write.
    With `processed: before` the work was done, and one more entry failed. Mind `effect: write`.

    Example: `{fault: partial_success, effect: write}`.
    Source: N9, N26; FIELD (bulk of HubSpot, Zoho); RFC 4918 11.1.
    """

    fault: Literal["partial_success"] = "partial_success"
    category: Annotated[str, Field(min_length=1, description="The category of the error.")] = "CONFLICT"

    def traits(self) -> frozenset[Trait]:
        """An answer that looks like success is none."""
        return frozenset({Trait.MALFORMED}) | self._ambiguous()

    def sentence(self) -> str:
        """What was done, and which exchanges."""
        done = _("a part was done") if self.processed == "before" else _("nothing was done")
        return _("the CRM answers 207, and {done}{which}").format(done=done, which=self._aside())

    def deliver(self, request: Request, answer: Answer | None, dice: Random, now: float) -> Delivery:  # noqa: ARG002 - no choice
        """What was done, and what was not."""
        if answer is not None and answer.status >= 300:
            return complete(request, answer, now=now)
        done = [] if answer is None else [_value(answer.body)]
        failed = {"index": len(done), "category": self.category, "message": "This entry was not saved."}
        body = json.dumps({"results": done, "errors": [failed]}, ensure_ascii=False).encode()
        return complete(request, Answer(status=207, body=body), now=now)


def _value(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return None
