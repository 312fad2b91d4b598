"""From a journal to verdicts: which checks apply, what each found, and what the run is worth as a whole."""

from dataclasses import dataclass, fields, replace
from typing import cast

from crm_contracts.checks import DEFAULTS
from crm_contracts.checks.finding import layer_of
from crm_contracts.checks.outcomes import Outcomes
from crm_contracts.model.call import Phase
from crm_contracts.model.check import Check
from crm_contracts.model.consumer import Outcome
from crm_contracts.model.journal import FaultWindow, Journal
from crm_contracts.model.language import _
from crm_contracts.model.run import Run
from crm_contracts.model.verdict import Finding, Layer, NotRun, Side, Verdict, worst
from crm_contracts.run.fired import kept_away, silent
from crm_contracts.run.usable import unusable


@dataclass(frozen=True, slots=True, kw_only=True)
class RunVerdict:
    """What one run is worth: its findings, the checks that cannot apply, and the promises that were assumed."""

    run: Run
    journal: Journal
    findings: tuple[Finding, ...]
    not_run: tuple[NotRun, ...] = ()
    assumed: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """Failed beats unknown beats passed; a run of which nothing applies is unknown."""
        return worst(finding.verdict for finding in self.findings)

    @property
    def failed(self) -> tuple[Finding, ...]:
        """The findings that failed."""
        return tuple(finding for finding in self.findings if finding.verdict is Verdict.FAILED)

    @property
    def unknown(self) -> tuple[Finding, ...]:
        """The findings that stayed in doubt."""
        return tuple(finding for finding in self.findings if finding.verdict is Verdict.UNKNOWN)


PROMISES_OF = {
    "deadline": ("deadline",),
    "attempts": ("attempts",),
    "retry_amplification": ("max_amplification",),
    "backlog_after_heal": ("max_amplification",),
    "lost_writes": ("delivers_within",),
    "recovery": ("recovers_within",),
}
"""Which promises with a default a check judges; the others are judged only where they are written."""


def checks_of(run: Run) -> tuple[Check, ...]:
    """The checks of a run: every default one, replaced by the scenario's own where `expect` names it."""
    own = {check.check: cast("Check", check) for check in run.scenario.expect}
    defaults = tuple(own.pop(check.check, check) for check in DEFAULTS)
    return (*defaults, *own.values())


def applicable(run: Run) -> tuple[tuple[Check, ...], tuple[NotRun, ...]]:
    """Split the checks of a run into those that apply and those that cannot, from declarations alone."""
    checks, not_run = [], []
    for check in checks_of(run):
        reason = check.applies(run)
        if reason is None:
            checks.append(check)
        else:
            not_run.append(NotRun(check=check.check, reason=reason))
    return tuple(checks), tuple(not_run)


def judge(run: Run, journal: Journal) -> RunVerdict:
    """Judge one run; pure, so the same journal always gives the same verdict."""
    checks, not_run = applicable(run)
    findings = _overruled(run, journal) or _unreached(run, journal)
    told: tuple[Finding | NotRun, ...] = findings or tuple(check.judge(run, journal) for check in checks)
    findings = tuple(finding for finding in told if isinstance(finding, Finding))
    return RunVerdict(
        run=run,
        journal=journal,
        findings=tuple(_doubted(finding, run, journal) for finding in findings),
        not_run=(*not_run, *(one for one in told if isinstance(one, NotRun))),
        assumed=_assumed(run, checks),
    )


def _overruled(run: Run, journal: Journal) -> tuple[Finding, ...]:
    if journal.trouble:
        return (Finding(check="lab", verdict=Verdict.UNKNOWN, reason=journal.trouble),)
    if why := unusable(run, journal):
        return (Finding(check="lab", verdict=Verdict.UNKNOWN, reason=why),)
    if journal.dead:
        found = _dead(journal.dead, journal.output)
        return (_away_at_start(found, run) if run.scenario.starts is Phase.DURING else found,)
    return ()


def _unreached(run: Run, journal: Journal) -> tuple[Finding, ...]:
    """A caller whose baseline touched no lab talks to somebody else, or to nobody: no run of it can be judged."""
    if not run.scenario.baseline or not journal.calls or journal.connections or journal.exchanges:
        return ()
    wrong = next((call for call in journal.calls if call.outcome is not Outcome.OK), None)
    if wrong is None:
        sentence = _("nothing reached the lab, although every call was ok: what answered them is not known")
        return (Finding(check=Outcomes().check, verdict=Verdict.UNKNOWN, reason=sentence),)
    told = Outcomes().judge(run, journal)
    sentence = _(
        "nothing reached the lab: {call} was {outcome} without a connection to the address that it was given"
    )
    reason = sentence.format(call=wrong.name, outcome=wrong.outcome)
    return (replace(told, reason=reason, layer=Layer.TCP, remedy=""),)


def _away_at_start(found: Finding, run: Run) -> Finding:
    """A caller that does not start while something is wrong, as one that may start at any time must."""
    remedy = _("Let the program start without the CRM, and ask for what it needs when it is needed first.")
    return replace(found, layer=layer_of(run.scenario.traits()), remedy=remedy)


def _dead(why: str, output: str) -> Finding:
    return Finding(
        check="outcomes",
        verdict=Verdict.FAILED,
        reason=why,
        layer=Layer.HTTP,
        side=Side.CALLER,
        evidence=output[-2000:],
        # Where it said nothing, the reason has the next step itself.
        remedy=_(
            "Start the program by hand with the same command and environment; its output is shown above."
        )
        if output.strip() or "\n" in why
        else "",
    )


def _doubted(finding: Finding, run: Run, journal: Journal) -> Finding:
    """A pass under a fault that never fired proves nothing, unless the caller did well to send nothing."""
    if finding.verdict is Verdict.FAILED and journal.refused:
        # Whatever it wanted there, it did not get it, and that is the lab's doing.
        return Finding(
            check=finding.check, verdict=Verdict.UNKNOWN, reason=_not_let_through(finding, journal)
        )
    if finding.verdict is not Verdict.PASSED:
        return finding
    if fault := silent(run, journal):
        return Finding(check=finding.check, verdict=Verdict.UNKNOWN, reason=_never_fired(fault))
    if fault := kept_away(run, journal):
        said = _("{fault} met no request: a cache, a queue or an open breaker kept all away")
        reason = "; ".join(filter(None, (finding.reason, said.format(fault=fault.fault))))
        return replace(finding, reason=reason)
    return finding


def _not_let_through(finding: Finding, journal: Journal) -> str:
    sentence = _("the caller {refused}. What came of it was: {reason}")
    tried = "; ".join(contact.remedy() for contact in journal.refused)
    return sentence.format(refused=tried, reason=finding.reason)


def _never_fired(fault: FaultWindow) -> str:
    sentence = _("the fault {fault} never fired: {why}")
    return sentence.format(fault=fault.fault, why=fault.why or _("no call met it"))


def _assumed(run: Run, checks: tuple[Check, ...]) -> tuple[str, ...]:
    """The promises that nobody wrote and that a check of this run held the caller to, all the same."""
    asked = {name for check in checks for name in PROMISES_OF.get(check.check, ())}
    names = (f.name for f in fields(run.consumer.promises))
    return tuple(name for name in names if name in asked - run.consumer.promises.written)
