"""What a project has."""

from datetime import date
from pathlib import Path

import pytest

from crm_contracts.model.verdict import Finding, Verdict
from crm_contracts.project import Layout, Project
from crm_contracts.project.discovery import Kind, contract_file, kind_of
from crm_contracts.project.expectation import expectation
from crm_contracts.scenarios import KnownIssue
from tests.project.shop import known_issue, write, write_consumer, write_shop
from tests.reports.story import verdict_of


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """The small project of these tests."""
    write_shop(tmp_path)
    return tmp_path


def project_of(root: Path, *scenarios: str) -> Project:
    return Project(layout=Layout.of(root, (), scenarios))


def test_files_are_known_by_place_and_name(shop: Path):
    """A variant, a pact and somebody's notes are nothing of ours."""
    layout = Layout.of(shop)
    kinds = {
        "contracts/tiny-crm/contract.yaml": Kind.CONTRACT,
        "contracts/tiny-crm/consumers/sound.yaml": Kind.CONSUMER,
        "scenarios/deep/half-answers.yaml": Kind.SCENARIO,
        "known_issues.yaml": Kind.KNOWN_ISSUES,
        "contracts/tiny-crm/data.yaml": None,
        "contracts/tiny-crm/variants/x.yaml": None,
        "contracts/tiny-crm/CHANGELOG.md": None,
        "docker-compose.yaml": None,
    }
    assert {file: kind_of(shop / file, layout) for file in kinds} == kinds


def test_a_folder_with_a_document_alone_is_a_contract(shop: Path):
    """openapi.json will do; contract.yaml goes first."""
    write(shop, "contracts/other/openapi.json", "{}")
    assert contract_file(shop / "contracts/other") == shop / "contracts/other/openapi.json"
    write(shop, "contracts/other/contract.yaml", "")
    assert contract_file(shop / "contracts/other") == shop / "contracts/other/contract.yaml"


def test_runs_of_a_scenario(shop: Path):
    """One for each consumer that it fits, on its baseline."""
    project = project_of(shop)
    (away, _half) = project.scenarios
    first, second = project.runs(away)
    assert (first.item, second.item) == ("scenarios/away.yaml::brittle", "scenarios/away.yaml::sound")
    assert first.baseline is not None
    assert first.baseline.item == "contracts/tiny-crm/consumers/brittle.yaml::baseline"
    assert first.baseline.is_baseline
    assert not first.is_baseline


def test_sources_are_chosen_by_tag(shop: Path):
    """builtin:auth asks for those tagged auth; a shipped one that fits nobody here is no problem."""
    project = project_of(shop, "builtin:auth")
    assert project.scenarios
    assert all("auth" in scenario.tags for scenario in project.scenarios)
    expired = next(scenario for scenario in project.scenarios if scenario.name == "token-expired")
    assert not project.runs(expired)
    assert not project.problems_of(expired.path)
    assert all(unfit.reason for unfit in project.unfit(expired))


def test_a_variant_that_a_contract_lacks_is_a_reason(shop: Path):
    """No error: other contracts may have it."""
    write(
        shop,
        "scenarios/varied.yaml",
        "scenario: varied\ntitle: T\nsimulator: {variant: expired-as-403}\nduring: [{call: reads}]\nfaults: [{fault: down}]\n",
    )
    project = project_of(shop)
    (problem,) = project.problems_of(shop / "scenarios/varied.yaml")
    assert "sound: its contract has no variant expired-as-403" in problem.message


def test_an_own_scenario_is_not_blamed_for_a_consumer_that_cannot_be_read(shop: Path):
    """It may be meant for that one."""
    write(
        shop,
        "scenarios/for-it.yaml",
        "scenario: for-it\ntitle: T\nconsumers: [torn]\nduring: [{call: reads}]\nfaults: [{fault: down}]\n",
    )
    project = project_of(shop)
    assert "Unknown consumer 'torn'" in str(project.problems_of(shop / "scenarios/for-it.yaml")[0])
    write(shop, "contracts/tiny-crm/consumers/torn.yaml", "consumer: [")
    assert not project_of(shop).problems_of(shop / "scenarios/for-it.yaml")


def test_consumers_name_their_contract_from_anywhere(shop: Path):
    """By name, by folder, or by lying in it."""
    for index, said in enumerate(("tiny-crm", "../../contracts/tiny-crm", "contracts/tiny-crm")):
        name = f"far{index}"
        write_consumer(shop, name)
        file = shop / f"contracts/tiny-crm/consumers/{name}.yaml"
        text = file.read_text().replace("path: ../../..", "path: ../..") + f"contract: {said}\n"
        file.unlink()
        write(
            shop,
            f"contracts/elsewhere/consumers/{name}.yaml"
            if index != 1
            else f"contracts/consumers/{name}.yaml",
            text,
        )
    project = project_of(shop)
    assert {consumer.contract.name for consumer in project.consumers.values()} == {"tiny-crm"}
    assert len(project.consumers) == 5


def test_a_contract_that_does_not_exist_is_told_with_the_alternatives(shop: Path):
    """At the line that names it."""
    file = shop / "contracts/tiny-crm/consumers/sound.yaml"
    file.write_text(file.read_text() + "contract: tiny-crn\n")
    (problem,) = project_of(shop).problems_of(file)
    assert problem.position.line == 8
    assert (problem.suggestion, problem.allowed) == ("tiny-crm", ("tiny-crm",))


def test_known_issues_of_runs_that_do_not_exist(shop: Path):
    """Told only while every file can be read: it may be an issue of the unreadable one."""
    write(
        shop,
        "known_issues.yaml",
        known_issue("away", "sond", "outcomes") + known_issue("baseline", "sound", "outcomes"),
    )
    (problem,) = project_of(shop).problems_of(shop / "known_issues.yaml")
    assert problem.message == "There is no run of away on sond."
    write(shop, "scenarios/torn.yaml", "scenario: [")
    assert not project_of(shop).problems_of(shop / "known_issues.yaml")


def issue(*checks: str, until: str = "2030-06-30") -> KnownIssue:
    return KnownIssue(
        scenario="away",
        consumer="order-sync",
        checks=checks,
        symptom="it falls",
        until=date.fromisoformat(until),
    )


def finding(check: str, verdict: Verdict) -> Finding:
    return Finding(check=check, verdict=verdict, reason=f"{check} says so")


@pytest.mark.parametrize(
    "findings, known, as_expected, words",
    [
        ({"outcomes": "passed"}, None, True, ""),
        ({"outcomes": "failed"}, None, False, ""),
        ({"outcomes": "unknown"}, None, False, ""),
        ({"outcomes": "failed", "deadline": "passed"}, issue("outcomes"), True, "it falls"),
        ({"outcomes": "failed", "deadline": "failed"}, issue("outcomes", "deadline"), True, "it falls"),
        ({"outcomes": "failed", "deadline": "failed"}, issue("outcomes"), False, "failed too: deadline"),
        ({"outcomes": "failed", "deadline": "unknown"}, issue("outcomes"), False, "deadline is unknown"),
        (
            {"outcomes": "failed", "deadline": "passed"},
            issue("outcomes", "deadline"),
            False,
            "deadline did not fail",
        ),
        ({"outcomes": "passed"}, issue("outcomes"), False, "outcomes did not fail"),
        ({"lab": "unknown"}, issue("outcomes"), False, "lab is unknown"),
        ({"outcomes": "failed"}, issue("outcomes", until="2029-12-31"), False, "ran out on 2029-12-31"),
        ({"outcomes": "passed"}, issue("outcomes", until="2029-12-31"), False, "ran out on 2029-12-31"),
    ],
)
def test_expectation(findings: dict[str, str], known: KnownIssue | None, as_expected: bool, words: str):
    """A known issue excuses its named checks until its day, and nothing else."""
    verdict = verdict_of(*(finding(name, Verdict(word)) for name, word in findings.items()))
    expected = expectation(verdict, known, date(2030, 1, 1))
    assert expected.as_expected is as_expected
    assert words in expected.sentence


def test_a_known_issue_holds_on_its_last_day():
    """`until` is the last day on which the failure is expected."""
    verdict = verdict_of(finding("outcomes", Verdict.FAILED))
    assert expectation(verdict, issue("outcomes", until="2030-01-01"), date(2030, 1, 1)).as_expected


def test_what_is_asked_of_those_who_promise_it_may_wait_for_the_first(tmp_path: Path):
    """A scenario that names promises is no mistake where nobody makes them yet."""
    write_shop(tmp_path)
    text = "scenario: asked\ntitle: T\npromises: [failover_within]\nduring: [{call: reads}]\nfaults: [{fault: down}]\n"
    write(tmp_path, "scenarios/asked.yaml", text)
    project = Project(layout=Layout.of(tmp_path))
    assert not project.problems_of(tmp_path / "scenarios/asked.yaml")
