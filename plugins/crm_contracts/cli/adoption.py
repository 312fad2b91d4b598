"""Taking over what fails today as known, so that a team's first CI run is green and every new failure is red."""

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from crm_contracts.cli.refusal import Refused
from crm_contracts.documents import read
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _
from crm_contracts.model.problem import Problems
from crm_contracts.model.verdict import Verdict
from crm_contracts.project import Planned, Project
from crm_contracts.project.conductor import STEADY_STATE
from crm_contracts.scenarios import KnownIssue, issue_of, load_known_issues
from crm_contracts.scenarios.known_issues_text import with_issues

SCHEMA = 1
LONGEST = 200
"""Characters of a symptom."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One run of a report: which checks failed, with the reason and remedy of the first, and which are in doubt."""

    scenario: str
    consumer: str
    failed: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()
    symptom: str = ""
    remedy: str = ""

    @property
    def is_unreached(self) -> bool:
        """Whether it was not judged because its consumer did not pass its baseline."""
        return STEADY_STATE in self.doubtful

    @classmethod
    def of(cls, run: Mapping[str, JSON]) -> "Seen":
        """From a run as verdicts.json has it; raises KeyError or TypeError where it is none."""
        checks = [dict(one) for one in _list(run["checks"]) if isinstance(one, dict)]
        failed = [one for one in checks if one["verdict"] == Verdict.FAILED]
        first = failed[0] if failed else {}
        return cls(
            scenario=str(run["scenario"]),
            consumer=str(run["consumer"]),
            failed=tuple(str(one["check"]) for one in failed),
            doubtful=tuple(str(one["check"]) for one in checks if one["verdict"] == Verdict.UNKNOWN),
            symptom=(str(first.get("reason", "")).splitlines() or [""])[0][:LONGEST],
            remedy=str(first.get("remedy", "")),
        )


Runs = Callable[[Project, "frozenset[tuple[str, str]] | None"], "list[Seen]"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """Adds what fails to known_issues.yaml and tells what is left."""

    project: Project
    until: date
    owner: str
    today: date

    def adopt(self, runs: Runs) -> int:
        """Exit 0 where nothing new is left, 1 where something is; raises Problems where a file cannot be read."""
        self._readable()
        seen = {(one.scenario, one.consumer): one for one in runs(self.project, None)}
        if not seen:
            raise Refused(_("Nothing was run, so nothing is known."))
        added = self._write(seen.values())
        behind = frozenset(run for run, one in seen.items() if one.is_unreached)
        if added and behind:
            # Their baseline is expected to fail from now on, so they can be judged.
            again = runs(Project(layout=self.project.layout, seed=self.project.seed), behind)
            seen.update({(one.scenario, one.consumer): one for one in again})
            self._write(seen.values())
        return self._told(seen.values())

    def _readable(self) -> None:
        problems = [found for path in self.project.files for found in self.project.problems_of(path)]
        if problems:
            raise Problems(problems)

    def _write(self, seen: Iterable[Seen]) -> bool:
        """Write what is not known yet; tells whether there was something."""
        path = self.project.layout.known_issues
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        known = self._known()
        fresh = tuple(self._issue(one) for one in seen if _is_new(one, known))
        addition = with_issues(text, fresh)
        if addition.text == text:
            return False
        _put(path, addition.text)
        told = _changes(addition.added, addition.extended)
        print(_("{path}: {changes}.").format(path=os.path.relpath(path), changes=told))
        return True

    def _issue(self, seen: Seen) -> KnownIssue:
        return KnownIssue(
            scenario=seen.scenario,
            consumer=seen.consumer,
            checks=seen.failed,
            symptom=seen.symptom or ", ".join(seen.failed),
            remedy=seen.remedy,
            owner=self.owner,
            until=self.until,
        )

    def _known(self) -> tuple[KnownIssue, ...]:
        path = self.project.layout.known_issues
        return load_known_issues(path, shown=self.project.layout.shown(path)) if path.exists() else ()

    def _told(self, seen: Iterable[Seen]) -> int:
        known = self._known()
        judged = [(one, self._left(one, issue_of(known, one.scenario, one.consumer))) for one in seen]
        left = [(one, reason) for one, reason in judged if reason]
        for one, reason in left:
            print(f"  {one.scenario}::{one.consumer}: {reason}", file=sys.stderr)
        expected = sum(1 for one, reason in judged if one.failed and not reason)
        print(_("{known} known, {new} new").format(known=expected, new=len(left)))
        return 1 if left else 0

    def _left(self, seen: Seen, issue: KnownIssue | None) -> str:
        """Why a run would still fail; empty where it is as expected."""
        if seen.is_unreached:
            return _("not judged, because its baseline failed; run this again with the new known issues")
        if seen.doubtful:
            sentence = _("{checks}: unknown, which no known issue excuses")
            return sentence.format(checks=", ".join(seen.doubtful))
        if issue is None:
            return ""
        if issue.expired(self.today):
            sentence = _("its known issue ran out on {day}: mend it, or give it another day at {place}")
            return sentence.format(day=issue.until.isoformat(), place=issue.position)
        if mended := [name for name in issue.checks if name not in seen.failed]:
            sentence = _("{checks}: no longer failing; take it out at {place}")
            return sentence.format(checks=", ".join(mended), place=issue.position)
        return ""


def _changes(added: int, extended: int) -> str:
    told = []
    if added:
        told.append(
            _("1 entry was added") if added == 1 else _("{count} entries were added").format(count=added)
        )
    if extended:
        sentence = _("{count} entries have more checks now").format(count=extended)
        told.append(_("1 entry has more checks now") if extended == 1 else sentence)
    return ", ".join(told)


def _is_new(seen: Seen, known: tuple[KnownIssue, ...]) -> bool:
    issue = issue_of(known, seen.scenario, seen.consumer)
    return bool(set(seen.failed) - set(issue.checks if issue is not None else ()))


def read_runs(path: Path) -> list[Seen]:
    """The runs of a verdicts.json; raises Problems where it is none."""
    document = read(path)
    value = document.value
    runs = value.get("runs") if isinstance(value, dict) and value.get("schema") == SCHEMA else None
    try:
        return [Seen.of(one) for one in _list(runs) if isinstance(one, dict)]
    except (KeyError, TypeError):
        message = _("This is no verdicts.json of crm-contracts (schema {schema}).").format(schema=SCHEMA)
        remedy = _("Such a file is written by: {command}").format(
            command="pytest --crm-contracts --crm-report=DIR"
        )
        raise Problems([document.problem((), message, remedy=remedy)]) from None


def run_all(
    project: Project, wanted: frozenset[tuple[str, str]] | None, options: argparse.Namespace
) -> list[Seen]:
    """Run everything that pytest would, or the wanted runs of it with their baselines."""
    from crm_contracts.cli.drill import LANES
    from crm_contracts.cli.engine import settings
    from crm_contracts.cli.lanes import Lanes
    from crm_contracts.cli.progress import shown
    from crm_contracts.model.language import choose_language
    from crm_contracts.project import Conductor, LabKeeper
    from crm_contracts.reports import RunReport

    planned = list(_planned(project, wanted))
    keeper = LabKeeper(settings(options), language=choose_language(options.crm_lang))
    today = date.today()  # noqa: DTZ011 - the user's day
    try:
        conductor, seen = Conductor(keeper, today=today), []
        with shown(len(planned)) as progress:
            for judged in Lanes(conductor, LANES).judged(planned):
                report = RunReport.of(judged, "")
                progress.done(report)
                seen.append(Seen.of(report.public()))
        return seen
    finally:
        keeper.close()


def _planned(project: Project, wanted: frozenset[tuple[str, str]] | None) -> Iterator[Planned]:
    scenarios = [one for one in project.scenarios if one.skip is None and one.xfail is None]
    runs = [run for scenario in scenarios for run in project.runs(scenario)]
    if wanted is not None:
        runs = [one for one in runs if (one.run.scenario.name, one.run.consumer.name) in wanted]
    consumers = {one.run.consumer.name for one in runs} if wanted is not None else set(project.consumers)
    yield from (project.baseline(one) for name, one in project.consumers.items() if name in consumers)
    yield from runs


def _put(path: Path, text: str) -> None:
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


def _list(value: JSON) -> list[JSON]:
    if not isinstance(value, list):
        raise TypeError(value)
    return value
