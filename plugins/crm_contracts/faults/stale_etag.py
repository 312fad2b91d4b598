"""A record's version that is not its version any more."""

from dataclasses import dataclass
from random import Random
from typing import Literal

from crm_contracts.faults.own_answer import OwnAnswerFault, with_header
from crm_contracts.faults.wire import complete
from crm_contracts.model.delivery import Delivery
from crm_contracts.model.exchange import Answer, Request
from crm_contracts.model.fault import Trait
from crm_contracts.model.language import _

STALE = '"stale-0"'


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleEtag(OwnAnswerFault):
    """Every record comes with an ETag of the past, as from a replica that lags: an edit with `If-Match` is answered 412.

    Right is to read again, a few times at most, and then to say that somebody else is editing; a caller that repeats
    until it fits never ends. Answers without an ETag stay as they are.

    Example: `{fault: stale_etag}`.
    Source: N26; RFC 9110 13.1.1.
    """

    fault: Literal["stale_etag"] = "stale_etag"

    def traits(self) -> frozenset[Trait]:
        """None by itself: the answers are sound, and only an edit that follows is refused."""
        return frozenset()

    def sentence(self) -> str:
        """That they are old, and which exchanges."""
        return _("records come with an ETag of the past{which}").format(which=self._aside())

    def spoil(self, request: Request, own: Answer, dice: Random, now: float) -> Delivery:  # noqa: ARG002 - no choice
        """The same answer with an old ETag."""
        stale = own if own.header("etag") is None else with_header(own, "etag", STALE)
        return complete(request, stale, now=now)
