"""The scenarios that can be looked up: the project's own and all that are shipped."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from crm_contracts.cli import program
from crm_contracts.cli.refusal import unknown
from crm_contracts.model.language import _
from crm_contracts.model.problem import Problem, Problems
from crm_contracts.model.scenario import Scenario
from crm_contracts.project import Layout, Project, ScenarioSource, discovery
from crm_contracts.project.layout import shipped_scenarios
from crm_contracts.project.reading import or_none
from crm_contracts.reports.run_report import row_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Scenarios by the name under which lists show them: `auth/token-expired`, `builtin/auth/token-expired`."""

    scenarios: Mapping[str, Scenario]
    problems: tuple[Problem, ...] = ()

    @classmethod
    def of(cls, project: Project) -> "Shelf":
        """Read them all; what cannot be read is among the problems."""
        whole = replace(project, layout=_with_shipped(project.layout))
        files = tuple(discovery.scenario_files(whole.layout))
        problems = tuple(problem for path in files for problem in whole.problems_of(path))
        readable = (scenario for path in files if (scenario := or_none(whole.scenario, path)))
        return cls(scenarios={row_of(scenario.file): scenario for scenario in readable}, problems=problems)

    def find(self, word: str) -> Scenario:
        """The scenario that a word means: its name, as lists show it, or its file; raises Refused or its Problems."""
        for name, scenario in self.scenarios.items():
            if word in _words(name, scenario):
                return scenario
        if wrong := [problem for problem in self.problems if Path(problem.position.file).stem == word]:
            raise Problems(wrong)
        raise unknown(
            _("There is no scenario {name!r}.").format(name=word),
            word,
            [scenario.name for scenario in self.scenarios.values()],
            remedy=_("All of them: {command}").format(command=program("list", "scenarios")),
        )


def _words(name: str, scenario: Scenario) -> Iterator[str]:
    yield from (name, name.removeprefix("builtin/"), scenario.name, scenario.file, str(scenario.path))


def _with_shipped(layout: Layout) -> Layout:
    shipped = shipped_scenarios()
    if any(shipped.is_relative_to(source.folder) for source in layout.sources):
        return layout
    return replace(layout, sources=(*layout.sources, ScenarioSource(folder=shipped, builtin=True)))
