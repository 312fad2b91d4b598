"""The small project of the edge's tests, and the command as a person calls it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from crm_contracts.cli import main
from crm_contracts.model.language import choose_language
from tests.project.shop import write_settings, write_shop


@dataclass(frozen=True, slots=True)
class Called:
    """What a call gave back."""

    returncode: int
    stdout: str
    stderr: str


Command = Callable[..., Called]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project's root, in which the command is called."""
    write_settings(tmp_path)
    write_shop(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def call(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Command]:
    """Call `crm-contracts` in the project."""
    for name in ("LANG", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)

    def called(*words: str) -> Called:
        try:
            code = main(words)
        except SystemExit as end:
            code = int(end.code or 0)
        return Called(code, *capsys.readouterr())

    yield called
    choose_language("en")
