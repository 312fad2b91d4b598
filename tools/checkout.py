"""Everything that this checkout can run: the shipped scenarios on the example consumers, and the gallery."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

import yaml

from crm_contracts import toxiproxy_binary
from crm_contracts.lab import LabSettings
from crm_contracts.model.problem import Problem
from crm_contracts.project import Layout, Planned, Project
from crm_contracts.scenarios import BASELINE

ROOT = Path(__file__).resolve().parent.parent
PATHS = ("contracts", "scenarios", "examples/gallery")
EngineName = Literal["toxiproxy", "embedded"]
ENGINES: tuple[EngineName, ...] = ("embedded", "toxiproxy")
Failing = Mapping[str, Mapping[str, frozenset[str]]]
"""The checks that fail, by consumer and scenario."""


def project(*, seed: int = 0, gallery: bool = False) -> Project:
    """The project of this checkout, with the one-defect callers of the gallery where they are asked for."""
    paths = PATHS if gallery else PATHS[:2]
    return Project(layout=Layout.of(ROOT, paths, ["scenarios"]), seed=seed)


def lab_settings(engine: EngineName | None = None, *, seed: int = 0) -> LabSettings:
    """The settings of a lab; without a name the engine is Toxiproxy where it is installed."""
    found = None if engine == "embedded" else toxiproxy_binary.find()
    return LabSettings(engine=engine, toxiproxy_binary=found.path if found else None, seed=seed)


def has_toxiproxy() -> bool:
    """Whether the real Toxiproxy is installed here."""
    return toxiproxy_binary.find() is not None


def problems_of(of: Project) -> tuple[Problem, ...]:
    """All that cannot be read; what follows from it would only be a part of everything."""
    return tuple(problem for path in of.files for problem in of.problems_of(path))


def every_run(of: Project) -> list[Planned]:
    """The baselines of all consumers, then every scenario on every consumer that it fits."""
    runs = [run for scenario in of.scenarios if scenario.skip is None for run in of.runs(scenario)]
    return [*(of.baseline(consumer) for consumer in of.consumers.values()), *runs]


def gallery_expectations(file: Path = ROOT / "examples/gallery/expected.yaml") -> Failing:
    """Which checks each caller of the gallery fails; none of a scenario: it passes."""
    written = yaml.safe_load(file.read_text(encoding="utf-8"))
    return {
        consumer: {scenario: frozenset(checks) for scenario, checks in scenarios.items()}
        for consumer, scenarios in written.items()
    }


def listed(runs: Iterable[Planned], failing: Failing) -> Iterator[Planned]:
    """The runs without those of gallery callers on scenarios about which the gallery says nothing."""
    for run in runs:
        told = failing.get(run.run.consumer.name)
        if told is None or run.is_baseline or name_of(run) in told:
            yield run


def name_of(planned: Planned) -> str:
    """The scenario's name, as known issues and the gallery have it."""
    return BASELINE if planned.is_baseline else planned.run.scenario.name
