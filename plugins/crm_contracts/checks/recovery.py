"""How long a caller takes to come back once the CRM is well again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from crm_contracts.checks.finding import call_line, failed, layer_of, passed, shortened, unknown
from crm_contracts.model.call import Call, Phase, is_well
from crm_contracts.model.journal import Journal
from crm_contracts.model.language import _
from crm_contracts.model.run import Run
from crm_contracts.model.span import human
from crm_contracts.model.verdict import Finding

SLACK = 0.5
"""Seconds that scheduling and the 200 ms between our own calls may add."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """After the faults are gone each call is ok again, and stays so, within `recovers_within` (default 10 s).

    Measured from heal to the end of the first ok call after which none fails; tolerance 0.5 s.

    Example: `{check: recovery}`.
    Source: N11, N29; metastable failures (OSDI'22).
    """

    check: Literal["recovery"] = "recovery"

    def applies(self, run: Run) -> str | None:
        """Where something went wrong before, and coming back is promised."""
        if not run.scenario.faults:
            return _("nothing goes wrong here")
        if run.stays_refused:
            return _("a refused credential of this kind stays refused until a person replaces it")
        if not run.drives(run.scenario.after):
            return _("no call is made afterwards")
        return None if run.consumer.promises.recovers_within is not None else _("no recovery is promised")

    def judge(self, run: Run, journal: Journal) -> Finding:
        """Fail where a call came back later than promised, or never."""
        later = journal.calls_in(Phase.SETTLE, Phase.AFTER)
        if not later or journal.heal is None:
            return unknown(self.check, _("no call was made after the faults were gone"))
        within, slowest = run.consumer.promises.recovers_within or 0.0, 0.0
        for name in dict.fromkeys(call.name for call in later):
            calls = [call for call in later if call.name == name]
            took = _recovered(calls, journal)
            if took is None or took > within + SLACK:
                return self._failed(run, journal, calls, took, within)
            slowest = max(slowest, took)
        return passed(self.check, _("ok again {took} after heal").format(took=human(slowest)))

    def _failed(
        self, run: Run, journal: Journal, calls: list[Call], took: float | None, within: float
    ) -> Finding:
        sentence = _("{call} was ok again {took} after heal; promised {within} (tolerance {slack})")
        return failed(
            self.check,
            sentence.format(
                call=calls[0].name,
                took=human(took) if took is not None else _("never while we watched"),
                within=human(within),
                slack=human(SLACK),
            ),
            layer=layer_of(run.scenario.traits()),
            evidence=shortened([call_line(call, journal) for call in calls]),
            remedy=_(
                "Drop connections and tokens that stopped working, and let the breaker probe soon enough."
            ),
            calls=calls,
        )


def _recovered(calls: Sequence[Call], journal: Journal) -> float | None:
    """Seconds from heal to the first call that was well after which all are; None where the last one is not."""
    came_back: float | None = None
    for call in calls:
        if call.ended is None or not is_well(call, journal.calls):
            came_back = None
        elif came_back is None:
            came_back = call.ended
    return None if came_back is None or journal.heal is None else max(0.0, came_back - journal.heal)
