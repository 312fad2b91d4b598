"""A project: its files, each read once, when somebody asks for it; what cannot be read is kept with all its problems."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from crm_contracts.consumers import load_consumer
from crm_contracts.contracts import load_contract
from crm_contracts.model.consumer import Consumer
from crm_contracts.model.contract import Contract
from crm_contracts.model.language import _
from crm_contracts.model.problem import Position, Problem, Problems
from crm_contracts.model.run import Run
from crm_contracts.model.scenario import Scenario
from crm_contracts.project import discovery
from crm_contracts.project.contracts import Contracts
from crm_contracts.project.discovery import Kind
from crm_contracts.project.fit import fits_nobody, pointless
from crm_contracts.project.layout import Layout
from crm_contracts.project.payload_names import payload_names
from crm_contracts.project.plan import Planned, Unfit
from crm_contracts.project.reading import Readings, or_none
from crm_contracts.scenarios import (
    BASELINE,
    KnownIssue,
    baseline_of,
    bind,
    issue_of,
    load_known_issues,
    load_scenario,
    unmatched_calls,
    unmatched_operations,
)

if TYPE_CHECKING:
    from crm_contracts.pacts import Pact


@dataclass(frozen=True, kw_only=True)
class Project:
    """What a project has; asking for a file that cannot be read raises its Problems."""

    layout: Layout
    seed: int = 0
    _readings: Readings = field(default_factory=Readings, repr=False, compare=False)

    def kind(self, path: Path) -> Kind | None:
        """What a file of the project is, by its place and name."""
        return discovery.kind_of(path, self.layout)

    def contract(self, path: Path) -> Contract:
        """The contract whose own file this is; raises Problems."""
        return self._readings.once(path, lambda: load_contract(path.parent))

    def consumer(self, path: Path) -> Consumer:
        """The consumer of a file; raises Problems, also where its contract cannot be read."""
        return self._readings.once(path, lambda: self._consumer(path))

    def scenario(self, path: Path) -> Scenario:
        """The scenario of a file; raises Problems, also where it is the project's own and fits nobody."""
        return self._readings.once(path, lambda: self._scenario(path))

    def pact(self, path: Path) -> "Pact":
        """The pact of a file; raises Problems."""
        from crm_contracts.pacts import read_pact

        return self._readings.once(path, lambda: read_pact(path, shown=self.layout.shown(path)))

    @cached_property
    def contracts(self) -> tuple[Path, ...]:
        """The contracts' own files."""
        return tuple(discovery.contract_files(self.layout))

    @cached_property
    def pacts(self) -> tuple[Path, ...]:
        """The pact files in the contracts' folders."""
        return tuple(discovery.pact_files(self.layout))

    @cached_property
    def consumers(self) -> Mapping[str, Consumer]:
        """The consumers that can be read, by name."""
        readable = (or_none(self.consumer, path) for path in self._consumer_files)
        return {consumer.name: consumer for consumer in readable if consumer is not None}

    @cached_property
    def scenarios(self) -> tuple[Scenario, ...]:
        """The scenarios that can be read and are chosen by `crm_scenarios`."""
        return tuple(scenario for scenario in self._scenarios if self.is_chosen(scenario))

    @cached_property
    def known_issues(self) -> tuple[KnownIssue, ...]:
        """The known issues; none where their file cannot be read (`problems_of` tells why)."""
        path = self.layout.known_issues
        return or_none(self._issues, path) or () if path.exists() else ()

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file that is ours, in the order in which problems are told."""
        issues = (self.layout.known_issues,) if self.layout.known_issues.exists() else ()
        return (*self.contracts, *self._consumer_files, *self.pacts, *self._scenario_files, *issues)

    def problems_of(self, path: Path) -> tuple[Problem, ...]:
        """All that is wrong in a file, in itself and in the light of the others; none: it can be read."""
        readers: Mapping[Kind, Callable[[Path], object]] = {
            Kind.CONTRACT: self.contract,
            Kind.CONSUMER: self.consumer,
            Kind.KNOWN_ISSUES: self._sensible_issues,
            Kind.PACT: self.pact,
        }
        try:
            readers.get(self.kind(path) or Kind.SCENARIO, self.scenario)(path)
        except Problems as found:
            return found.problems
        return ()

    def is_chosen(self, scenario: Scenario) -> bool:
        """Whether `crm_scenarios` asks for it: a source may be chosen by tag."""
        source = self.layout.source_of(scenario.path)
        return source is None or source.tag is None or source.tag in scenario.tags

    def runs(self, scenario: Scenario) -> tuple[Planned, ...]:
        """The runs of a scenario, one for each consumer that it fits; raises Problems of a variant of its contract."""
        bound = (self._bound(scenario, consumer) for consumer in self.consumers.values())
        return tuple(self._planned(run) for run in bound if isinstance(run, Run))

    def unfit(self, scenario: Scenario) -> tuple[Unfit, ...]:
        """The consumers that a scenario does not fit, with the reason."""
        pairs = ((consumer, self._bound(scenario, consumer)) for consumer in self.consumers.values())
        return tuple(
            Unfit(scenario=scenario, consumer=consumer, reason=bound)
            for consumer, bound in pairs
            if isinstance(bound, str)
        )

    def baseline(self, consumer: Consumer) -> Planned:
        """The first run of a consumer."""
        file = self.layout.shown(consumer.file)
        made = baseline_of(consumer, load_contract(consumer.contract), self.seed)
        run = replace(made, scenario=replace(made.scenario, file=file))
        issue = issue_of(self.known_issues, BASELINE, consumer.name)
        return Planned(item=f"{file}::{BASELINE}", run=run, issue=issue)

    @cached_property
    def _consumer_files(self) -> tuple[Path, ...]:
        return tuple(discovery.consumer_files(self.layout))

    @cached_property
    def _scenario_files(self) -> tuple[Path, ...]:
        return tuple(discovery.scenario_files(self.layout))

    @cached_property
    def _scenarios(self) -> tuple[Scenario, ...]:
        found = (or_none(self.scenario, path) for path in self._scenario_files)
        return tuple(scenario for scenario in found if scenario is not None)

    def _planned(self, run: Run) -> Planned:
        issue = issue_of(self.known_issues, run.scenario.name, run.consumer.name)
        return Planned(item=run.id, run=run, issue=issue, baseline=self.baseline(run.consumer))

    def _bound(self, scenario: Scenario, consumer: Consumer) -> Run | str:
        variant = scenario.simulator.variant
        if variant is not None and not _has_variant(consumer.contract, variant):
            return _("its contract has no variant {name}").format(name=variant)
        contract = load_contract(consumer.contract, variant=variant)
        return bind(scenario, consumer, contract, self.seed)

    def _consumer(self, path: Path) -> Consumer:
        consumer = self._bound_to_contract(path)
        earlier = self._consumer_files[: _index(path, self._consumer_files)]
        for other in earlier:
            known = or_none(self.consumer, other)
            if known is not None and known.name == consumer.name:
                raise Problems([self._taken(path, known)])
        return consumer

    def _bound_to_contract(self, path: Path) -> Consumer:
        contracts = Contracts(root=self.layout.root, files=self.contracts)
        try:
            return load_consumer(path, contracts.meant)
        except Problems as found:
            files = {problem.position.file for problem in found.problems}
            if Path(next(iter(files))).name == path.name:
                raise
            # The contract tells its own problems, once.
            message = _("Its contract cannot be read: {files}.").format(files=", ".join(sorted(files)))
            raise Problems(
                [Problem(position=Position(file=self.layout.shown(path)), message=message)]
            ) from None

    def _taken(self, path: Path, earlier: Consumer) -> Problem:
        sentence = _("The consumer {name!r} stands in {file} already.")
        return Problem(
            position=Position(file=self.layout.shown(path)),
            message=sentence.format(name=earlier.name, file=self.layout.shown(earlier.file)),
            remedy=_("Give it another name."),
        )

    def _scenario(self, path: Path) -> Scenario:
        scenario = load_scenario(path, shown=self.layout.shown(path))
        source = self.layout.source_of(path)
        if problems := () if source and source.builtin else tuple(self._out_of_place(scenario)):
            raise Problems(problems)
        return scenario

    def _out_of_place(self, scenario: Scenario) -> Iterator[Problem]:
        """What is wrong with an own scenario in the light of the consumers; nothing while one of them cannot be read."""
        consumers = self.consumers.values()
        if not consumers or len(consumers) != len(self._consumer_files):
            return
        folders = dict.fromkeys(consumer.contract for consumer in consumers)
        found = (
            *unmatched_calls(scenario, consumers),
            *unmatched_operations(scenario, map(load_contract, folders)),
        )
        yield from found
        # What is asked of those alone who promise it may wait for the first who does.
        if not found and not scenario.promises and len(unfit := self.unfit(scenario)) == len(consumers):
            yield fits_nobody(scenario, unfit)

    def _issues(self, path: Path) -> tuple[KnownIssue, ...]:
        return self._readings.once(path, lambda: load_known_issues(path, shown=self.layout.shown(path)))

    def _sensible_issues(self, path: Path) -> tuple[KnownIssue, ...]:
        issues = self._issues(path)
        others = (other for other in self.files if other != path)
        if not any(self.problems_of(other) for other in others):
            runs = [run.run for scenario in self._scenarios for run in self.runs(scenario)]
            names = [(run.scenario.name, run.consumer.name) for run in runs]
            names += [(name, one.name) for one in self.consumers.values() for name in payload_names(one)]
            if problems := tuple(pointless(issues, names, self.layout.shown(path))):
                raise Problems(problems)
        return issues


def _index(path: Path, files: tuple[Path, ...]) -> int:
    return files.index(path) if path in files else len(files)


def _has_variant(folder: Path, variant: str) -> bool:
    home = folder if folder.is_dir() else folder.parent
    return any((home / "variants" / f"{variant}{suffix}").is_file() for suffix in discovery.YAML)
