"""A CRM that keeps failing is left alone, tried now and then, and used again once it is well."""

from dataclasses import dataclass
from typing import Literal

from crm_contracts.checks.finding import attempt_lines, call_line, failed, passed, shortened, unknown
from crm_contracts.model.attempts import Attempt, attribute
from crm_contracts.model.call import Call, Phase, is_well
from crm_contracts.model.connections import reached_since
from crm_contracts.model.fault import Trait
from crm_contracts.model.journal import Journal
from crm_contracts.model.language import _
from crm_contracts.model.promises import Breaker as Promise
from crm_contracts.model.rounds import most_rounds
from crm_contracts.model.run import Run
from crm_contracts.model.span import human
from crm_contracts.model.turns import Kind, crowd_in_sum, kinds
from crm_contracts.model.usual import usual
from crm_contracts.model.verdict import Finding, Layer, NotRun

SLACK = 0.3
"""Seconds beyond the open time after which a probe must have been seen: calls are made every 200 ms then."""

_OPENING = frozenset({Trait.ERROR_STATUS, Trait.CONNECTION, Trait.SILENCE, Trait.SLOW, Trait.AMBIGUOUS})


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerCheck:
    """After the promised number of failures calls stop reaching the CRM, but for probes; others go on; heal closes it.

    Counted for each kind of call and operation, the finest that a breaker may be, in a row, and one call later than promised.
    From then on at most `probes` calls that begin reach the CRM within `half_open_after` of each other (attempts, where
    the promise counts attempts), measured from start to start: some breakers count from the probe's start. Too coarse: a
    kind of call that went well while another failed is refused without an attempt. Attempts that may be any of several open
    calls' are judged in sum. After heal a probe comes within
    `half_open_after` + 0.3 s. Tolerance: 20 ms and 2 %.

    Example: `{check: breaker}`.
    Source: N6; SoCC'22, method overloading the circuit; JUDGING, breaker.
    """

    check: Literal["breaker"] = "breaker"

    def applies(self, run: Run) -> str | None:
        """Where a breaker is promised, and the CRM fails often enough, by errors, broken connections or slowness alone."""
        promise, traits = run.consumer.promises.breaker, run.scenario.traits()
        if promise is None:
            return _("no breaker is promised")
        if not traits or not traits <= _OPENING:
            return _("what goes wrong here need not open a breaker, or shows no attempt")
        least, made = promise.opens_after + promise.probes + 2, most_rounds(run)
        if made < least:
            sentence = _("to see it open takes {least} calls of a kind; {made:g} are made")
            return sentence.format(least=least, made=made)
        return None

    def judge(self, run: Run, journal: Journal) -> Finding | NotRun:
        """Fail where it does not open, lets too many through, stops other calls, or never closes."""
        promise = run.consumer.promises.breaker or Promise()
        if not journal.calls_in(Phase.DURING):
            return unknown(self.check, _("no call was made"))
        whose = attribute(journal)
        found = tuple(kinds(journal, whose, usual(journal, whose)))
        for kind in found:
            if many := kind.too_many(promise):
                return self._floods(kind.name, many, promise, journal)
        if many := crowd_in_sum(journal, whose, promise, run.consumer.promises.attempts or 1):
            return self._floods(_("all calls together"), many, promise, journal)
        if wrong := self._coarse(found, promise, journal) or self._stuck(found, promise, journal):
            return wrong
        if any(kind.refuses for kind in found):
            return passed(self.check, _("it opened"))
        if any(kind.opened(promise) is not None or kind.doubtful for kind in found):
            return passed(self.check, _("no more reached the CRM than its probes may"))
        return NotRun(check=self.check, reason=_("the CRM did not fail so often in a row"))

    def _floods(self, name: str, many: tuple[Attempt, ...], promise: Promise, journal: Journal) -> Finding:
        sentence = _(
            "{call} went on after {failures} failures in a row: {count} reached the CRM within {span}; promised are {probes}"
        )
        within = many[-1].started - many[0].started
        return failed(
            self.check,
            sentence.format(
                call=name,
                failures=promise.opens_after,
                count=len(many),
                span=human(max(within, 0.001)),
                probes=_probes(promise),
            ),
            layer=Layer.HTTP,
            evidence=attempt_lines(many, journal),
            remedy=_(
                "Keep one breaker for all calls of an operation, count what fails there, and let one probe through at a time."
            ),
            exchanges=[a.exchange for a in many if a.exchange],
        )

    def _coarse(self, found: tuple[Kind, ...], promise: Promise, journal: Journal) -> Finding | None:
        """A kind of call that never failed at the CRM, went well, and was refused once another's breaker was open."""
        openings = [opening for kind in found if (opening := kind.open_from(promise)) is not None]
        failing = {kind.name for kind in found if kind.failures}
        for kind in found:
            stopped = [t.call for t in kind.quiet if openings and t.call.started > min(openings)]
            if kind.name not in failing and stopped and kind.went_well:
                return self._stopped(stopped, journal)
        return None

    def _stopped(self, calls: list[Call], journal: Journal) -> Finding:
        sentence = _("{call} was {outcome} without an attempt, although only other operations failed")
        return failed(
            self.check,
            sentence.format(call=calls[0].name, outcome=calls[0].outcome),
            layer=Layer.HTTP,
            evidence=shortened([call_line(call, journal) for call in calls]),
            remedy=_("Give each operation a breaker of its own, so that what works goes on."),
            calls=calls,
        )

    def _stuck(self, found: tuple[Kind, ...], promise: Promise, journal: Journal) -> Finding | None:
        heal = journal.heal
        if heal is None or not any(kind.refuses for kind in found):
            return None
        due = heal + promise.half_open_after + SLACK
        for kind in found:
            late = [t.call for t in kind.later if t.call.started > due and not is_well(t.call, journal.calls)]
            if late and kind.refuses and not reached_since(heal, journal):
                return self._never_closed(late, promise, journal)
        return None

    def _never_closed(self, calls: list[Call], promise: Promise, journal: Journal) -> Finding:
        sentence = _("{call} was {outcome}, and no probe came after heal; promised is one after {span}")
        return failed(
            self.check,
            sentence.format(
                call=calls[0].name, outcome=calls[0].outcome, span=human(promise.half_open_after)
            ),
            layer=Layer.HTTP,
            evidence=shortened([call_line(call, journal) for call in calls]),
            remedy=_("Let a probe through once `half_open_after` is over, and close when it goes well."),
            calls=calls,
        )


def _probes(promise: Promise) -> str:
    sentence = _("{count} {what} in {span}")
    what = _("calls") if promise.counts == "calls" else _("attempts")
    return sentence.format(count=promise.probes, what=what, span=human(promise.half_open_after))
