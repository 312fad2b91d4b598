"""A terminal in which the commands of a page are run: a shell whose PATH begins with our environment."""

import atexit
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.docs.page import Block, Command, blocks, commands, missing

BIN = Path(sys.executable).parent
NOISE = "asyncio randomly schemathesis hypothesispytest pact anyio django socket cacheprovider"
"""Plugins that the environment of our tests has for the sake of others; and the cache, in which a page run in the clone would
write over the memory of the tests around it."""
RUNTIME = Path(tempfile.mkdtemp(prefix="crm-"))
"""Where labs of this process are served by name: those of other workers, and of whoever works here, have theirs elsewhere."""
atexit.register(shutil.rmtree, RUNTIME, ignore_errors=True)
_OURS = ("PYTEST_", "CRM_", "COV_", "LANG", "LC_", "GITHUB_")


@dataclass(frozen=True, slots=True)
class Terminal:
    """Follows a page word by word in a folder; `exported` is what its shell exported."""

    folder: Path
    exported: dict[str, str] = field(default_factory=dict)

    def follow(self, page: Path) -> None:
        """Write its files and run its commands, in the order in which they stand there."""
        with ExitStack() as background:
            for block in blocks(page):
                self._edit(block)
                if "background" in block.notes:
                    background.enter_context(self.beside(block))
                elif block.is_terminal:
                    self.type(block)

    @contextmanager
    def beside(self, block: Block) -> Iterator[None]:
        """A command that goes on in a terminal of its own; what it tells to export is pasted into this one."""
        (command,) = commands(block)
        printed = self.folder / ".printed"
        with printed.open("wb") as output:
            process = subprocess.Popen(
                ["bash", "-c", f"exec {command.words}"],
                cwd=self.folder,
                env=environment(),
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            self._paste(printed, process, command)
            yield
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(20)

    def _paste(self, printed: Path, process: "subprocess.Popen[bytes]", command: Command) -> None:
        give_up = time.monotonic() + 60
        while (lost := missing(command.shown, text := printed.read_text(encoding="utf-8"))) is not None:
            assert process.poll() is None, f"{command.words} ended:\n{text}"
            assert time.monotonic() < give_up, f"{command.words} did not print {lost!r}:\n{text}"
            time.sleep(0.1)
        self.exported.update(re.findall(r"^export (\w+)=(.*)$", text, flags=re.MULTILINE))

    def write_files(self, page: Path, *, mended: bool = True) -> None:
        """Write its files as they are at its end, or before anything was mended, and run nothing."""
        for block in blocks(page):
            if mended or "replaces" not in block.notes:
                self._edit(block)

    def write(self, file: str, text: str) -> None:
        """Write a file as a reader would."""
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def replace(self, file: str, begins: str, text: str) -> None:
        """Put a text in the place of the lines from the first one that begins so to the next empty one."""
        path = self.folder / file
        parts = path.read_text(encoding="utf-8").split("\n\n")
        (place,) = (
            number
            for number, part in enumerate(parts)
            if re.search(f"^{re.escape(begins)}", part, re.MULTILINE)
        )
        kept = re.split(f"^{re.escape(begins)}", parts[place], maxsplit=1, flags=re.MULTILINE)[0]
        parts[place] = kept + text.rstrip("\n")
        path.write_text("\n\n".join(parts).rstrip("\n") + "\n", encoding="utf-8")

    def type(self, block: Block) -> None:
        """Run the commands of a block and hold what they print against what is shown."""
        told = commands(block)
        assert told, f"line {block.line}: a terminal without a command"
        for number, command in enumerate(told, 1):
            wanted = int(block.notes.get("exit", "0")) if number == len(told) else 0
            self._run(command, wanted, block)

    def _edit(self, block: Block) -> None:
        if not block.file or "not run" in block.notes:
            return
        if "replaces" in block.notes:
            self.replace(block.file, block.notes["replaces"].strip("`"), block.text)
        else:
            self.write(block.file, block.text)

    def _run(self, command: Command, wanted: int, block: Block) -> None:
        # A clone's own environment is the one in which these tests run, wherever that lies.
        words = re.sub(r"^\.venv/bin/", f"{BIN}/", block.notes.get("instead", command.words))
        done = self.run(words)
        where = f"line {block.line}: $ {words}"
        assert done.returncode == wanted, (
            f"{where}\nended with {done.returncode}, not {wanted}:\n{done.stdout}"
        )
        lost = missing(command.shown, done.stdout)
        assert lost is None, f"{where}\ndid not print {lost!r} (in this order):\n{done.stdout}"

    def run(self, words: str) -> subprocess.CompletedProcess[str]:
        """Run one command; both of its streams are one, as on a terminal."""
        return subprocess.run(
            ["bash", "-c", words],
            cwd=self.folder,
            env={**environment(), **self.exported},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=240,
            check=False,
        )


def environment() -> dict[str, str]:
    """The environment of a fresh shell in which our environment was activated."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    quiet = " ".join(f"-p no:{name}" for name in NOISE.split())
    return {
        **kept,
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": "100",
        "LANG": "C.UTF-8",
        "PYTEST_ADDOPTS": quiet,
        "PYTHONDONTWRITEBYTECODE": "1",
        "XDG_RUNTIME_DIR": str(RUNTIME),
    }


def needs(*programs: str) -> None:
    """Fail, rather than skip, where a page's runtime is not installed: an example that is not run is not known to work."""
    for program in programs:
        if shutil.which(program) is None:
            pytest.fail(
                f"{program} is not installed, so this page cannot be tried; install it (CI needs it too)"
            )
