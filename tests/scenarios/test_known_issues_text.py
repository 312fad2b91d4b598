"""Issues come into a file that people wrote, and nothing else of it changes."""

from datetime import date
from pathlib import Path

import pytest

from crm_contracts.model.problem import Problems
from crm_contracts.scenarios import KnownIssue, load_known_issues
from crm_contracts.scenarios.known_issues_text import with_issues

OURS = """\
# What we know.

# --- the shop ---
- scenario: away          # since March
  consumer: brittle
  check: [outcomes]       # and recovery, sometimes
  symptom: It expects no trouble
  until: "2999-12-31"

- {scenario: half, consumer: brittle, check: deadline, symptom: Slow, until: "2999-12-31"}
- scenario: token-expired
  consumer: brittle
  check:
    - token_refresh   # N1
    - outcomes
  symptom: "It: keeps the token"
  until: 2999-12-31
# the end
"""


def issue(scenario: str, consumer: str, *checks: str, symptom: str = "It fails") -> KnownIssue:
    return KnownIssue(
        scenario=scenario,
        consumer=consumer,
        checks=checks,
        symptom=symptom,
        owner="team #1",
        remedy='Say "no"',
        until=date(2027, 1, 31),
    )


def read(tmp_path: Path, text: str) -> list[tuple[str, str, tuple[str, ...]]]:
    (tmp_path / "known_issues.yaml").write_text(text, encoding="utf-8")
    issues = load_known_issues(tmp_path / "known_issues.yaml")
    return [(one.scenario, one.consumer, one.checks) for one in issues]


@pytest.mark.parametrize("before", ["", "# What we know.\n", "[]\n", "# What we know.\n[]  # nothing\n"])
def test_into_a_file_without_issues(tmp_path: Path, before: str):
    """Its comments stay; values that YAML would take for something else are quoted."""
    symptom = 'a: "b" # c 部分 \\ \t'
    result = with_issues(before, [issue("away", "1.0", "outcomes", symptom=symptom)])
    assert (result.added, result.extended) == (1, 0)
    assert read(tmp_path, result.text) == [("away", "1.0", ("outcomes",))]
    assert load_known_issues(tmp_path / "known_issues.yaml")[0].symptom == symptom
    assert before.startswith("[") or before.splitlines()[:1] == result.text.splitlines()[: bool(before)]


def test_new_entries_follow_the_others(tmp_path: Path):
    """What stood there is the beginning of what stands there now."""
    result = with_issues(OURS, [issue("away", "sound", "outcomes"), issue("baseline", "sound", "deadline")])
    assert result.text.startswith(OURS.rstrip())
    assert read(tmp_path, result.text)[-2:] == [
        ("away", "sound", ("outcomes",)),
        ("baseline", "sound", ("deadline",)),
    ]


def test_a_run_that_has_an_entry_gets_its_checks_there(tmp_path: Path):
    """In brackets, alone, or as lines: each as it was written, with its comments."""
    more = [
        issue("away", "brittle", "outcomes", "recovery"),
        issue("half", "brittle", "outcomes"),
        issue("token-expired", "brittle", "recovery", "outcomes"),
    ]
    result = with_issues(OURS, more)
    assert (result.added, result.extended) == (0, 3)
    assert [checks for _scenario, _consumer, checks in read(tmp_path, result.text)] == [
        ("outcomes", "recovery"),
        ("deadline", "outcomes"),
        ("token_refresh", "outcomes", "recovery"),
    ]
    kept = [line for line in OURS.splitlines() if line in result.text.splitlines()]
    assert len(kept) == len(OURS.splitlines()) - 2
    assert "  check: [outcomes, recovery]       # and recovery, sometimes" in result.text
    assert "    - token_refresh   # N1\n    - outcomes\n    - recovery\n" in result.text


def test_what_is_known_already_changes_nothing():
    """Not a byte."""
    assert with_issues(OURS, [issue("away", "brittle", "outcomes")]).text == OURS


def test_a_list_that_is_set_in(tmp_path: Path):
    """New entries stand in the same column."""
    text = "  - scenario: away\n    consumer: a\n    check: outcomes\n    symptom: S\n    until: 2999-12-31\n"
    result = with_issues(text, [issue("away", "b", "outcomes")])
    assert len(read(tmp_path, result.text)) == 2


def test_a_list_in_brackets_is_refused():
    """With its place and what to do."""
    text = "[{scenario: away, consumer: a, check: outcomes, symptom: S, until: 2999-12-31}]\n"
    with pytest.raises(Problems, match=r"known_issues\.yaml:1:1: This list stands in brackets"):
        with_issues(text, [issue("away", "b", "outcomes")])
