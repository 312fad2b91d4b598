"""`crm-contracts describe`, and the reference pages that are made from the same words."""

import shlex
import subprocess
from pathlib import Path

import pytest

from crm_contracts.cli.pages import pages
from crm_contracts.reports.columns import width
from tests.cli.conftest import Command

ROOT = Path(__file__).parents[2]


def test_a_check(call: Command):
    """Its meaning, where it applies, an example, and what usually mends it."""
    result = call("describe", "check", "token_refresh")
    assert result.returncode == 0
    assert result.stdout.startswith("check token_refresh\n\nA refused or expired token is replaced once")
    assert "example:\n  {check: token_refresh}\n" in result.stdout
    assert "what usually mends it:\n  - Take the lifetime from each token's own `expires_in`" in result.stdout
    assert all(width(line) <= 80 for line in result.stdout.splitlines())


def test_a_fault(call: Command):
    """Its settings with what may stand there, defaults and units."""
    told = call("describe", "fault", "latency").stdout
    assert (
        "  latency: duration (200ms, 2s, 1h, or 2 * deadline); must be written\n      How late everything is."
        in told
    )
    assert "  jitter: duration (200ms, 2s, 1h, or 2 * deadline); default: 0 ms\n" in told
    assert "settings that such faults share:\n" in told


def test_a_scenario_with_whom_it_asks_here(shop: Path, call: Command):
    """The command that it prints runs as pasted."""
    told = call("describe", "scenario", "away").stdout
    assert told.startswith("scenario away\n\nThe CRM answers 503\n")
    assert "asks:       brittle, sound\n" in told
    command = told.splitlines()[-1].strip()
    words = [*shlex.split(command), "--collect-only", "-q"]
    answer = subprocess.run(words, cwd=shop, capture_output=True, text=True, timeout=60, check=False)
    assert "scenarios/away.yaml::brittle" in answer.stdout


def test_a_shipped_scenario_and_why_it_does_not_fit(call: Command):
    """What is not run here can be read, too."""
    told = call("describe", "scenario", "auth/token-expired").stdout
    assert "file:    builtin/auth/token-expired.yaml" in told
    assert "asks:  nobody here" in told
    assert "not:   brittle: this contract asks for no credential" in told


def test_a_name_alone_is_looked_for_everywhere(call: Command):
    """One word is enough where it means one thing."""
    assert call("describe", "down").stdout.startswith("fault down\n")
    assert call("describe", "deadline").stdout.startswith("check deadline\n")
    assert call("describe", "half-answers").stdout.startswith("scenario half-answers\n")


@pytest.mark.parametrize(
    "words, sentence",
    [
        (("fault", "latancy"), "There is no fault 'latancy'.\n  Did you mean 'latency'?"),
        (("check", "timeout"), "There is no check 'timeout'."),
        (("scenario", "awy"), "There is no scenario 'awy'.\n  Did you mean 'away'?"),
        (
            ("outcome",),
            "There is no check, fault, mutation or scenario 'outcome'.\n  Did you mean 'outcomes'?",
        ),
        (("toxic", "nan"), "'toxic' cannot be described."),
        (("mutation", "nann"), "There is no mutation 'nann'.\n  Did you mean 'nan'?"),
        ((), "Say what to describe: "),
        (("--all",), "--all, --markdown and --check go together: "),
    ],
)
def test_words_that_mean_nothing(call: Command, words: tuple[str, ...], sentence: str):
    """Exit 4, the nearest word, the alternatives."""
    result = call("describe", *words)
    assert (result.returncode, result.stdout) == (4, "")
    assert sentence in result.stderr


def test_the_reference_pages_are_written_and_checked(shop: Path, call: Command):
    """A page that is missing or was changed by hand is told, with the command that writes it."""
    assert call("describe", "--all", "--markdown", "--check").returncode == 1
    assert (
        call("describe", "--all", "--markdown").stdout.splitlines()[0]
        == "docs/reference/faults.md is written."
    )
    assert call("describe", "--all", "--markdown", "--check").returncode == 0
    (shop / "docs/reference/checks.md").write_text("by hand")
    result = call("--crm-lang", "zh_CN", "describe", "--all", "--markdown", "--check")
    assert result.returncode == 1
    assert result.stderr.count("checks.md") == 1
    assert "faults.md" not in result.stderr


@pytest.mark.parametrize("name", ["faults.md", "checks.md", "mutations.md", "scenarios.md"])
def test_the_docs_are_current(name: str):
    """`make docs` writes them anew."""
    assert (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8") == pages()[name]
