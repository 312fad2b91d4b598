"""Whether a verdict is as expected: a known issue excuses its named checks, and nothing else.

A known issue is strict: an unknown, a lab failure, another check that fails, a named check that passes, and a day that has
passed all fail the run, each with a sentence.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from crm_contracts.model.language import _
from crm_contracts.model.verdict import Verdict
from crm_contracts.run.judge import RunVerdict
from crm_contracts.scenarios import KnownIssue


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Whether a verdict is as expected, with a sentence where that is not plain.

    `known` names the checks that were expected to fail; a run that has some and is `as_expected` is an expected failure.
    """

    as_expected: bool
    known: tuple[str, ...] = ()
    sentence: str = ""


def expectation(verdict: RunVerdict, issue: KnownIssue | None, today: date) -> Expected:
    """Hold a verdict against what is known of the run."""
    if issue is None:
        return Expected(as_expected=verdict.verdict is Verdict.PASSED)
    wrong = _ended(issue, today) or _others(verdict, issue) or _doubts(verdict) or _mended(verdict, issue)
    return Expected(as_expected=not wrong, known=issue.checks, sentence=wrong or _known(issue))


def _ended(issue: KnownIssue, today: date) -> str:
    if not issue.expired(today):
        return ""
    sentence = _("The known issue ran out on {day}: mend it, or give it another day. It is: {symptom}")
    return sentence.format(day=issue.until.isoformat(), symptom=issue.symptom)


def _others(verdict: RunVerdict, issue: KnownIssue) -> str:
    others = [finding.check for finding in verdict.failed if finding.check not in issue.checks]
    if not others:
        return ""
    sentence = _("Beyond the known issue, which names {known} only, this failed too: {others}")
    return sentence.format(known=_names(issue.checks), others=_names(others))


def _doubts(verdict: RunVerdict) -> str:
    if not verdict.unknown:
        return ""
    doubt = verdict.unknown[0]
    sentence = _("A failure is known here, but {check} is unknown, which no known issue excuses: {reason}")
    return sentence.format(check=doubt.check, reason=doubt.reason)


def _mended(verdict: RunVerdict, issue: KnownIssue) -> str:
    failed = {finding.check for finding in verdict.failed}
    mended = [name for name in issue.checks if name not in failed]
    if not mended:
        return ""
    sentence = _("{checks} did not fail, although a known issue says so: take it out of known_issues.yaml")
    return sentence.format(checks=_names(mended))


def _known(issue: KnownIssue) -> str:
    owner = _(", owner {owner}").format(owner=issue.owner) if issue.owner else ""
    sentence = _("known until {day}{owner}: {symptom}")
    return sentence.format(day=issue.until.isoformat(), owner=owner, symptom=issue.symptom)


def _names(names: Iterable[str]) -> str:
    return ", ".join(names)
