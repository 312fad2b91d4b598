"""Each how-to is followed word by word in an empty folder: its files are written, its commands are run as pasted."""

from pathlib import Path

import pytest

from tests.docs.terminal import Terminal, needs

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_a_service(tmp_path: Path):
    """A Node.js and a Java service get from nothing to a true verdict."""
    needs("node", "java")
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


def test_every_page_is_followed():
    """A page that no test names would not be known to work."""
    text = Path(__file__).read_text(encoding="utf-8")
    assert [page.name for page in sorted(HOW_TO.glob("*.md")) if f'"{page.name}"' not in text] == []
