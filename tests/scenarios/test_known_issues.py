"""known_issues.yaml."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from textwrap import dedent

import pytest

from crm_contracts.model.problem import Problems
from crm_contracts.scenarios import KnownIssue, expired_issues, issue_of, load_known_issues

LoadIssues = Callable[[str], tuple[KnownIssue, ...]]


@pytest.fixture
def load(tmp_path: Path) -> LoadIssues:
    def write(text: str) -> tuple[KnownIssue, ...]:
        file = tmp_path / "known_issues.yaml"
        file.write_text(dedent(text), encoding="utf-8")
        return load_known_issues(file, shown="known_issues.yaml")

    return write


TEXT = """\
    - scenario: token-lifetime-cut
      consumer: order-sync-fragile
      check: token_refresh
      symptom: keeps sending the expired token
      cause: refreshes on a schedule of its own
      remedy: refresh when expires_in says so
      owner: crm-team@example.com
      link: https://example.com/N2
      until: 2027-03-31
    - {scenario: crm-away, consumer: order-sync-fragile, check: [deadline, outcomes], symptom: hangs, until: 2026-12-31}
    """


def test_issues_are_frozen_values_with_their_place(load: LoadIssues) -> None:
    """One check or several, and the optional words."""
    first, second = load(TEXT)

    assert first.checks == ("token_refresh",)
    assert (first.until, first.owner) == (date(2027, 3, 31), "crm-team@example.com")
    assert str(first.position) == "known_issues.yaml:1:3"
    assert (second.checks, second.cause, str(second.position)) == (
        ("deadline", "outcomes"),
        "",
        "known_issues.yaml:10:3",
    )
    assert issue_of((first, second), "crm-away", "order-sync-fragile") is second
    assert issue_of((first, second), "crm-away", "vac") is None


def test_an_issue_expires_after_its_last_day(load: LoadIssues) -> None:
    """Today is an argument, so that a test needs no clock."""
    issues = load(TEXT)

    assert expired_issues(issues, date(2026, 12, 31)) == ()
    assert expired_issues(issues, date(2027, 1, 1)) == issues[1:]


@pytest.mark.parametrize("text", ["[]", "# no known issue at present\n", "", "\n# none\n\n"])
def test_no_known_issue_is_fine(load: LoadIssues, text: str) -> None:
    """The heading may stay when the last one is mended."""
    assert load(text) == ()


def test_everything_wrong_is_told_at_once(load: LoadIssues) -> None:
    """Days, checks, keys."""
    with pytest.raises(Problems) as refused:
        load("""\
            - {scenario: a, consumer: b, check: [], symptom: s, until: 31.12.2026}
            - {scenario: a, consumer: c, check: outcomes, symptom: "", untill: 2026-12-31}
            """)

    assert str(refused.value) == dedent("""\
        known_issues.yaml:1:37: Too short; the least is 1.
            - {scenario: a, consumer: b, check: [], symptom: s, until: 31.12.2026}
                                                ^
        known_issues.yaml:1:60: '31.12.2026' is no day; write it as 2026-12-31.
            - {scenario: a, consumer: b, check: [], symptom: s, until: 31.12.2026}
                                                                       ^
        known_issues.yaml:2:3: The key 'until' is missing.
            - {scenario: a, consumer: c, check: outcomes, symptom: "", untill: 2026-12-31}
              ^
        known_issues.yaml:2:56: This text is empty.
            - {scenario: a, consumer: c, check: outcomes, symptom: "", untill: 2026-12-31}
                                                                   ^
        known_issues.yaml:2:60: Unknown key 'untill'.
            - {scenario: a, consumer: c, check: outcomes, symptom: "", untill: 2026-12-31}
                                                                       ^
          Did you mean 'until'?
          Allowed: scenario, consumer, check, symptom, cause, remedy, owner, link, until.""")


def test_unknown_checks_and_second_entries_are_told(load: LoadIssues) -> None:
    """A misspelt check would expect a failure that can never come."""
    with pytest.raises(Problems) as refused:
        load("""\
            - {scenario: a, consumer: b, check: [outcomes, dedline], symptom: s, until: 2026-12-31}
            - {scenario: a, consumer: b, check: lost_write, symptom: s, until: 2026-12-31}
            """)

    assert [
        f"{problem.position} {problem.message} {problem.suggestion}" for problem in refused.value.problems
    ] == [
        "known_issues.yaml:1:48 Unknown check 'dedline'. deadline",
        "known_issues.yaml:2:37 Unknown check 'lost_write'. lost_writes",
        "known_issues.yaml:2:3 a on b stands here a second time; the first is at known_issues.yaml:1:3. None",
    ]
