"""The CRM says when to come back, and nobody comes earlier."""

from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from itertools import pairwise
from typing import Literal

from crm_contracts.checks.finding import attempt_lines, failed, passed, unknown
from crm_contracts.model.attempts import Attempt, attribute
from crm_contracts.model.call import Call
from crm_contracts.model.exchange import Exchange
from crm_contracts.model.fault import Trait
from crm_contracts.model.journal import Journal
from crm_contracts.model.language import _
from crm_contracts.model.received import may_be_unread
from crm_contracts.model.run import Run
from crm_contracts.model.span import human
from crm_contracts.model.usual import by_address, usual
from crm_contracts.model.verdict import Finding, Layer, NotRun

TOLERANCE = 0.02
"""Seconds that our stamps and the caller's timer may be apart, beside 2 % of the wait."""
WHOLE = 1.0
"""Seconds: dates are whole, that of the answer (rounded down) as well as the one to come back at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HonoursRetryAfter:
    """An attempt that is answered with Retry-After is not repeated before that time is over.

    Measured within a call, from the end of the attempt to the start of the next of the same request; to give up at once is
    as good. A value that no call can wait for (an hour, a year) is answered by giving up; who waits all the same breaks
    his `deadline`. Seconds and HTTP dates are held alike, dates against the answer's own `Date`. Tolerance: 20 ms and 2 %,
    for dates 1 s more. What another call does, or a queue after the outcome, is not judged.

    Example: `{check: honours_retry_after}`.
    Source: N15; RFC 9110 10.2.3; ORACLES, ignores Retry-After.
    """

    check: Literal["honours_retry_after"] = "honours_retry_after"

    def applies(self, run: Run) -> str | None:
        """Where the CRM says when to come back."""
        if Trait.LIMITED not in run.scenario.traits():
            return _("the CRM does not say when to come back")
        return _("with one attempt nothing is tried again") if run.consumer.promises.attempts == 1 else None

    def judge(self, run: Run, journal: Journal) -> Finding | NotRun:
        """Fail at the first repeat that came too early."""
        if not journal.calls:
            return unknown(self.check, _("no call was made"))
        whose = attribute(journal)
        well, waited = usual(journal, whose), 0
        for call in journal.calls:
            for chain in (part for one in whose.chains(call) for part in by_address(one)):
                if well.of_one_address(call, chain[0]) > 1:
                    continue  # Several things of a kind: nobody knows which waited for which.
                for earlier, later, least in _repeats(chain, journal):
                    if later.started - (earlier.ended or 0.0) < least * 0.98 - TOLERANCE:
                        return self._failed(call, earlier, later, journal)
                    waited += 1
        if not any(_told(seen) for seen in journal.exchanges):
            return NotRun(check=self.check, reason=_("no answer said when to come back"))
        return passed(self.check, "" if waited else _("nothing was tried again"))

    def _failed(self, call: Call, earlier: Attempt, later: Attempt, journal: Journal) -> Finding:
        seen = earlier.exchange
        told = seen.answer_headers["retry-after"] if seen else ""
        sentence = _("{call} was told Retry-After: {told} and came back after {wait}")
        return failed(
            self.check,
            sentence.format(
                call=call.name, told=told, wait=human(max(0.0, later.started - (earlier.ended or 0.0)))
            ),
            layer=Layer.HTTP,
            evidence=attempt_lines([earlier, later], journal),
            remedy=_(
                "Read both forms of Retry-After, seconds and date; wait so long where the call's time allows it, else give up."
            ),
            calls=[call],
            exchanges=[a.exchange for a in (earlier, later) if a.exchange],
        )


def _repeats(chain: tuple[Attempt, ...], journal: Journal) -> Iterator[tuple[Attempt, Attempt, float]]:
    """Each attempt that was told when to come back, the next one, and the least wait between them."""
    for earlier, later in pairwise(chain):
        seen = earlier.exchange
        if seen is None or not seen.answered or earlier.ended is None or later.started < earlier.ended:
            continue
        if (least := _told(seen)) is not None and not may_be_unread(seen, later.started, journal):
            yield earlier, later, least


def _told(seen: Exchange) -> float | None:
    """The seconds that Retry-After asks for at least; None where it is not there or cannot be read."""
    told = seen.answer_headers.get("retry-after", "").strip()
    if told.isascii() and told.isdigit():
        return float(told[:12])
    try:
        back, now = parsedate_to_datetime(told), parsedate_to_datetime(seen.answer_headers.get("date", ""))
        return max(0.0, (back - now).total_seconds() - WHOLE)
    except (ValueError, TypeError):
        return None
