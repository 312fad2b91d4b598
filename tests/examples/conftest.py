"""One lab for each engine; the runs that the chosen tests ask for go on side by side."""

from collections.abc import Iterator

import pytest

from crm_contracts.host.client import LabClient
from crm_contracts.lab import LabSettings
from tests.examples.stage import Stage, examples, gallery


def pytest_configure(config: pytest.Config) -> None:
    """The marker by which a test announces its run."""
    config.addinivalue_line("markers", "crm_case(scenario, consumer): the run that a test looks at")


@pytest.fixture(scope="session")
def toxiproxy(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """A stage with the real Toxiproxy."""
    yield from _stage(request, "toxiproxy")


@pytest.fixture(scope="session")
def embedded(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """A stage with the embedded engine."""
    yield from _stage(request, "embedded")


def _stage(request: pytest.FixtureRequest, engine: str) -> Iterator[Stage]:
    settings = LabSettings(engine="toxiproxy" if engine == "toxiproxy" else "embedded")
    stage = Stage(lab=LabClient(settings))
    for item in request.session.items:
        for mark in item.iter_markers("crm_case"):
            scenario, consumer = mark.args
            if engine in getattr(item, "fixturenames", ()):
                stage.announce(scenario, examples().get(consumer) or gallery()[consumer])
    try:
        yield stage
    finally:
        stage.close()
