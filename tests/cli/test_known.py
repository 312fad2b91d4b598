"""`crm-contracts known`: a team's first CI run is green, and every new failure is red."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.project.shop import known_issue, write, write_consumer

ADD = ("known", "add", "--all-failing", "--until", "2999-01-31", "--owner", "shop team")


def run(scenario: str, consumer: str, **checks: str) -> dict[str, object]:
    """One run of a verdicts.json."""
    return {
        "scenario": scenario,
        "consumer": consumer,
        "checks": [
            {"check": name, "verdict": verdict, "reason": f"{name} said: no\nmore", "remedy": "Mend it."}
            for name, verdict in checks.items()
        ],
    }


def report(shop: Path, *runs: dict[str, object]) -> str:
    """A verdicts.json."""
    write(shop, "report/verdicts.json", json.dumps({"schema": 1, "runs": list(runs)}))
    return "report/verdicts.json"


@pytest.mark.slow
def test_all_that_fails_becomes_known_and_ci_is_green(shop: Path, call: Command):
    """Also what stood behind a baseline that fails: it is run again once that is known. Then pytest is green."""
    write_consumer(shop, "broken")
    result = call(*ADD, "--engine", "embedded")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.splitlines()[-1] == "5 known, 0 new"
    text = (shop / "known_issues.yaml").read_text()
    assert text.count("- scenario: ") == 5
    assert "- scenario: baseline\n  consumer: broken\n  check: [outcomes]\n" in text
    answer = subprocess.run(
        [sys.executable, "-m", "pytest", "--crm-contracts", "--crm-engine", "embedded", "-q"],
        cwd=shop,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout
    assert "5 xfailed" in answer.stdout


def test_from_the_last_report(shop: Path, call: Command):
    """Nothing is run; comments and entries stay; the symptom is the finding's first line."""
    before = f"# Ours.\n{known_issue('away', 'brittle', 'outcomes')}# end\n"
    write(shop, "known_issues.yaml", before)
    file = report(
        shop,
        run("away", "brittle", outcomes="failed", deadline="passed"),
        run("half-answers", "brittle", outcomes="failed", recovery="failed"),
        run("away", "sound", outcomes="passed"),
    )
    result = call(*ADD, "--from", file)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == "known_issues.yaml: 1 entry was added.\n2 known, 0 new\n"
    text = (shop / "known_issues.yaml").read_text()
    assert text.startswith(before.rstrip())
    assert '  check: [outcomes, recovery]\n  symptom: "outcomes said: no"\n  remedy: "Mend it."\n' in text
    assert '  owner: "shop team"\n  until: "2999-01-31"\n' in text
    assert call("lint").returncode == 0
    assert call(*ADD, "--from", file).stdout == "2 known, 0 new\n"


def test_what_no_known_issue_excuses_is_told(shop: Path, call: Command):
    """A doubt, an issue that ran out, one that is mended, and what was not judged; exit 1."""
    write(
        shop,
        "known_issues.yaml",
        known_issue("away", "brittle", "outcomes", until="2020-01-01")
        + known_issue("away", "sound", "outcomes"),
    )
    file = report(
        shop,
        run("away", "brittle", outcomes="failed"),
        run("away", "sound", outcomes="passed"),
        run("half-answers", "brittle", outcomes="failed", deadline="unknown"),
        run("half-answers", "sound", steady_state="unknown"),
    )
    result = call(*ADD, "--from", file)
    assert result.returncode == 1
    assert result.stdout.splitlines()[-1] == "0 known, 4 new"
    for line in (
        "away::brittle: its known issue ran out on 2020-01-01: mend it, or give it another day at known_issues.yaml:1:3",
        "away::sound: outcomes: no longer failing; take it out at known_issues.yaml:2:3",
        "half-answers::brittle: deadline: unknown, which no known issue excuses",
        "half-answers::sound: not judged, because its baseline failed",
    ):
        assert line in result.stderr


def test_the_list(shop: Path, call: Command):
    """One a line, with its day, its owner and what is seen; those that ran out are marked."""
    assert call("known", "list").returncode == 5
    issues = known_issue("away", "brittle", "outcomes") + known_issue(
        "away", "sound", "deadline", until="2020-01-01"
    )
    write(shop, "known_issues.yaml", issues)
    result = call("known", "list")
    assert result.returncode == 0
    assert " ".join(result.stdout.split()) == (
        "away::brittle outcomes until 2999-12-31, owner shop team: It expects no trouble "
        "away::sound deadline until 2020-01-01 (ran out), owner shop team: It expects no trouble "
        "2 known, 1 ran out"
    )
    assert max(map(len, result.stdout.splitlines())) <= 80


@pytest.mark.parametrize(
    "words, sentence",
    [
        (("known", "ad"), "Unknown action 'ad'.\n  Did you mean 'add'?"),
        (("known", "add"), "Say it in full: "),
        ((*ADD[:3], "--until", "soon", "--owner", "x"), "'soon' is no day; write it as 2026-12-31"),
        ((*ADD[:3], "--until", "2020-01-01", "--owner", "x"), "2020-01-01 is over"),
    ],
)
def test_words_that_mean_nothing(call: Command, words: tuple[str, ...], sentence: str):
    """Exit 4, and how it is said."""
    result = call(*words)
    assert (result.returncode, result.stdout) == (4, "")
    assert sentence in result.stderr


@pytest.mark.parametrize(
    "text, told",
    [
        ("{", "report.json:1:2: This is no valid JSON"),
        (
            '{"schema": 2, "runs": []}',
            "report.json:1:1: This is no verdicts.json of crm-contracts (schema 1).",
        ),
        ('{"schema": 1, "runs": [{"scenario": "a"}]}', "report.json:1:1: This is no verdicts.json"),
    ],
)
def test_a_report_that_is_none(shop: Path, call: Command, text: str, told: str):
    """Its place, and how a report is written; nothing is changed."""
    write(shop, "report.json", text)
    result = call(*ADD, "--from", "report.json")
    assert result.returncode == 1
    assert told in result.stderr
    assert not (shop / "known_issues.yaml").exists()


def test_a_project_that_cannot_be_read_is_mended_first(shop: Path, call: Command):
    """Its problems are told; nothing is run."""
    write(shop, "scenarios/away.yaml", "scenario: away\n")
    result = call(*ADD)
    assert result.returncode == 1
    assert "scenarios/away.yaml:1:1: The key 'title' is missing." in result.stderr


def test_nothing_to_run(shop: Path, call: Command):
    """It is said, and nothing is written."""
    shutil.rmtree(shop / "contracts/tiny-crm/consumers")
    result = call(*ADD)
    assert result.returncode == 4
    assert "Nothing was run, so nothing is known." in result.stderr
