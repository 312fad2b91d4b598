"""The gallery: callers with one defect each, and the control that has none."""

import pytest
import yaml

from crm_contracts.model.verdict import Verdict
from tests.examples.stage import ROOT, Stage, examples, fitting, gallery, scenarios, told
from tests.examples.test_matrix import KNOWN
from tools.gallery import layers, main

EXPECTED: dict[str, dict[str, list[str]]] = yaml.safe_load(
    (ROOT / "examples/gallery/expected.yaml").read_text(encoding="utf-8")
)
LAYERS = layers()
CONTROL = "sound"
TWINS = {"switches"}
"""Sound callers that promise what the control does not; they are asked what the table lists."""
CASES = [(scenario, caller) for caller, runs in EXPECTED.items() for scenario in runs]
CASES += fitting({CONTROL: gallery()[CONTROL]})
PARAMETERS = [pytest.param(*case, id="-".join(case), marks=pytest.mark.crm_case(*case)) for case in CASES]


@pytest.mark.parametrize("scenario, caller", PARAMETERS)
def test_a_caller_fails_just_its_checks(embedded: Stage, scenario: str, caller: str) -> None:
    """Each run fails exactly the checks that the table lists, at the layer that is to be looked at; the control none."""
    judged = embedded.verdict(scenario, gallery()[caller])
    expected = set(EXPECTED.get(caller, {}).get(scenario, ()))
    assert {finding.check for finding in judged.failed} == expected, told(judged)
    assert not judged.unknown, told(judged)
    assert judged.verdict is (Verdict.FAILED if expected else Verdict.PASSED)
    if expected:
        assert judged.failed[0].layer == LAYERS[caller][scenario], told(judged)


def test_each_failure_has_its_layer_and_the_page_is_current() -> None:
    """Both tables name the same runs, and `make docs` was run."""
    failing = {(caller, s) for caller, runs in EXPECTED.items() for s, checks in runs.items() if checks}
    assert {(caller, scenario) for caller, runs in LAYERS.items() for scenario in runs} == failing
    assert main(["--check"]) == 0


def test_every_caller_of_the_gallery_stands_in_the_table() -> None:
    """A caller without a defect proves nothing; the control alone has none, and is asked every scenario that fits it."""
    assert {*EXPECTED, CONTROL} == set(gallery())
    assert all(any(runs.values()) is (caller not in TWINS) for caller, runs in EXPECTED.items())


@pytest.mark.parametrize("scenario", list(scenarios()))
def test_every_scenario_can_fail_and_can_be_kept(scenario: str) -> None:
    """Somebody that we ship breaks each scenario, and somebody keeps it (the matrix and this gallery measure both)."""
    fails = [c for (s, c) in KNOWN if s == scenario] + [
        c for c, runs in EXPECTED.items() if runs.get(scenario)
    ]
    resilient = {name: examples()[name] for name in examples() if name.endswith("-resilient")}
    keeps = [consumer for (s, consumer) in fitting(resilient) if s == scenario]
    keeps += [twin for twin in TWINS if EXPECTED[twin].get(scenario) == []]
    assert fails, "no shipped caller breaks it"
    assert keeps, "no resilient caller is asked"
