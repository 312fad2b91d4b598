"""What the process that prints keeps and tells: the table of verdicts, the counts, the report's folder."""

import json
import shutil

import pytest

from crm_contracts.model.language import _
from crm_contracts.model.problem import Problems
from crm_contracts.project import Project
from crm_contracts.pytest_items.items import ENGINE, PROPERTY
from crm_contracts.pytest_items.session import CrmSession
from crm_contracts.pytest_items.settings import engine_line, engine_name
from crm_contracts.reports import Report, RunReport, append_step_summary, matrix, write_report
from crm_contracts.reports.matrix import NOT_APPLICABLE
from crm_contracts.reports.report import commit_of, now
from crm_contracts.reports.run_report import row_of


class Summary:
    """Gathers the runs' reports from every process and tells them at the end."""

    def __init__(self, crm: CrmSession) -> None:
        self._crm = crm
        self._runs: list[RunReport] = []
        self._started = now()
        self._interrupted = False
        self._trouble = ""
        self._used = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep a run's report."""
        if report.when != "call":
            return
        for name, value in report.user_properties:
            if name == PROPERTY:
                packed = json.loads(str(value))
                self._used = packed.pop(ENGINE, "") or self._used
                self._runs.append(RunReport.unpacked(packed))

    def pytest_keyboard_interrupt(self) -> None:
        """Say in the report that it is not complete."""
        self._interrupted = True

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """Write the report, also after Ctrl-C, and the summary that a CI asks for."""
        try:
            if self._crm.folder is not None:
                write_report(self._crm.folder, self.report())
            append_step_summary(self.report())
        except OSError as failed:
            self._trouble = str(failed)

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print consumers x scenarios, the counts, and where the report lies."""
        if not self._runs and self._crm.folder is None:
            return
        terminalreporter.section(_("CRM contracts"))
        lines = [*self._table(shutil.get_terminal_size().columns), ""] if self._runs else []
        lines.append(self._last_line())
        if self._crm.folder is not None or self._trouble:
            lines.append(self._where())
        for line in lines:
            terminalreporter.write_line(line)

    def report(self) -> Report:
        """All that was seen so far."""
        project = self._crm.project
        return Report(
            started=self._started,
            seed=project.seed,
            engine=self._engine(),
            runs=tuple(self._planned()),
            commit=commit_of(project.layout.root),
            interrupted=self._interrupted,
        )

    def _engine(self) -> str:
        about = self._crm.keeper.about
        return self._used or (f"{about.engine} {about.version}" if about else engine_name(self._crm.settings))

    def _planned(self) -> list[RunReport]:
        """The runs in the order of the plan: xdist's workers finish them in any."""
        places = {row: place for place, row in enumerate(_rows(self._crm.project))}
        last = len(places)
        return sorted(self._runs, key=lambda run: (places.get(run.row, last), run.consumer))

    def _last_line(self) -> str:
        return f"{self.report().counts()}; {engine_line(self._crm.settings)}"

    def _where(self) -> str:
        if self._trouble:
            return _("The report could not be written: {reason}").format(reason=self._trouble)
        return _("report: {folder}").format(folder=self._crm.folder)

    def _table(self, columns: int) -> list[str]:
        cells = {(run.row, run.consumer): run.word for run in self._runs}
        rows = list(dict.fromkeys(run.row for run in self._planned()))
        return matrix({**_unfit(self._crm.project, rows), **cells}, rows, columns=columns)


def _rows(project: Project) -> list[str]:
    """The rows of a table in the order of the plan: baselines, then scenarios by their files."""
    try:
        return [_("(baseline)"), *(row_of(scenario.file) for scenario in project.scenarios)]
    except Problems:
        return []


def _unfit(project: Project, rows: list[str]) -> dict[tuple[str, str], str]:
    """The pairs of these scenarios that do not fit."""
    try:
        chosen = [scenario for scenario in project.scenarios if row_of(scenario.file) in rows]
        pairs = [unfit for scenario in chosen for unfit in project.unfit(scenario)]
    except Problems:
        return {}
    return {(row_of(unfit.scenario.file), unfit.consumer.name): NOT_APPLICABLE for unfit in pairs}
