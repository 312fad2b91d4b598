"""Collectors: a contract's file, a consumer's, a scenario's, a pact, the known issues."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from crm_contracts.cases.profile import OFF
from crm_contracts.model.problem import Problem
from crm_contracts.project.discovery import Kind
from crm_contracts.pytest_items.findings import Unreadable
from crm_contracts.pytest_items.items import CrmItem, lint_item, readable_item, run_item
from crm_contracts.pytest_items.session import CrmSession

Node = CrmItem | pytest.Collector


class CrmFile(pytest.File):
    """A file of the project; the items of one that cannot be read are one failed item."""

    crm: CrmSession

    def collect(self) -> Iterator[Node]:
        """The file's items."""
        return items_of(self, self.path, self.crm)


class ShippedScenario(pytest.Collector):
    """A scenario that came with us: its path lies elsewhere, its id begins with `builtin/`."""

    crm: CrmSession

    def collect(self) -> Iterator[Node]:
        """The scenario's items."""
        return items_of(self, self.path, self.crm)


def collector_of(path: Path, parent: pytest.Collector, crm: CrmSession) -> pytest.Collector | None:
    """The collector of a file that is ours, by place and name or because it was named on the command line."""
    if crm.project.kind(path) is None and not _is_named(path, parent):
        return None
    shown = crm.project.layout.shown(path)
    collector: CrmFile | ShippedScenario
    if shown.startswith("builtin/"):
        collector = ShippedScenario.from_parent(parent, name=path.name, path=path, nodeid=shown)
    else:
        collector = CrmFile.from_parent(parent, path=path)
    collector.crm = crm
    return collector


def items_of(parent: pytest.Collector, path: Path, crm: CrmSession) -> Iterator[Node]:
    """The items of one file."""
    kind = crm.project.kind(path)
    if problems := crm.project.problems_of(path):
        failed, line = Unreadable.of(problems), _line(problems[0], path)
        yield readable_item(parent, failed, line, is_contract=kind is Kind.CONTRACT)
        return
    makers: Mapping[Kind | None, Callable[[pytest.Collector, Path, CrmSession], Iterator[Node]]] = {
        Kind.CONTRACT: _contract,
        Kind.CONSUMER: _consumer,
        Kind.KNOWN_ISSUES: _nothing,
        Kind.PACT: _pact,
    }
    yield from makers.get(kind, _scenario)(parent, path, crm)


def _contract(parent: pytest.Collector, path: Path, crm: CrmSession) -> Iterator[Node]:
    from crm_contracts.contracts import lint_contract

    yield lint_item(parent, lambda: lint_contract(path.parent))
    if crm.provider is not None:
        from crm_contracts.pytest_items.provider_items import operations_at

        yield from operations_at(parent, path, crm)


def _consumer(parent: pytest.Collector, path: Path, crm: CrmSession) -> Iterator[Node]:
    consumer = crm.project.consumer(path)
    yield run_item(parent, "baseline", crm.project.baseline(consumer), crm)
    if crm.payloads != OFF:
        from crm_contracts.pytest_items.payload_items import calls_of

        yield from calls_of(parent, consumer, crm)


def _scenario(parent: pytest.Collector, path: Path, crm: CrmSession) -> Iterator[CrmItem]:
    scenario = crm.project.scenario(path)
    if crm.project.is_chosen(scenario) or parent.session.isinitpath(path):
        for planned in crm.project.runs(scenario):
            yield run_item(parent, planned.run.consumer.name, planned, crm)


def _pact(parent: pytest.Collector, path: Path, crm: CrmSession) -> Iterator[CrmItem]:
    from crm_contracts.pytest_items.pact_items import pact_items

    return pact_items(parent, path, crm)


def _nothing(_parent: pytest.Collector, _path: Path, _crm: CrmSession) -> Iterator[CrmItem]:
    return iter(())


def _is_named(path: Path, parent: pytest.Collector) -> bool:
    return path.suffix in {".yaml", ".yml"} and parent.session.isinitpath(path)


def _line(problem: Problem, path: Path) -> int:
    return problem.position.line - 1 if problem.position.file.endswith(path.name) else 0
