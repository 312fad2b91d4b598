"""How long all shipped scenarios take on all example consumers, and what each run costs of our own."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from crm_contracts.cli.drill import LANES
from crm_contracts.cli.lanes import Lanes
from crm_contracts.model.problem import Problems
from crm_contracts.project import Conductor, LabKeeper, Planned, Project
from tools import checkout
from tools.bench.figure import Figure

LONGEST = 60.0
OVERHEAD = 15.0
RUNS = 32
SHORT = ("sound", ("token-expired", "rate-limited", "crm-down"))
"""A quick caller and, beside its baseline, short runs of its: a token rule, a reply, and a fault of TCP, which costs a rest of 50 ms."""


def seconds(_folder: Path) -> Iterator[Figure]:
    """Every scenario on every consumer, in the lanes of a drill."""
    project = _readable(checkout.project())
    began = time.monotonic()
    keeper = LabKeeper(checkout.lab_settings())
    try:
        runs = [*Lanes(_conductor(keeper), LANES).judged(checkout.every_run(project))]
        taken = time.monotonic() - began
        engine = keeper.about.engine if keeper.about else "no engine"
    finally:
        keeper.close()
    differing = sum(not judged.expected.as_expected for judged in runs)
    told = f"{len(runs)} runs, {LANES} lanes, {engine}; {differing} with a verdict that was not expected"
    title = "all scenarios x all example consumers"
    yield Figure(title=title, unit="s", target=LONGEST, values=(taken,), detail=told)


def overhead(_folder: Path) -> Iterator[Figure]:
    """Our own time in a run, over short runs one after another, with either engine."""
    planned = _short_runs(_readable(checkout.project(gallery=True)))
    engines = checkout.ENGINES if checkout.has_toxiproxy() else checkout.ENGINES[:1]
    for engine in engines:
        taken = _overheads(planned, engine)
        whole = tuple(value for values in taken.values() for value in values)
        yield Figure(title=f"overhead of a run, p50 ({engine})", unit="ms", target=OVERHEAD, values=whole)
        for name, values in taken.items():
            yield Figure(title=f"  {name}", unit="ms", values=tuple(values))


def _overheads(planned: list[Planned], engine: checkout.EngineName) -> dict[str, list[float]]:
    taken: dict[str, list[float]] = {checkout.name_of(run): [] for run in planned}
    keeper = LabKeeper(checkout.lab_settings(engine))
    try:
        # The first of each kind reads the contract and starts the caller's zygote: no run of a session pays that twice.
        for run in planned:
            keeper.lab().execute(run.run)
        for _ in range(RUNS // len(planned)):
            for run in planned:
                taken[checkout.name_of(run)].append(keeper.lab().execute(run.run).overhead * 1e3)
    finally:
        keeper.close()
    return taken


def _short_runs(project: Project) -> list[Planned]:
    consumer, names = SHORT
    chosen = [scenario for scenario in project.scenarios if scenario.name in names]
    runs = [run for scenario in chosen for run in project.runs(scenario) if run.run.consumer.name == consumer]
    return [project.baseline(project.consumers[consumer]), *runs]


def _readable(project: Project) -> Project:
    if problems := checkout.problems_of(project):
        raise Problems(problems)
    return project


def _conductor(keeper: LabKeeper) -> Conductor:
    return Conductor(keeper, today=datetime.now(tz=UTC).astimezone().date())
