"""What was held back while the CRM was away, and how it arrives once the CRM is back."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from crm_contracts.checks.finding import attempt_lines, failed, passed, unknown
from crm_contracts.model.attempts import Attempt, Attribution, attribute
from crm_contracts.model.call import Call, Phase
from crm_contracts.model.journal import Journal
from crm_contracts.model.language import _
from crm_contracts.model.load import at_once, busiest, under_load
from crm_contracts.model.run import Run
from crm_contracts.model.usual import usual
from crm_contracts.model.verdict import Finding, Layer

MOMENT = 0.1
"""Seconds within which calls count as made at once."""
FEW = 10
"""Requests side by side that every CRM can bear."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BacklogAfterHeal:
    """Once the CRM is back, what was held back does not arrive all at once: it has only just got up.

    Held back are what a queue sends after its call's outcome, what nobody asked for just now, and, once the faults are
    gone, retries of calls that began before. Counted is how many of these requests are under way at one moment: a queue
    that is emptied one after the other, however fast, has one. The limit is
    what the CRM had to bear from users anyway: the most calls that began within 100 ms, times what each needs, times
    `max_amplification`; never fewer than 10.

    Example: `{check: backlog_after_heal}`.
    Source: N11, N29; metastable failures (OSDI'22); AWS Builders' Library (avoiding insurmountable queue backlogs).
    """

    check: Literal["backlog_after_heal"] = "backlog_after_heal"

    def applies(self, run: Run) -> str | None:
        """Where many call while something goes wrong that ends."""
        if run.consumer.promises.max_amplification is None:
            return _("no most number of requests for a call is promised")
        if not run.scenario.faults or not under_load(run):
            return _("too few calls for a backlog")
        return _("a refused credential stays refused") if run.stays_refused else None

    def judge(self, run: Run, journal: Journal) -> Finding:
        """Fail where more of the backlog was under way at once than users and promises account for."""
        if journal.heal is None or not journal.calls_in(Phase.DURING):
            return unknown(self.check, _("no call was made"))
        whose = attribute(journal)
        held = tuple(_held_back(journal, whose, journal.heal))
        most = _limit(run.consumer.promises.max_amplification or 1.0, journal, whose)
        together = at_once((a.started, journal.rest if a.ended is None else a.ended) for a in held)
        if together > most:
            return self._failed(held, together, most, journal)
        if not held:
            return passed(self.check, _("nothing was held back"))
        said = _("{count} requests were held back, at most {together} under way at once")
        return passed(self.check, said.format(count=len(held), together=together))

    def _failed(self, held: tuple[Attempt, ...], together: int, most: int, journal: Journal) -> Finding:
        sentence = _(
            "{count} requests were held back, and {together} of them were under way at once; its users account for at most "
            "{most}"
        )
        return failed(
            self.check,
            sentence.format(count=len(held), together=together, most=most),
            layer=Layer.HTTP,
            evidence=attempt_lines(sorted(held, key=lambda a: a.started), journal),
            remedy=_(
                "Deliver what waits one after the other, or a few at a time, and slower while it fails."
            ),
        )


def _held_back(journal: Journal, whose: Attribution, heal: float) -> Iterator[Attempt]:
    yield from whose.free
    for call in journal.calls:
        outcome = float("inf") if call.ended is None else call.ended
        late = heal if call.started < heal else outcome
        yield from (attempt for attempt in whose.of(call) if attempt.started > min(outcome, late))


def _limit(promised: float, journal: Journal, whose: Attribution) -> int:
    calls = journal.calls_in(Phase.BEFORE, Phase.DURING)
    well = usual(journal, whose).total
    needs = max((max(1, len(call.does), well.get(call.name, 0)) for call in calls), default=1)
    return max(FEW, math.ceil(promised * needs * busiest(map(_began, calls), MOMENT)))


def _began(call: Call) -> float:
    return call.started
