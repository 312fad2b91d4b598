"""Payload cases as pytest items: who asks for them gets them, each call and kind by itself."""

from pathlib import Path

import pytest

from tests.project.shop import known_issue, write, write_settings

FILE = "contracts/tiny-crm/consumers/brittle.yaml"


def run(pytester: pytest.Pytester, *words: str) -> pytest.RunResult:
    """A pytest of its own, as a user starts it."""
    return pytester.runpytest_subprocess("--crm-contracts", "--crm-engine", "embedded", *words)


def test_nobody_gets_them_unasked(shop: Path, pytester: pytest.Pytester) -> None:
    """A plain run has the items that it always had."""
    result = run(pytester, "--collect-only", "-q")
    result.stdout.no_fnmatch_line("*malformed*")


@pytest.mark.parametrize(
    "words", [("--crm-payloads", "ci"), ("-m", "crm_malformed"), (f"{FILE}::find_order::malformed",)]
)
def test_an_option_a_marker_or_an_id_asks_for_them(
    shop: Path, pytester: pytest.Pytester, words: tuple[str, ...]
) -> None:
    """An id from a report can be pasted as it stands; a contract without schemas has malformed answers only."""
    result = run(pytester, "--collect-only", "-q", *words)
    result.stdout.fnmatch_lines([f"{FILE}::find_order::malformed"])
    result.stdout.no_fnmatch_line("*::payloads")


def test_the_ini_file_asks_for_them_too(shop: Path, pytester: pytest.Pytester) -> None:
    """And a wrong word is a usage error."""
    write_settings(pytester.path, "crm_payloads = ci")
    run(pytester, "--collect-only", "-q").stdout.fnmatch_lines(["*::find_order::malformed"])
    write_settings(pytester.path, "crm_payloads = many")
    wrong = run(pytester)
    assert wrong.ret == 4
    wrong.stderr.fnmatch_lines(["*crm_payloads: 'many' is none of off, ci, drill*"])


def test_a_failure_is_told_small_and_can_be_done_again_and_pinned(
    shop: Path, pytester: pytest.Pytester
) -> None:
    """The answer with a caret, the exception with its line, the layer, and both commands; in 80 columns but for commands."""
    result = run(pytester, "-m", "crm_malformed", "-k", "brittle")
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "outcomes: find_order crashed (*) on a malformed answer (*",
            "  layer: response (what the CRM answered)",
            "*^ byte *",
            "*shop.py:* in find_order",
            "*pin it as a scenario:",
            "*crm-contracts pin brittle.find_order getOrder --body*",
            "*and with * other mutations:",
            "Replay exactly this run:",
            f'*--crm-contracts "{FILE}::find_order::malformed" --crm-seed 0*',
        ]
    )
    told = [line for line in result.outlines[6:] if "crm-contracts" not in line and "FAILED" not in line]
    assert max(map(len, told)) <= 80


def test_a_known_issue_expects_the_failure_and_nothing_else(shop: Path, pytester: pytest.Pytester) -> None:
    """Strict, by check, as for scenarios."""
    write(pytester.path, "known_issues.yaml", known_issue('"find_order::malformed"', "brittle", "outcomes"))
    run(pytester, "-m", "crm_malformed", "-k", "brittle").assert_outcomes(xfailed=1)
    write(pytester.path, "known_issues.yaml", known_issue('"find_order::malformed"', "brittle", "truthful"))
    result = run(pytester, "-m", "crm_malformed", "-k", "brittle")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["Beyond the known issue*"])


def test_a_missing_extra_fails_with_the_command_that_installs_it(
    shop: Path, pytester: pytest.Pytester
) -> None:
    """Asked for and not to be had is no reason to skip."""
    write(pytester.path, "hypothesis.py", "raise ImportError('no hypothesis here')\n")
    result = pytester.runpytest_subprocess(
        "--crm-contracts",
        "--crm-engine",
        "embedded",
        "--crm-payloads",
        "ci",
        "-k",
        "malformed and brittle",
        "-o",
        "pythonpath=.",
    )
    assert result.ret == 1
    result.stdout.fnmatch_lines(['*Install it with: pip install "pytest-crm-contracts?payloads?"'])


def test_they_run_in_xdist_workers(shop: Path, pytester: pytest.Pytester) -> None:
    """Each worker has its own lab."""
    result = run(pytester, "-m", "crm_malformed", "-n", "2")
    result.assert_outcomes(failed=2)
