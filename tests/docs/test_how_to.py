"""Each how-to is followed word by word in an empty folder: its files are written, its commands are run as pasted."""

from pathlib import Path

import pytest

from tests.docs.terminal import Terminal, needs

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_a_service(tmp_path: Path):
    """A Node.js, a Java and a Go service get from nothing to a true verdict."""
    needs("node", "java", "go")
    Terminal(tmp_path).follow(HOW_TO / "http-service.md")


def test_a_python_object(tmp_path: Path):
    """A Python class does, and keeps its token for ever until it is mended."""
    Terminal(tmp_path).follow(HOW_TO / "python-object.md")


def test_a_command(tmp_path: Path):
    """A script does, and opens three tickets for one fire until it is mended."""
    Terminal(tmp_path).follow(HOW_TO / "command.md")


def test_a_scenario(tmp_path: Path):
    """Somebody who has the Python project writes a scenario of their own, sees it fail, and mends the caller."""
    terminal = Terminal(tmp_path)
    terminal.write_files(HOW_TO / "python-object.md")
    terminal.follow(HOW_TO / "scenario.md")


def test_https(tmp_path: Path):
    """The caller of the Python page refuses certificates that it must refuse, and is given a good one to take."""
    terminal = Terminal(tmp_path)
    terminal.write_files(HOW_TO / "python-object.md")
    terminal.follow(HOW_TO / "https.md")


def test_own_tests(tmp_path: Path):
    """The fixtures work in a project that has a contract and nothing else of ours."""
    Terminal(tmp_path).follow(HOW_TO / "own-tests.md")


def test_ci(tmp_path: Path):
    """A team whose program fails makes its first CI run green, and everything new still fails."""
    terminal = Terminal(tmp_path)
    terminal.write_files(HOW_TO / "python-object.md", mended=False)
    terminal.follow(HOW_TO / "ci.md")


def test_serve(tmp_path: Path):
    """A lab that is served is asked, broken and mended from a second terminal."""
    needs("curl")
    terminal = Terminal(tmp_path)
    assert terminal.run("crm-contracts new contract my-crm").returncode == 0
    terminal.follow(HOW_TO / "serve.md")


def test_diagnose(tmp_path: Path):
    """Incident B from nothing to its byte: a request that fails beside the one that works."""
    Terminal(tmp_path).follow(HOW_TO / "diagnose.md")


def test_changes(tmp_path: Path):
    """A contract and a caller get from nothing to what a change breaks, its notice, and a probe of a live CRM."""
    Terminal(tmp_path).follow(HOW_TO / "changes.md")


def test_a_host_that_is_wired_in(tmp_path: Path):
    """A program whose address nobody can change is led to the lab, and what would leave it is named."""
    Terminal(tmp_path).follow(HOW_TO / "wired-in-hosts.md")


def test_a_spare_address(tmp_path: Path):
    """A program that never used its spare does, and comes back."""
    Terminal(tmp_path).follow(HOW_TO / "spare.md")


def test_every_page_is_followed():
    """A page that no test names would not be known to work."""
    text = Path(__file__).read_text(encoding="utf-8")
    assert [page.name for page in sorted(HOW_TO.glob("*.md")) if f'"{page.name}"' not in text] == []


def test_payloads(tmp_path: Path):
    """A null that the contract allows crashes the Python project; it is found, pinned and mended."""
    terminal = Terminal(tmp_path)
    terminal.write_files(HOW_TO / "python-object.md")
    terminal.follow(HOW_TO / "payloads.md")


def test_pact(tmp_path: Path):
    """What the Python project asks is recorded, compared, verified, and added to by hand."""
    terminal = Terminal(tmp_path)
    terminal.write_files(HOW_TO / "python-object.md")
    terminal.follow(HOW_TO / "pact.md")


def test_provider(tmp_path: Path):
    """A CRM with an old parser breaks on a comma; another host is asked only where it is named twice."""
    Terminal(tmp_path).follow(HOW_TO / "provider.md")
