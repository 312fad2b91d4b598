"""What was answered for good is not asked again."""

from dataclasses import dataclass
from typing import Literal

from crm_contracts.checks.finding import attempt_lines, failed, passed, unknown
from crm_contracts.model.attempts import attribute
from crm_contracts.model.call import Call
from crm_contracts.model.fault import Trait
from crm_contracts.model.journal import Journal
from crm_contracts.model.language import _
from crm_contracts.model.permanent import PERMANENT, Pair, blind_repeats
from crm_contracts.model.received import may_be_unread
from crm_contracts.model.run import Run
from crm_contracts.model.verdict import Finding, Layer, NotRun


@dataclass(frozen=True, slots=True, kw_only=True)
class NoRetryOn:
    """A call does not send a request again that was refused for good: 400, 403, 404, 409, 422 and their like.

    Only the same request counts: the same address, body, preconditions and credential, with no successful answer to the
    call in between. No repeats: the one after the contract's expired token or rate limit, after an answer with Retry-After,
    after a 409 or 412 that is followed by a read, after a 409 to a write with an idempotency key (it may still be at work), and
    requests side by side. What a queue does after the call's outcome is not judged here.

    Example: `{check: no_retry_on, statuses: [400, 404]}`.
    Source: RFC 9110 15.5; WASABI (SOSP'24); JUDGING, permanent answers.
    """

    check: Literal["no_retry_on"] = "no_retry_on"
    statuses: tuple[int, ...] = tuple(sorted(PERMANENT))

    def applies(self, run: Run) -> str | None:
        """Where a fault answers what no repeat can mend."""
        if Trait.PERMANENT not in run.scenario.traits():
            return _("nothing is answered for good here")
        return None

    def judge(self, run: Run, journal: Journal) -> Finding | NotRun:
        """Fail where a call asked again without having changed anything."""
        if not journal.calls:
            return unknown(self.check, _("no call was made"))
        whose = attribute(journal)
        for call in journal.calls:
            blind = blind_repeats(call, whose, run.contract, self.statuses)
            if repeats := tuple(pair for pair in blind if not _is_doubtful(pair, journal)):
                return self._failed(call, repeats, journal)
        if not any(seen.answered and seen.status in self.statuses for seen in journal.exchanges):
            return NotRun(check=self.check, reason=_("nothing was answered for good"))
        return passed(self.check)

    def _failed(self, call: Call, repeats: tuple[Pair, ...], journal: Journal) -> Finding:
        status = repeats[0][0].exchange.status if repeats[0][0].exchange else ""
        tried = [repeats[0][0], *(later for earlier, later in repeats)]
        sentence = _(
            "{call} was answered {status} and sent the same request again ({count} times); that cannot help"
        )
        return failed(
            self.check,
            sentence.format(call=call.name, status=status, count=len(repeats)),
            layer=Layer.HTTP,
            evidence=attempt_lines(tried, journal),
            remedy=_(
                "Retry what may pass (5xx, 429, a broken connection); tell the user of everything else."
            ),
            calls=[call],
            exchanges=[a.exchange for a in tried if a.exchange],
        )


def _is_doubtful(pair: Pair, journal: Journal) -> bool:
    """Whether the caller may have given up before it read that asking again is no use."""
    earlier, later = pair
    return earlier.exchange is not None and may_be_unread(earlier.exchange, later.started, journal)
