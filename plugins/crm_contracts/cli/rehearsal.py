"""One drill from its first run to its report."""

import argparse
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from crm_contracts import toxiproxy_binary
from crm_contracts.cli.lanes import Lanes
from crm_contracts.cli.progress import shown
from crm_contracts.lab import LabSettings
from crm_contracts.model.language import _, choose_language
from crm_contracts.project import Conductor, Judged, LabKeeper, Planned, Project
from crm_contracts.reports import (
    Replay,
    Report,
    RunReport,
    append_step_summary,
    diagnosis,
    matrix,
    write_report,
)
from crm_contracts.reports.folder import journal_part, start
from crm_contracts.reports.replay import pytest_program
from crm_contracts.reports.report import commit_of, now

INTERRUPTED = 2


@dataclass(kw_only=True)
class Rehearsal:
    """Does the runs in lanes, shows how far it is, and writes the report, also after Ctrl-C."""

    project: Project
    planned: list[Planned]
    options: argparse.Namespace
    folder: Path
    started: str = field(default_factory=now)
    _runs: list[RunReport] = field(default_factory=list)
    _texts: list[str] = field(default_factory=list)

    def refused(self) -> str | None:
        """Why what was asked cannot be done, before anything is started."""
        wants = self.options
        if wants.engine == "embedded" and wants.toxiproxy:
            return _("--engine embedded and --toxiproxy exclude each other.")
        if wants.engine == "toxiproxy" and not wants.toxiproxy and toxiproxy_binary.find() is None:
            return _(
                "--engine toxiproxy: no toxiproxy-server is installed; `crm-contracts doctor` tells more."
            )
        return None

    def perform(self) -> int:
        """Return the exit code: 0 all as expected, 1 not, 2 interrupted."""
        keeper = LabKeeper(self._settings(), language=choose_language(self.options.crm_lang))
        start(self.folder)
        interrupted = False
        try:
            self._run(keeper)
        except KeyboardInterrupt:
            interrupted = True
        finally:
            report = self._report(keeper, interrupted=interrupted)
            keeper.close()
            write_report(self.folder, report)
            append_step_summary(report)
        self._tell(report)
        if interrupted:
            return INTERRUPTED
        return 1 if report.unexpected else 0

    def _run(self, keeper: LabKeeper) -> None:
        today = datetime.now(tz=UTC).astimezone().date()
        lanes = Lanes(Conductor(keeper, today=today), self.options.lanes)
        replay = self._replay()
        with shown(len(self.planned)) as progress:
            for judged in lanes.judged(self.planned):
                report = RunReport.of(judged, replay.command(judged.planned.item))
                self._keep(judged, report)
                progress.done(report)

    def _keep(self, judged: Judged, report: RunReport) -> None:
        self._runs.append(report)
        journal_part(self.folder, "main").add(judged.planned.item, judged.verdict.journal)
        if not judged.expected.as_expected:
            self._texts.append(diagnosis(judged, report.replay))

    def _settings(self) -> LabSettings:
        wants = self.options
        found = None if wants.engine == "embedded" or wants.toxiproxy else toxiproxy_binary.find()
        return LabSettings(
            engine=wants.engine,
            toxiproxy_url=wants.toxiproxy,
            toxiproxy_binary=found.path if found else None,
            seed=wants.seed,
        )

    def _replay(self) -> Replay:
        here = Path.cwd()
        options = (f"--crm-engine {self.options.engine}",) if self.options.engine else ()
        root = self.project.layout.root
        return Replay(
            root=root, here=here, seed=self.options.seed, program=pytest_program(here), options=options
        )

    def _report(self, keeper: LabKeeper, *, interrupted: bool) -> Report:
        about = keeper.about
        return Report(
            started=self.started,
            seed=self.options.seed,
            engine=f"{about.engine} {about.version}" if about else _("none was started"),
            runs=tuple(self._runs),
            commit=commit_of(self.project.layout.root),
            interrupted=interrupted,
        )

    def _tell(self, report: Report) -> None:
        for text in self._texts:
            print(f"\n{'-' * 80}\n{text}")
        cells = {(run.row, run.consumer): run.word for run in report.runs}
        rows = list(dict.fromkeys(run.row for run in report.runs))
        print()
        if report.interrupted:
            print(_("Interrupted: this is the report so far."))
        print("\n".join(matrix(cells, rows, columns=shutil.get_terminal_size().columns)))
        means = _("engine {engine}, seed {seed}").format(engine=report.engine, seed=report.seed)
        print(f"\n{report.counts()}; {means}")
        print(_("report: {folder}").format(folder=self.folder))
