"""What one pytest process keeps while it runs: the project, the lab, the conductor, and what was seen so far."""

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crm_contracts.cases.desk import PayloadDesk
from crm_contracts.cases.profile import OFF
from crm_contracts.lab import LabSettings
from crm_contracts.model.language import choose_language
from crm_contracts.project import Ahead, Conductor, Judged, LabKeeper, Planned, Project
from crm_contracts.pytest_items import settings
from crm_contracts.pytest_items.provider_settings import Provider, provider_of
from crm_contracts.reports import Replay, RunReport
from crm_contracts.reports.folder import journal_part


@dataclass(frozen=True, kw_only=True)
class CrmSession:
    """One pytest process: the controller, one of xdist's workers, or the only one."""

    project: Project
    keeper: LabKeeper
    conductor: Conductor
    ahead: Ahead
    replay: Replay
    folder: Path | None
    settings: LabSettings
    desk: PayloadDesk
    payloads: str = OFF
    provider: Provider | None = None
    worker: str = "main"
    marks: set[str] = field(default_factory=set)

    @classmethod
    def here(cls, config: pytest.Config) -> "CrmSession":
        """The session of this process; made when it is first asked for."""
        if _KEY not in config.stash:
            config.stash[_KEY] = cls.of(config)
        return config.stash[_KEY]

    @classmethod
    def of(cls, config: pytest.Config) -> "CrmSession":
        """Make everything ready; no file is read and nothing is started yet."""
        language = choose_language(config.getoption("crm_lang"))
        provider = provider_of(config)
        layout, lab = settings.layout_of(config), settings.lab_settings(config)
        # Where pytest was started: a test may change the folder before the lab is first needed.
        keeper = LabKeeper(lab, language=language, folder=config.invocation_params.dir)
        # Taken once: a test suite may freeze the clock while our items run.
        today = datetime.now(tz=UTC).astimezone().date()
        conductor = Conductor(keeper, today=today, strict=not config.getoption("runxfail"))
        return cls(
            project=Project(layout=layout, seed=lab.seed),
            keeper=keeper,
            conductor=conductor,
            ahead=Ahead(conductor, settings.lanes(config)),
            replay=settings.replay_of(config, layout.root),
            folder=settings.report_folder(config),
            settings=lab,
            desk=PayloadDesk(keeper),
            payloads=settings.payloads(config),
            provider=provider,
            worker=os.environ.get("PYTEST_XDIST_WORKER", "main"),
        )

    def judged(self, planned: Planned) -> Judged:
        """Do a run and keep its journal for the report."""
        judged = self.ahead.judged(planned)
        if self.folder is not None:
            journal_part(self.folder, self.worker).add(planned.item, judged.verdict.journal)
        return judged

    def reported(self, judged: Judged) -> RunReport:
        """The run as reports tell it."""
        return RunReport.of(judged, self.replay.command(judged.planned.item))


_KEY = pytest.StashKey[CrmSession]()
