"""The one line that does a run again, as it can be pasted into a shell."""

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

_SPECIAL = frozenset('"$`\\!')


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """Writes replay commands: for people who stand in the folder `here`, of a project whose ids begin at `root`.

    >>> replay = Replay(root=Path("/p"), here=Path("/p"), program="pytest", seed=7)
    >>> replay.command("scenarios/down.yaml::vac")
    'pytest --crm-contracts "scenarios/down.yaml::vac" --crm-seed 7'
    """

    root: Path
    here: Path
    seed: int = 0
    program: str = "pytest"
    options: tuple[str, ...] = ()

    def command(self, item: str) -> str:
        """The command for one item id."""
        words = (self.program, "--crm-contracts", _quoted(self._seen_from_here(item)))
        return " ".join((*words, "--crm-seed", str(self.seed), *self.options))

    def _seen_from_here(self, item: str) -> str:
        file, separator, name = item.partition("::")
        if file.startswith("builtin/") or not (self.root / file).exists():
            return item
        return f"{Path(os.path.relpath(self.root / file, self.here)).as_posix()}{separator}{name}"


def pytest_program(here: Path, python: Path | None = None) -> str:
    """How pytest of this environment is called from a folder: by its name where the shell finds just this one.

    >>> pytest_program(Path("/p"), python=Path("/p/.venv/bin/python"))
    '.venv/bin/python -m pytest'
    """
    python = python or Path(sys.executable)
    found = shutil.which("pytest")
    if found and Path(found).parent == python.parent:
        return "pytest"
    shown = python.relative_to(here) if python.is_relative_to(here) else python
    return f"{_word(shown.as_posix())} -m pytest"


def _quoted(text: str) -> str:
    import shlex

    return shlex.quote(text) if _SPECIAL & set(text) else f'"{text}"'


def _word(text: str) -> str:
    import shlex

    return shlex.quote(text)
