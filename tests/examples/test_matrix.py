"""Every shipped scenario on the four example consumers, with both engines.

The embedded engine is asked the scenarios with toxics and both incidents; to the others it only hands bytes on. What must
fail stands in known_issues.yaml, check by check; everything else must pass.
"""

from datetime import date
from typing import Any

import pytest

from crm_contracts.model.fault import Place
from crm_contracts.model.verdict import Verdict
from crm_contracts.project.payload_names import payload_names
from crm_contracts.scenarios import load_known_issues
from tests.examples.stage import ROOT, Case, Stage, examples, fitting, scenarios, told

KNOWN = {(issue.scenario, issue.consumer): issue for issue in load_known_issues(ROOT / "known_issues.yaml")}
CASES = fitting(examples())
INCIDENTS = {"token-lifetime-cut", "old-strict-parser"}


def _parameters(cases: list[Case]) -> list[Any]:
    return [pytest.param(*case, id="-".join(case), marks=pytest.mark.crm_case(*case)) for case in cases]


def _on_the_engine(case: Case) -> bool:
    """Whether the engine does more than hand bytes on."""
    scenario = scenarios().get(case[0])
    return scenario is not None and any(fault.place is Place.TOXIC for fault in scenario.faults)


@pytest.mark.toxiproxy
@pytest.mark.parametrize("scenario, consumer", _parameters(CASES))
def test_just_the_known_defects_are_found(toxiproxy: Stage, scenario: str, consumer: str) -> None:
    """Each run fails exactly the checks that its known issue names, and nothing stays in doubt."""
    _keeps(toxiproxy, (scenario, consumer))


@pytest.mark.parametrize(
    "scenario, consumer",
    _parameters([case for case in CASES if case[0] in INCIDENTS or _on_the_engine(case)]),
)
def test_the_embedded_engine_finds_the_same(embedded: Stage, scenario: str, consumer: str) -> None:
    """Without Toxiproxy the verdicts are the same."""
    _keeps(embedded, (scenario, consumer))


def _keeps(stage: Stage, case: Case) -> None:
    judged = stage.verdict(case[0], examples()[case[1]])
    expected = set(KNOWN[case].checks) if case in KNOWN else set()
    assert {finding.check for finding in judged.failed} == expected, told(judged)
    assert not judged.unknown, told(judged)
    assert judged.verdict is (Verdict.FAILED if expected else Verdict.PASSED)


def test_every_known_issue_is_of_a_run_that_there_is() -> None:
    """A known issue of a run that nobody makes would never be missed."""
    items = {(name, one.name) for one in examples().values() for name in payload_names(one)}
    assert set(KNOWN) <= {*CASES, *items}


def test_only_the_fragile_have_known_issues_and_they_say_what_to_do() -> None:
    """Each entry names symptom, cause, remedy, owner and link, and its day has not passed."""
    for issue in KNOWN.values():
        assert issue.consumer.endswith("-fragile")
        assert all((issue.symptom, issue.cause, issue.remedy, issue.owner, issue.link))
        assert not issue.expired(date(2027, 6, 30))


def test_the_needs_of_both_incidents_are_covered() -> None:
    """The titles and sources of the scenarios name the needs that have to have one."""
    said = " ".join(f"{scenario.title} {scenario.source}" for scenario in scenarios().values())
    wanted = {"N1", "N2", "N4", "N5", "N7", "N9", "N10", "N11", "N12", "N19"}
    assert wanted <= set(said.replace(",", " ").replace(";", " ").split())
    assert len(scenarios()) >= 12
