"""Libraries for tokens, as they come: when they renew is theirs to choose, and no check accuses them for it."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_contracts.host.client import LabClient
from crm_contracts.lab import LabSettings
from crm_contracts.model.consumer import Consumer
from crm_contracts.model.scenario import Scenario
from crm_contracts.scenarios import load_scenario
from tests.examples.compiled import MADE, make, needs
from tests.examples.stage import Stage, failures, libraries, told

HERE = Path(__file__).parent / "libraries"

ANSWERING = ("google-auth", "authlib", "msal", "oauth2")
"""They answer a refusal by one renewal and one repeat: google-auth by itself, the others by a few lines of their user."""
ALONE = ("authlib-alone", "oauth2-alone")
"""They renew ahead of time and leave refusals to their user, who does nothing."""

SHIPPED = (
    "baseline",
    "token-expired",
    "token-lifetime-cut",
    "token-refreshed-ahead",
    "token-revoked",
    "expires-in-missing",
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """A lab for all libraries."""
    stage = Stage(lab=LabClient(LabSettings(engine="embedded")))
    try:
        yield stage
    finally:
        stage.close()


@pytest.mark.parametrize("name", ANSWERING)
def test_no_default_is_accused(stage: Stage, name: str) -> None:
    """Refused early, of an honest short life, and promised ahead of time in the library's own leeway: each passes."""
    asked = (*SHIPPED, _own("honest-short-life"))
    judged = stage.verdicts(asked, _caller(name))
    assert not any(failures(judged).values()), "\n".join(map(told, judged.values()))


@pytest.mark.parametrize("name", ALONE)
def test_a_default_that_answers_no_refusal_is_not_accused_where_there_is_none(
    stage: Stage, name: str
) -> None:
    """Whoever renews ahead of a life that is told honestly is never refused."""
    judged = stage.verdicts((_own("honest-from-the-start"), _own("ahead-from-the-start")), _caller(name))
    assert not any(failures(judged).values()), "\n".join(map(told, judged.values()))


@pytest.mark.parametrize("name", ALONE)
def test_a_refusal_that_nobody_answers_is_found(stage: Stage, name: str) -> None:
    """The library's leeway does not help against a token that is refused early; its user has to answer that."""
    judged = stage.verdicts(("token-expired",), _caller(name))
    assert failures(judged) == {"token-expired": {"token_refresh", "outcomes", "recovery"}}


def _own(name: str) -> Scenario:
    return load_scenario(HERE / "scenarios" / f"{name}.yaml", shown=f"{name}.yaml")


def _caller(name: str) -> Consumer:
    if name.startswith("oauth2"):
        _make_oauth2()
    return libraries()[name]


def _make_oauth2() -> None:
    """The one that needs a module. A proxy of modules that is away is no defect of ours."""
    needs("go", "the defaults of golang.org/x/oauth2 raise no alarm")
    folder = HERE / "oauth2"
    try:
        got = subprocess.run(["go", "mod", "download"], cwd=folder, timeout=120, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        got = False
    if not got:
        pytest.skip("golang.org/x/oauth2 IS NOT TO BE HAD, so its defaults are not tried here")
    made = ("go", "build", "-buildvcs=false", "-o", str(MADE / "go" / "oauth2"), ".")
    make("oauth2", made, folder, folder.glob("*.*"))
