"""Known issues: the named checks may fail, and nothing else may happen."""

from pathlib import Path

import pytest

from tests.project.shop import known_issue, write, write_consumer

RUN = ("--crm-contracts", "--crm-engine", "embedded", "-rxX")
BRITTLE = "scenarios/away.yaml::brittle"


def test_a_known_failure_is_expected(shop: Path, pytester: pytest.Pytester):
    """Exit 0, an expected failure with its symptom, and `xfailed` in the table."""
    write(shop, "known_issues.yaml", known_issue("away", "brittle", "outcomes"))
    result = pytester.runpytest_inprocess(*RUN, "scenarios/away.yaml")
    result.assert_outcomes(passed=1, xfailed=1)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(
        [
            "away  xfailed  passed",
            "1 passed, 1 failed as known;*",
            f"XFAIL {BRITTLE} - known: It expects no trouble",
        ]
    )


def test_runxfail_shows_the_failure_in_full(shop: Path, pytester: pytest.Pytester):
    """As if nothing were known."""
    write(shop, "known_issues.yaml", known_issue("away", "brittle", "outcomes"))
    result = pytester.runpytest_inprocess(*RUN, "--runxfail", BRITTLE)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["outcomes: during: find_order was crashed*", "outcomes failed", "Replay exactly*"]
    )


def test_runxfail_lets_a_mended_run_pass(shop: Path, pytester: pytest.Pytester):
    """As if nothing were known, here too."""
    write(shop, "known_issues.yaml", known_issue("away", "sound", "outcomes"))
    result = pytester.runpytest_inprocess(*RUN, "--runxfail", "scenarios/away.yaml::sound")
    result.assert_outcomes(passed=1)


NOT_EXCUSED = {
    "mended": (
        "sound",
        ("outcomes",),
        "outcomes did not fail, although a known issue says so: take it out of*",
    ),
    "half-mended": (
        "brittle",
        ("outcomes", "deadline"),
        "deadline did not fail, although a known issue says so: *",
    ),
    "another": (
        "brittle",
        ("deadline",),
        "Beyond the known issue, which names deadline only, this failed too: outcomes",
    ),
    "ended": (
        "brittle",
        ("outcomes",),
        "The known issue ran out on 2020-01-31: mend it, or give it another day. *",
    ),
    "doubtful": (
        "brittle",
        ("outcomes",),
        "A failure is known here, but * is unknown, which no known issue*",
    ),
}
"""By scenario: the consumer, the checks that are said to fail, and what is told."""


def test_what_a_known_issue_does_not_excuse(shop: Path, pytester: pytest.Pytester):
    """Mended, mended by half, another check, a day that has passed, a doubt: the item fails, with a sentence."""
    issues = ""
    for name, (consumer, checks, _sentence) in NOT_EXCUSED.items():
        never = ", every_nth: 50" if name == "doubtful" else ""
        write(
            shop,
            f"scenarios/{name}.yaml",
            f"scenario: {name}\ntitle: Away\nconsumers: [{consumer}]\nduring: [{{call: reads}}]\n"
            f"faults: [{{fault: status, code: 503{never}}}]\n",
        )
        until = "2020-01-31" if name == "ended" else "2999-12-31"
        issues += known_issue(name, consumer, *checks, until=until)
    write(shop, "known_issues.yaml", issues)
    result = pytester.runpytest_inprocess(*RUN, *(f"scenarios/{name}.yaml" for name in NOT_EXCUSED))
    result.assert_outcomes(failed=len(NOT_EXCUSED))
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines([sentence for _consumer, _checks, sentence in NOT_EXCUSED.values()])


def test_a_lab_failure_is_not_excused(shop: Path, pytester: pytest.Pytester):
    """A lab that dies says nothing about the known defect."""
    write(shop, "known_issues.yaml", known_issue("away", "brittle", "outcomes"))
    pytester.makeconftest(
        "import psutil, pytest\n"
        "def pytest_runtest_setup(item):\n"
        "    item.case.crm.conductor.baseline(item.case.planned.baseline)\n"
        "    lab = item.case.crm.keeper.lab()\n"
        "    lab.execute = lambda run: _gone()\n"
        "def _gone():\n"
        "    from crm_contracts.host import LabGone\n"
        "    raise LabGone('the lab is gone')\n"
    )
    result = pytester.runpytest_inprocess(*RUN, BRITTLE)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["A failure is known here, but lab is unknown*"])


def test_a_baseline_that_fails_as_known_does_not_hide_the_rest(shop: Path, pytester: pytest.Pytester):
    """Its scenarios are judged, each by what is known of it."""
    write_consumer(shop, "broken")
    write(
        shop,
        "known_issues.yaml",
        known_issue("baseline", "broken", "outcomes") + known_issue("away", "broken", "outcomes", "recovery"),
    )
    result = pytester.runpytest_inprocess(*RUN, "-k", "broken and (baseline or away)")
    result.assert_outcomes(xfailed=2)
    result.stdout.no_fnmatch_line("*steady state not reached*")


def test_a_known_issue_of_nothing_is_told(shop: Path, pytester: pytest.Pytester):
    """It would stay forever: nothing could ever tell that it is mended."""
    write(shop, "known_issues.yaml", known_issue("awya", "brittle", "outcomes"))
    result = pytester.runpytest_inprocess(*RUN)
    result.stdout.fnmatch_lines(["known_issues.yaml:1:*: There is no run of awya on brittle."])


def test_known_issues_that_cannot_be_read_are_one_failed_item(shop: Path, pytester: pytest.Pytester):
    """Its errors have positions, and the other files run."""
    write(
        shop,
        "known_issues.yaml",
        "- {scenario: away, consumer: brittle, check: outcome, symptom: x, until: soon}\n",
    )
    result = pytester.runpytest_inprocess(*RUN)
    result.assert_outcomes(passed=5, failed=3)
    result.stdout.fnmatch_lines(["*known_issues.yaml::readable*", "known_issues.yaml:1:*: *"])
