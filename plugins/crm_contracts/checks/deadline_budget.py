"""Timeouts inside of timeouts: the inner ones end before the outer one does."""

from dataclasses import dataclass
from typing import Literal

from crm_contracts.checks.finding import attempt_lines, call_line, failed, passed, unknown
from crm_contracts.model.attempts import attribute
from crm_contracts.model.fault import Trait
from crm_contracts.model.journal import Journal
from crm_contracts.model.language import _
from crm_contracts.model.overrun import Overrun, overrun
from crm_contracts.model.run import Run
from crm_contracts.model.span import human
from crm_contracts.model.verdict import Finding, Layer


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineBudget:
    """When a call's own timeout is over, the attempts inside of it are over, too.

    Judged where a call failed (refused, crashed) in the middle of an attempt, and it is certain that somebody still worked
    on it: the same request (of the same record) was tried again more than 0.1 s later, in time with the promised waits, or an answer that came more than 0.25 s later was read, for
    its connection was used again, and no later call was served by it. A connection that merely stays open proves
    nothing, because some libraries close late. What ends between two attempts is `attempts`'s.

    Example: `{check: deadline_budget}`.
    Source: N10; timeout study (IC2E'18), nested timeouts; JUDGING, attempts after the call's outcome.
    """

    check: Literal["deadline_budget"] = "deadline_budget"

    def applies(self, run: Run) -> str | None:
        """Where answers are late or do not come, so that timeouts decide."""
        if run.scenario.traits() & {Trait.SLOW, Trait.SILENCE}:
            return None
        return _("every answer comes in time here")

    def judge(self, run: Run, journal: Journal) -> Finding:
        """Fail where work went on for a user who had been told that it failed."""
        if not journal.calls:
            return unknown(self.check, _("no call was made"))
        whose, wait = attribute(journal), run.consumer.promises.longest_backoff
        for call in journal.calls:
            if found := overrun(call, whose, journal, longest_wait=wait):
                return self._failed(found, journal)
        return passed(self.check)

    def _failed(self, found: Overrun, journal: Journal) -> Finding:
        call, attempts = found.call, (found.attempt, *found.later)
        went_on = max((a.ended or a.started for a in attempts), default=0.0) - (call.ended or 0.0)
        sentence = _(
            "{call} was {outcome} in the middle of an attempt, and work on it went on for {span}: {count} more attempt(s)"
        )
        return failed(
            self.check,
            sentence.format(
                call=call.name, outcome=call.outcome, span=human(went_on), count=len(found.later)
            ),
            layer=Layer.TIMING,
            evidence="\n".join((call_line(call, journal), attempt_lines(attempts, journal))),
            remedy=_(
                "Give each attempt the time that is left of the call's, and cancel what is under way when that is over."
            ),
            calls=[call],
            exchanges=[a.exchange for a in attempts if a.exchange],
        )
