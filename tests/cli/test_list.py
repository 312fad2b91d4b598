"""`crm-contracts list`."""

from pathlib import Path

import pytest

from crm_contracts.cli.rows import rows
from crm_contracts.faults import FAULTS
from crm_contracts.reports.columns import width
from tests.cli.conftest import Command
from tests.project.shop import write


def entries(stdout: str) -> dict[str, str]:
    """Names with their sentences: a line that is set in goes on with the one above."""
    found: dict[str, str] = {}
    for line in stdout.splitlines():
        name, _gap, text = line.partition("  ")
        found |= {name: text} if name else {list(found)[-1]: f"{[*found.values()][-1]} {text.strip()}"}
    return {name: " ".join(text.split()) for name, text in found.items()}


def test_faults_and_checks_with_their_sentences(call: Command):
    """Each whole, under each other; also in a log no line is wider than a small terminal."""
    faults = call("list", "faults")
    assert (faults.returncode, faults.stderr) == (0, "")
    assert len(entries(faults.stdout)) == len(FAULTS)
    assert entries(faults.stdout)["down"] == "The CRM is away: open connections end, new ones are refused."
    checks = call("list", "checks").stdout
    assert "token_refresh  " in checks


def test_scenarios_own_and_shipped(call: Command):
    """The project's by their files, the shipped ones marked, so that both can be described and copied."""
    result = call("list", "scenarios")
    lines = entries(result.stdout)
    assert result.returncode == 0
    assert lines["away"] == "The CRM answers 503"
    assert "deep/half-answers" in lines
    assert "builtin/auth/token-expired" in lines


@pytest.mark.parametrize("what", ["faults", "checks", "scenarios", "consumers", "calls"])
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_no_list_is_wider_than_a_terminal(call: Command, what: str, language: str):
    """In both languages, whose letters take one column or two."""
    lines = call("--crm-lang", language, "list", what).stdout.splitlines()
    assert max(map(width, lines)) <= 80


def test_consumers_and_calls(call: Command):
    """Who calls what, and the words for `try`."""
    assert call("list", "consumers").stdout.splitlines()[0].split("  ")[0] == "brittle"
    calls = call("list", "calls").stdout
    assert "sound.find_order    reads: getOrder (order_id)" in calls


def test_a_consumer_that_cannot_be_read(shop: Path, call: Command):
    """The others are listed, its problem is told at its place, and the exit code is 1."""
    write(
        shop, "contracts/tiny-crm/consumers/wrong.yaml", "consumer: wrong\ndriver: {pyton: a:b}\ncalls: {}\n"
    )
    result = call("list", "consumers")
    assert result.returncode == 1
    assert "brittle" in result.stdout
    assert "contracts/tiny-crm/consumers/wrong.yaml:2:10: Unknown key 'pyton'." in result.stderr


@pytest.mark.parametrize("word, meant", [("nothing", None), ("fault", "'faults'")])
def test_other_words_are_refused(call: Command, word: str, meant: str | None):
    """With all that can be listed, and the nearest."""
    result = call("list", word)
    assert result.returncode == 4
    assert f"There is nothing to list under '{word}'." in result.stderr
    assert "Allowed: faults, checks, mutations, scenarios, consumers, calls." in result.stderr
    assert meant is None or f"Did you mean {meant}?" in result.stderr


def test_where_nothing_is(tmp_path: Path, call: Command, monkeypatch: pytest.MonkeyPatch):
    """Exit 5, and the next step."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "pytest.ini").write_text("[pytest]\n")
    monkeypatch.chdir(tmp_path / "empty")
    result = call("list", "consumers")
    assert result.returncode == 5
    assert "new consumer NAME" in result.stderr


def test_a_terminal_has_its_columns():
    """Sentences go on below themselves; a name that is too long has a line of its own; wide letters count twice."""
    long = "a-name-that-is-longer-than-a-third"
    pairs = [("down", "The CRM is away for all."), (long, "Short."), ("单", "部分功能受限部分功能受限")]
    lines = list(rows(pairs, columns=48))
    assert lines[:2] == ["down" + " " * 17 + "The CRM is away for all.", long]
    assert lines[2] == " " * 21 + "Short."
    assert lines[3] == "单" + " " * 19 + "部分功能受限部分功能受限"
