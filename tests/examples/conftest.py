"""One lab for each engine; the runs that the chosen tests ask for go on side by side."""

from collections import Counter
from collections.abc import Iterator

import pytest

from crm_contracts.host.client import LabClient
from crm_contracts.lab import LabSettings
from tests.examples.stage import Stage, examples, gallery

GROUPS = 4
"""As many as `make test` has workers."""


def pytest_configure(config: pytest.Config) -> None:
    """The marker by which a test announces its run."""
    config.addinivalue_line("markers", "crm_case(scenario, consumer): the run that a test looks at")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With xdist's `--dist loadgroup` a worker has whole groups of runs, and begins those of its groups alone.

    A consumer is in one group, so that only one lab imports it.
    """
    marked = [(item, mark.args[1]) for item in items if (mark := item.get_closest_marker("crm_case"))]
    groups = _groups(Counter(consumer for _item, consumer in marked))
    for item, consumer in marked:
        item.add_marker(pytest.mark.xdist_group(f"examples-{groups[consumer]}"))


def _groups(runs: Counter[str]) -> dict[str, int]:
    """The group of each consumer; all are about as large."""
    sizes, groups = [0] * GROUPS, {}
    for consumer, count in sorted(runs.items(), key=lambda one: (-one[1], one[0])):
        smallest = sizes.index(min(sizes))
        groups[consumer], sizes[smallest] = smallest, sizes[smallest] + count
    return groups


@pytest.fixture(autouse=True)
def _begun(request: pytest.FixtureRequest) -> None:
    """Begin the runs of a test's whole group, which go on side by side, with the first of them."""
    group = request.node.get_closest_marker("xdist_group")
    for engine in ("toxiproxy", "embedded"):
        if group is not None and engine in request.fixturenames:
            stage: Stage = request.getfixturevalue(engine)
            _announce(stage, engine, group.args[0], request.session.items)


@pytest.fixture(scope="session")
def toxiproxy() -> Iterator[Stage]:
    """A stage with the real Toxiproxy."""
    yield from _stage("toxiproxy")


@pytest.fixture(scope="session")
def embedded() -> Iterator[Stage]:
    """A stage with the embedded engine."""
    yield from _stage("embedded")


def _stage(engine: str) -> Iterator[Stage]:
    settings = LabSettings(engine="toxiproxy" if engine == "toxiproxy" else "embedded")
    stage = Stage(lab=LabClient(settings))
    try:
        yield stage
    finally:
        stage.close()


def _announce(stage: Stage, engine: str, group: str, items: list[pytest.Item]) -> None:
    if group in stage.groups:
        return
    stage.groups.add(group)
    for item in items:
        mark, mine = item.get_closest_marker("crm_case"), item.get_closest_marker("xdist_group")
        if mark and mine and mine.args[0] == group and engine in getattr(item, "fixturenames", ()):
            scenario, consumer = mark.args
            stage.announce(scenario, examples().get(consumer) or gallery()[consumer])
