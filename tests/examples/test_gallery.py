"""The gallery: callers with one defect each, and the control that has none."""

import pytest
import yaml

from crm_contracts.model.verdict import Verdict
from tests.examples.stage import ROOT, Stage, examples, fitting, gallery, scenarios, told
from tests.examples.test_matrix import KNOWN

EXPECTED: dict[str, dict[str, list[str]]] = yaml.safe_load(
    (ROOT / "examples/gallery/expected.yaml").read_text(encoding="utf-8")
)
CONTROL = "sound"
CASES = [(scenario, caller) for caller, runs in EXPECTED.items() for scenario in runs]
CASES += fitting({CONTROL: gallery()[CONTROL]})
PARAMETERS = [pytest.param(*case, id="-".join(case), marks=pytest.mark.crm_case(*case)) for case in CASES]


@pytest.mark.parametrize("scenario, caller", PARAMETERS)
def test_a_caller_fails_just_its_checks(embedded: Stage, scenario: str, caller: str) -> None:
    """Each run fails exactly the checks that the gallery's table lists, and keeps every other promise; the control all."""
    judged = embedded.verdict(scenario, gallery()[caller])
    expected = set(EXPECTED.get(caller, {}).get(scenario, ()))
    assert {finding.check for finding in judged.failed} == expected, told(judged)
    assert not judged.unknown, told(judged)
    assert judged.verdict is (Verdict.FAILED if expected else Verdict.PASSED)


def test_every_caller_of_the_gallery_stands_in_the_table() -> None:
    """A caller without a defect proves nothing; the control alone has none, and is asked every scenario that fits it."""
    assert {*EXPECTED, CONTROL} == set(gallery())
    assert all(any(runs.values()) for runs in EXPECTED.values())


@pytest.mark.parametrize("scenario", list(scenarios()))
def test_every_scenario_can_fail_and_can_be_kept(scenario: str) -> None:
    """Somebody that we ship breaks each scenario, and somebody keeps it (the matrix and this gallery measure both)."""
    fails = [c for (s, c) in KNOWN if s == scenario] + [
        c for c, runs in EXPECTED.items() if runs.get(scenario)
    ]
    resilient = {name: examples()[name] for name in examples() if name.endswith("-resilient")}
    keeps = [consumer for (s, consumer) in fitting(resilient) if s == scenario]
    assert fails, "no shipped caller breaks it"
    assert keeps, "no resilient caller is asked"
