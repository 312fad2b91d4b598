"""What faults have in common that let the CRM work and spoil the answer that it gave."""

import json
from dataclasses import dataclass, replace
from random import Random
from typing import Annotated, Literal

from pydantic import Field

from crm_contracts.faults.base import ReplyFault
from crm_contracts.faults.wire import bodiless, complete
from crm_contracts.model.delivery import Delivery
from crm_contracts.model.exchange import Answer, Request
from crm_contracts.model.json import JSON

NOTHING = b"{}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAnswerFault(ReplyFault):
    """A fault of the CRM's own answer: the work is done. What it refuses by itself (an error, a redirect) stays as it is."""

    processed: Annotated[
        Literal["before"], Field(description="Always: the CRM did the work, and its own answer suffers.")
    ] = "before"

    def deliver(self, request: Request, answer: Answer | None, dice: Random, now: float) -> Delivery:
        """The answer of success, spoilt; any other as it is."""
        own = success(answer)
        return complete(request, own, now=now) if own.status >= 300 else self.spoil(request, own, dice, now)

    def spoil(self, request: Request, own: Answer, dice: Random, now: float) -> Delivery:
        """What becomes of an answer of success, which has a body."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class RewrittenFault(OwnAnswerFault):
    """A fault of what an answer says: its JSON is another, its form is sound."""

    def spoil(self, request: Request, own: Answer, dice: Random, now: float) -> Delivery:  # noqa: ARG002 - no choice
        """The same answer with another value; one that is no JSON stays as it is."""
        try:
            value: JSON = json.loads(own.body)
        except ValueError:
            return complete(request, own, now=now)
        body = json.dumps(self.rewritten(value, request), ensure_ascii=False).encode()
        return complete(request, replace(own, body=body), now=now)

    def rewritten(self, value: JSON, request: Request) -> JSON:
        """What the answer says instead."""
        raise NotImplementedError


def success(answer: Answer | None) -> Answer:
    """The CRM's own answer; one that has no body gets an empty object, so that there is something to spoil."""
    own = answer or Answer(status=200, body=NOTHING)
    if own.status < 300 and (bodiless(own.status) or not own.body):
        return replace(own, status=200, reason="", body=NOTHING)
    return own


def with_header(answer: Answer, name: str, value: str | None) -> Answer:
    """The same answer with one header replaced, or (None) without it."""
    kept = tuple(pair for pair in answer.headers if pair[0].lower() != name)
    return replace(answer, headers=kept if value is None else (*kept, (name, value)))
