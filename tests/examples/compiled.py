"""Callers in other languages, compiled where that is needed: once, however many workers ask for them."""

import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from fcntl import LOCK_EX, flock
from pathlib import Path

import pytest

from tests.examples.stage import ROOT

MADE = ROOT / "build" / "languages"
ENVIRONMENT = {"CGO_ENABLED": "0", "GOTOOLCHAIN": "local"}


def needs(program: str, untried: str) -> None:
    """CI must have each runtime; elsewhere what is left untried is told."""
    if shutil.which(program) is not None:
        return
    missing = f"{program} IS NOT INSTALLED, so it is not tried here that {untried}"
    pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)


def make(name: str, command: Sequence[str], folder: Path, sources: Iterable[Path]) -> None:
    """Run a compiler in a folder, unless what it made last is newer than all sources; one worker does it, the others wait."""
    MADE.mkdir(parents=True, exist_ok=True)
    stamp = MADE / f"{name}.made"
    with (MADE / f"{name}.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if stamp.exists() and all(source.stat().st_mtime < stamp.stat().st_mtime for source in sources):
            return
        subprocess.run(command, cwd=folder, env={**os.environ, **ENVIRONMENT}, check=True, timeout=280)
        stamp.touch()
