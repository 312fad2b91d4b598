"""The commands, each called as a person calls it."""

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from crm_contracts.cli import doctor
from tests.cli.conftest import Command
from tests.project.shop import write

BROKEN = "scenario: broken\ntitle: T\nduring: [{call: reads, tmes: 2}]\nfaults: [{fault: latancy}]\n"


def test_help_lists_the_commands_without_loading_them(call: Command):
    """Quick: nothing of third parties is imported."""
    result = call("--help")
    assert result.returncode == 0
    for command in ("lint", "drill", "new", "schema", "doctor"):
        assert f"    {command} " in result.stdout
    code = (
        "import sys, crm_contracts.cli as c\n"
        "try: c.main(['--help'])\n"
        "except SystemExit: pass\n"
        "print([n for n in ('pydantic', 'yaml', 'jsonschema', 'rich', 'pytest', 'crm_contracts.project') if n in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("words", [(), ("drll",), ("drill", "--lanes", "0"), ("drill", "--engine", "steam")])
def test_usage_errors_exit_4(call: Command, words: tuple[str, ...]):
    """As pytest's do."""
    result = call(*words)
    assert (result.returncode, result.stdout) == (4, "")
    assert result.stderr.startswith("usage: crm-contracts")


def test_lint_of_a_sound_project(call: Command):
    """Exit 0 and the number of files."""
    result = call("lint")
    assert (result.returncode, result.stdout) == (0, "Files: 5. Problems: 0.\n")


def test_lint_tells_everything_at_once(shop: Path, call: Command):
    """Every problem of every file, with its place and a caret; exit 2."""
    write(shop, "scenarios/broken.yaml", BROKEN)
    write(shop, "contracts/tiny-crm/data.yaml", "known:\n  order: {in: oders, id: O-1, total: 5}\n")
    result = call("lint")
    assert result.returncode == 2
    assert "scenarios/broken.yaml:3:" in result.stdout
    assert "scenarios/broken.yaml:4:" in result.stdout
    assert "contracts/tiny-crm/data.yaml:2:" in result.stdout
    assert "^" in result.stdout
    assert "Files: 6. Problems: " in result.stdout
    assert "Traceback" not in result.stderr


def test_lint_of_paths(shop: Path, call: Command):
    """A file, a folder, a file that lies elsewhere, and one that does not exist."""
    write(shop, "scenarios/broken.yaml", BROKEN)
    write(shop, "drafts/broken.yaml", BROKEN)
    assert call("lint", "contracts").returncode == 0
    assert call("lint", "scenarios/away.yaml").stdout == "Files: 1. Problems: 0.\n"
    assert call("lint", "scenarios").returncode == 2
    assert "drafts/broken.yaml:3:" in call("lint", "drafts/broken.yaml").stdout
    assert call("lint", "nowhere").returncode == 4


def test_lint_of_nothing(shop: Path, call: Command):
    """Exit 5."""
    for name in ("contracts", "scenarios"):
        (shop / name).rename(shop / f"no-{name}")
    write(shop, "pytest.ini", "[pytest]\ncrm_scenarios = nowhere\n")
    assert call("lint").returncode == 5


def test_a_new_scenario_runs_at_once(shop: Path, call: Command):
    """The printed command runs as pasted; its second start is refused."""
    result = call("new", "scenario", "http/my-worry")
    assert result.returncode == 0
    assert (
        (shop / "scenarios/http/my-worry.yaml")
        .read_text()
        .startswith("# yaml-language-server: $schema=../scenario.schema.json")
    )
    command = next(line for line in result.stdout.splitlines() if "pytest" in line)
    answer = subprocess.run(
        shlex.split(command), cwd=shop, capture_output=True, text=True, timeout=60, check=False
    )
    assert "scenarios/http/my-worry.yaml" in answer.stdout
    assert answer.returncode in {0, 1}
    assert " is there already" in call("new", "scenario", "http/my-worry").stderr
    assert call("lint", "scenarios/http/my-worry.yaml").returncode == 0


@pytest.mark.parametrize("name", ["My Worry", "../../etc/passwd!", "-", ""])
def test_a_name_that_cannot_be_a_scenarios(shop: Path, call: Command, name: str):
    """Exit 4, a sentence, and no file."""
    result = call("new", "scenario", "--", name)
    assert result.returncode == 4
    assert result.stderr
    assert len(list(shop.rglob("*.yaml"))) == 6


def test_the_schema_is_written_printed_and_checked(shop: Path, call: Command):
    """A test of a project can keep it current."""
    assert call("schema", "--check").returncode == 1
    assert call("schema").returncode == 0
    written = (shop / "scenarios/scenario.schema.json").read_text()
    assert "during" in json.loads(written)["required"]
    assert call("schema", "--check").returncode == 0
    assert call("schema", "--out", "-").stdout == written


def test_doctor_tells_what_is_there(call: Command):
    """Python, packages, extras, the engine and why, the project."""
    result = call("doctor")
    assert result.returncode == 0
    labels = {line.split("  ")[0] for line in result.stdout.splitlines()}
    assert {
        "Python",
        "pytest",
        "[drill]",
        "engine",
        "project",
        "contracts",
        "consumers",
        "scenarios",
    } <= labels


def test_doctor_says_how_to_get_what_is_missing(shop: Path, call: Command, monkeypatch: pytest.MonkeyPatch):
    """A binary that cannot be used is named with its reason."""
    (shop / "toxiproxy-server").write_text("#!/bin/sh\necho toxiproxy-server version 1.2.3\n")
    (shop / "toxiproxy-server").chmod(0o755)
    monkeypatch.setenv("CRM_TOXIPROXY_BIN", str(shop / "toxiproxy-server"))
    result = call("doctor")
    assert "version 1.2.3 is not 2.5" in result.stdout
    flat = " ".join(result.stdout.split())
    assert "embedded, because no toxiproxy-server is installed. To have the real one:" in flat


def test_doctor_says_how_runs_go_at_once(call: Command, monkeypatch: pytest.MonkeyPatch):
    """pytest-xdist is no requirement; who lacks it gets the command."""
    there = doctor._version
    monkeypatch.setattr(doctor, "_version", lambda name: None if name == "pytest-xdist" else there(name))
    flat = " ".join(call("doctor").stdout.split())
    assert "pytest-xdist not installed; runs go one after another without it; get it: " in flat
    assert "-m pip install pytest-xdist" in flat


def test_sentences_in_a_language_that_is_asked_for(call: Command):
    """The option is taken before and after the command's name is known."""
    assert call("--crm-lang", "zh_CN", "lint").returncode == 0
