"""Items: a run, the lint of a contract, a file that cannot be read."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from crm_contracts.model.journal import FaultWindow, Journal
from crm_contracts.model.language import _
from crm_contracts.model.verdict import Verdict
from crm_contracts.project import Judged, Planned
from crm_contracts.pytest_items.findings import CheckFailed, NotAsKnown, RunUnknown, Told, Unreadable
from crm_contracts.pytest_items.session import CrmSession
from crm_contracts.reports import diagnosis, figures, timeline
from crm_contracts.reports.evidence import last_lines

PROPERTY = "crm_run"
"""The user property that carries a run's report to JUnit and to xdist's controller."""
ENGINE = "engine"
"""Beside the report: the engine that it was done with, which xdist's controller has no other way to know."""
RANKS = ("contract", "readable", "lint", "baseline", "run")
"""The order of our items: a contract that cannot be read explains the rest."""
MOST_OUTPUT = 80
"""Lines of a consumer's output, from its end."""


class CrmItem(pytest.Function):
    """An item of ours: a function of pytest's, so that fixtures, markers and every plugin treat it like a test."""

    rank = RANKS.index("run")
    place: tuple[Path, int] = (Path(), 0)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where it stands: the file, its line counted from 0, and its id."""
        path, line = self.place
        # pytest puts :: for every dot in a name that the id ends with; with a word before it, the id stays as it is.
        return path, line, f"crm {self.nodeid}"

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException]) -> object:  # type: ignore[override]  # wider: other exceptions are pytest's
        """What is told instead of a traceback; an error of ours or of a fixture keeps its traceback."""
        if isinstance(excinfo.value, Told):
            return excinfo.value.text
        return super().repr_failure(excinfo)


class ReadableItem(CrmItem):
    """A file that cannot be read: it fails with every problem at its position."""

    rank = RANKS.index("readable")


class LintItem(CrmItem):
    """The lint of a contract."""

    rank = RANKS.index("lint")


class RunItem(CrmItem):
    """One scenario on one consumer."""

    case: "Case"

    def runtest(self) -> None:
        """Do the run and hand its report over, whatever comes of it."""
        try:
            super().runtest()
        finally:
            if self.case.judged is not None:
                self._tell(self.case.judged)

    def _tell(self, judged: Judged) -> None:
        report = self.case.crm.reported(judged)
        about = self.case.crm.keeper.about
        packed = {**report.packed(), ENGINE: f"{about.engine} {about.version}" if about else ""}
        self.user_properties.append((PROPERTY, json.dumps(packed, ensure_ascii=False)))
        for title, text in _sections(judged, self.case.crm):
            if text.strip():
                self.add_report_section("call", title, text.rstrip() + "\n")


class BaselineItem(RunItem):
    """The first run of a consumer: nothing goes wrong."""

    rank = RANKS.index("baseline")


class Case:
    """A planned run and, once it was done, what came of it."""

    def __init__(self, planned: Planned, crm: CrmSession) -> None:
        self.planned, self.crm = planned, crm
        self.judged: Judged | None = None

    def perform(self) -> None:
        """Do the run; raises what did not end as it should."""
        self.judged = judged = self.crm.judged(self.planned)
        expected = judged.expected
        if expected.as_expected and not expected.known:
            return
        text = diagnosis(judged, self.crm.replay.command(self.planned.item))
        if expected.known and not expected.as_expected:
            raise NotAsKnown(text)
        raise CheckFailed(text) if judged.verdict.verdict is Verdict.FAILED else RunUnknown(text)


def run_item(parent: pytest.Collector, name: str, planned: Planned, crm: CrmSession) -> RunItem:
    """The item of a planned run, with its scenario's tags as markers and what the YAML says of skip and xfail."""
    kind = BaselineItem if planned.is_baseline else RunItem
    case = Case(planned, crm)
    item: RunItem = kind.from_parent(parent, name=name, callobj=body_of(case.perform))
    item.case = case
    scenario, consumer = planned.run.scenario, planned.run.consumer
    position = scenario.position
    item.place = (scenario.path, position.line - 1 if position else 0)
    item.extra_keyword_matches |= {scenario.name, consumer.name, planned.run.contract.name, *scenario.tags}
    for marker in ("crm", *(f"crm_{tag.replace('-', '_')}" for tag in scenario.tags)):
        mark(item, marker, crm)
    expect(item, planned)
    return item


def readable_item(
    parent: pytest.Collector, failed: Unreadable, line: int, *, is_contract: bool
) -> ReadableItem:
    """The item of a file that cannot be read."""
    item: ReadableItem = ReadableItem.from_parent(parent, name="readable", callobj=body_of(_raising(failed)))
    item.place = (parent.path, line)
    if is_contract:
        item.rank = RANKS.index("contract")
    item.add_marker("crm")
    return item


def lint_item(parent: pytest.Collector, problems: Callable[[], Iterable[object]]) -> LintItem:
    """The item of a contract's lint."""

    def lint() -> None:
        if found := list(problems()):
            raise Unreadable("\n".join(map(str, found)))

    item: LintItem = LintItem.from_parent(parent, name="lint", callobj=body_of(lint))
    item.place = (parent.path, 0)
    item.add_marker("crm")
    return item


def expect(item: CrmItem, planned: Planned) -> None:
    """Put on an item what its scenario says of skip and xfail, and what is known of it."""
    scenario, issue = planned.run.scenario, planned.issue
    if scenario.skip is not None:
        item.add_marker(pytest.mark.skip(reason=scenario.skip or _("skipped by its file")))
    if scenario.xfail is not None:
        item.add_marker(pytest.mark.xfail(raises=CheckFailed, reason=scenario.xfail))
    elif issue is not None:
        reason = _("known: {symptom}").format(symptom=issue.symptom)
        # Strict, and for the named checks only: every other way to end raises something else.
        item.add_marker(pytest.mark.xfail(raises=CheckFailed, strict=True, reason=reason))


def mark(item: pytest.Item, name: str, crm: CrmSession) -> None:
    """Put a marker on an item; it is registered at its first use."""
    if name not in crm.marks:
        crm.marks.add(name)
        # Registered as it appears: `--strict-markers` refuses what is not.
        about = _("scenarios with the tag {tag}").format(tag=name.removeprefix("crm_"))
        item.config.addinivalue_line("markers", f"{name}: {about}")
    item.add_marker(name)


def body_of(perform: Callable[[], None]) -> Callable[[], None]:
    """The function that an item of pytest's calls."""

    # A plain function: plugins look at its module, its marks and its signature.
    def crm_run() -> None:
        perform()

    return crm_run


def _raising(failed: Told) -> Callable[[], None]:
    def fail() -> None:
        raise failed

    return fail


def _sections(judged: Judged, crm: CrmSession) -> Iterable[tuple[str, str]]:
    journal = judged.verdict.journal
    if not journal.phases and not journal.trouble and not journal.dead:
        return
    yield _("crm figures"), figures(journal)
    yield _("crm journal"), timeline(journal)
    yield _("consumer output"), "\n".join(last_lines(journal.output, MOST_OUTPUT))
    yield _("crm lab"), "\n".join(_lab(journal, crm))


_UNCOUNTED = frozenset({"toxic", "endpoint fault"})
"""Places whose faults may have struck although no exchange was counted."""


def _fault(fault: FaultWindow) -> str:
    """A fault, and how many exchanges it touched; what lets none pass touches none."""
    count = f" ({fault.touched} x)" if fault.touched or fault.place not in _UNCOUNTED else ""
    return f"{fault.place}: {fault.sentence}{count}"


def _lab(journal: Journal, crm: CrmSession) -> Iterable[str]:
    if about := crm.keeper.about:
        yield f"{about.engine} {about.version}: {about.why}"
    if journal.trouble:
        yield journal.trouble
    yield from map(_fault, journal.faults)
    yield from journal.notes
