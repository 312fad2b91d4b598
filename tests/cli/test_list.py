"""`crm-contracts list`."""

from pathlib import Path

import pytest

from crm_contracts.cli.rows import rows
from crm_contracts.faults import FAULTS
from tests.cli.conftest import Command
from tests.project.shop import write


def test_faults_and_checks_one_a_line(call: Command):
    """Each with its sentence, however long: other programs read lines."""
    faults = call("list", "faults")
    assert (faults.returncode, faults.stderr) == (0, "")
    assert len(faults.stdout.splitlines()) == len(FAULTS)
    assert any(
        line.split()
        == [
            "down",
            *["The", "CRM", "is", "away:", "open", "connections", "end,", "new", "ones", "are", "refused."],
        ]
        for line in faults.stdout.splitlines()
    )
    checks = call("list", "checks").stdout
    assert "token_refresh  " in checks


def test_scenarios_own_and_shipped(call: Command):
    """The project's by their files, the shipped ones marked, so that both can be described and copied."""
    result = call("list", "scenarios")
    lines = dict(line.split("  ", 1) for line in result.stdout.splitlines())
    assert result.returncode == 0
    assert lines["away"].strip() == "The CRM answers 503"
    assert "deep/half-answers" in lines
    assert "builtin/auth/token-expired" in lines


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


@pytest.mark.parametrize("word, meant", [("mutations", None), ("fault", "'faults'")])
def test_other_words_are_refused(call: Command, word: str, meant: str | None):
    """With all that can be listed, and the nearest."""
    result = call("list", word)
    assert result.returncode == 4
    assert f"There is nothing to list under '{word}'." in result.stderr
    assert "Allowed: faults, checks, scenarios, consumers, calls." in result.stderr
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
