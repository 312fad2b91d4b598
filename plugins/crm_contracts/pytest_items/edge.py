"""The hooks that are active with `--crm-contracts`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_contracts.pytest_items import arguments
from crm_contracts.pytest_items.files import collector_of
from crm_contracts.pytest_items.findings import ToldText
from crm_contracts.pytest_items.freedom import is_free
from crm_contracts.pytest_items.items import PROPERTY, CrmItem, RunItem
from crm_contracts.pytest_items.session import CrmSession
from crm_contracts.pytest_items.settings import engine_line
from crm_contracts.pytest_items.summary import Summary
from crm_contracts.reports import folder

NAME = "crm_contracts_active"


def activate(config: pytest.Config) -> None:
    """Take part in this pytest process."""
    crm = CrmSession.here(config)
    if crm.provider is not None:
        from crm_contracts.pytest_items.provider_items import one_contract

        one_contract(crm.provider, crm.project.contracts)
    is_worker = hasattr(config, "workerinput")
    arguments.complete(config, crm.project.layout)
    if crm.folder is not None and not is_worker:
        folder.start(crm.folder)
    config.pluginmanager.register(Edge(crm), NAME)
    if not is_worker:
        config.pluginmanager.register(Summary(crm), f"{NAME}_summary")


class Edge:
    """Collects and runs; in every process."""

    def __init__(self, crm: CrmSession) -> None:
        self._crm = crm

    def pytest_report_header(self) -> list[str]:
        """Which engine and seed this pytest process has."""
        return [f"crm-contracts: {engine_line(self._crm.settings)}"]

    @pytest.hookimpl(tryfirst=True)
    def pytest_ignore_collect(self, collection_path: Path, config: pytest.Config) -> bool | None:
        """Lead pytest to the shipped scenarios, also where they lie in a virtual environment, which it leaves out."""
        return arguments.ignored(collection_path, config)

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """Take the files that are ours."""
        return collector_of(file_path, parent, self._crm)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Put what is told first first: unreadable files, lint, baselines; other tests stay where they are."""
        places = [index for index, item in enumerate(items) if isinstance(item, CrmItem)]
        ours = sorted(_ours(items), key=lambda item: item.rank)
        for index, item in zip(places, ours, strict=True):
            items[index] = item

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Let runs begin before their turn, where no fixture or mark of the user could mean them."""
        if not session.config.option.collectonly:
            self._crm.ahead.expect(item.case.planned for item in session.items if is_free(item))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Let one-line summaries show the first line of a diagnosis, not all of it."""
        if isinstance(report.longrepr, str) and any(
            name == PROPERTY for name, _value in report.user_properties
        ):
            report.longrepr = ToldText(report.longrepr, report.location)  # type: ignore[assignment]  # what it prints by

    def pytest_unconfigure(self) -> None:
        """End the lab, also after Ctrl-C."""
        self._crm.keeper.close()


def _ours(items: list[pytest.Item]) -> Iterator[CrmItem]:
    return (item for item in items if isinstance(item, CrmItem))


__all__ = ["Edge", "RunItem", "activate"]
