"""Leads runs: the baseline of a consumer before anything else of it, a new lab where the old one is gone."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import date

from crm_contracts.host import LabGone
from crm_contracts.model.journal import Journal
from crm_contracts.model.language import _
from crm_contracts.model.run import Run
from crm_contracts.model.verdict import Finding, Verdict
from crm_contracts.project.expectation import Expected, expectation
from crm_contracts.project.lab_keeper import LabKeeper
from crm_contracts.project.plan import Planned
from crm_contracts.run.judge import RunVerdict, judge

STEADY_STATE = "steady_state"
"""The name under which runs are unknown whose consumer did not pass its baseline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One run that was judged and held against what is known of it."""

    planned: Planned
    verdict: RunVerdict
    expected: Expected


class Conductor:
    """Does planned runs, one after another, and remembers how each consumer's baseline went.

    `strict` False leaves known issues aside, as `--runxfail` asks.
    """

    def __init__(self, keeper: LabKeeper, *, today: date, strict: bool = True) -> None:
        self._keeper = keeper
        self._today = today
        self.strict = strict
        self._baselines: dict[str, Judged] = {}

    def judged(self, planned: Planned) -> Judged:
        """Do a run, after its consumer's baseline where that was not done yet."""
        if planned.is_baseline:
            return self.baseline(planned)
        return self.unreached(planned) or self.concluded(planned, self._journal(planned.run))

    def baseline(self, planned: Planned) -> Judged:
        """The baseline of a consumer; done once."""
        known = self._baselines.get(planned.item)
        if known is None:
            known = self.concluded(planned, self._journal(planned.run))
            # A lab that failed says nothing about the consumer: the next run tries again.
            if not known.verdict.journal.trouble:
                self._baselines[planned.item] = known
        return known

    def unreached(self, planned: Planned) -> Judged | None:
        """The run as unknown, where its consumer did not pass its baseline; a baseline that fails as known counts as passed."""
        assert planned.baseline is not None
        baseline = self.baseline(planned.baseline)
        if baseline.expected.as_expected:
            return None
        sentence = _("steady state not reached: without any fault the caller did not pass {baseline}")
        reason = sentence.format(baseline=planned.baseline.item)
        return self._doubtful(planned, Finding(check=STEADY_STATE, verdict=Verdict.UNKNOWN, reason=reason))

    def reached(self, planned: Planned) -> bool:
        """Whether its consumer's baseline was done already, and passed or failed as known."""
        baseline = self._baselines.get(planned.baseline.item) if planned.baseline else None
        return baseline is not None and baseline.expected.as_expected

    def submit(self, planned: Planned) -> "Future[Journal]":
        """Begin a run without waiting for it; several may be under way."""
        return self._keeper.lab().submit(planned.run)

    def concluded(self, planned: Planned, journal: Journal) -> Judged:
        """Judge what was observed."""
        return self.held(planned, judge(planned.run, journal))

    def held(self, planned: Planned, verdict: RunVerdict) -> Judged:
        """Hold a verdict against what is known of its run."""
        issue = planned.issue if self.strict else None
        return Judged(planned=planned, verdict=verdict, expected=expectation(verdict, issue, self._today))

    def _journal(self, run: Run) -> Journal:
        return observed(run, lambda: self._keeper.lab().execute(run))

    def _doubtful(self, planned: Planned, finding: Finding) -> Judged:
        verdict = RunVerdict(run=planned.run, journal=nothing_seen(planned.run), findings=(finding,))
        # Nothing is held against a known issue here: the baseline tells what is wrong, once.
        return Judged(planned=planned, verdict=verdict, expected=Expected(as_expected=False))


def observed(run: Run, journal: Callable[[], Journal]) -> Journal:
    """The journal, or one that says that the lab was gone."""
    try:
        return journal()
    except LabGone as gone:
        return nothing_seen(run, trouble=str(gone))


def nothing_seen(run: Run, *, trouble: str | None = None) -> Journal:
    """The journal of a run that did not happen."""
    return Journal(run=run.id, started=0.0, rest=0.0, trouble=trouble)
