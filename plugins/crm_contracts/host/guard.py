"""The guard: a small process above the lab that outlives both the lab and the runner by a moment.

It is a program of its own and imports the standard library only. It starts the lab process, reads the process groups
that the lab starts from a pipe, and when the runner or the lab is gone it kills those groups and deletes our proxies on
an attached Toxiproxy. `kill -9` of the runner closes the runner's end of the pipe: nothing else is needed.

Usage: python guard.py LIFE ORDERS ANSWERS MARK -- LAB COMMAND...    (the first three are file descriptors)
"""

import contextlib
import os
import runpy
import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path

SWEEP = Path(__file__).parents[1] / "lab" / "engines" / "sweep.py"
PATIENCE = 2.0
"""Seconds that the lab has to go by itself once its runner is gone."""


def main(arguments: "list[str]") -> int:
    """Run the lab under guard; returns when both are gone and everything is clean."""
    life, orders, answers = (int(word) for word in arguments[:3])
    mark, command = arguments[3], arguments[5:]
    # A handler, not SIG_IGN: what is ignored stays ignored in every program that is started below.
    signal.signal(signal.SIGINT, lambda *_: None)
    noted, notes = os.pipe()
    guarded, alive = os.pipe()
    passed = (orders, answers, notes, guarded)
    lab = subprocess.Popen(
        [*command, *map(str, passed)],
        pass_fds=passed,
        env={**os.environ, "CRM_LAB_MARK": mark},
        start_new_session=True,
    )
    for descriptor in passed:
        os.close(descriptor)
    book = _watch(life, noted)
    os.close(alive)
    _end(lab)
    _clean(book, mark)
    return 0


def _watch(life: int, noted: int) -> "Book":
    """Read notes until the runner or the lab is gone."""
    book, rest = Book(), b""
    while True:
        ready, _writable, _broken = select.select([life, noted], [], [])
        if noted in ready:
            data = os.read(noted, 65536)
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                book.note(line.decode())
            if not data:
                return book
        elif life in ready and not os.read(life, 1):
            return book


class Book:
    """What the lab has started and not yet ended."""

    def __init__(self) -> None:
        self.groups: set[int] = set()
        self.sweeps: set[tuple[str, str]] = set()
        self.folders: set[str] = set()

    def note(self, line: str) -> None:
        """Take one note: `+PID` (a group began), `-PID` (it ended), `~URL PREFIX` (proxies to be swept), or a folder."""
        kind, what = line[:1], line[1:]
        if kind == "+":
            self.groups.add(int(what))
        elif kind == "-":
            self.groups.discard(int(what))
        elif kind == "~":
            url, _space, prefix = what.partition(" ")
            self.sweeps.add((url, prefix))
        elif kind == "/":
            self.folders.add(line)


def _end(lab: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(subprocess.TimeoutExpired):
        lab.wait(PATIENCE)
    _kill(lab.pid)
    lab.wait()


def _clean(book: Book, mark: str) -> None:
    for group in book.groups:
        _kill(group)
    for escaped in _marked(mark):
        with contextlib.suppress(OSError):
            os.kill(escaped, signal.SIGKILL)
    for folder in book.folders:
        shutil.rmtree(folder, ignore_errors=True)
    if book.sweeps:
        sweep = runpy.run_path(str(SWEEP))["sweep"]
        for url, prefix in book.sweeps:
            sweep(url, prefix)


def _kill(group: int) -> None:
    with contextlib.suppress(OSError):
        os.killpg(group, signal.SIGKILL)


def _marked(mark: str) -> "list[int]":
    """Processes that left their group but still carry our mark (where /proc tells)."""
    found, wanted = [], f"CRM_LAB_MARK={mark}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
    return [pid for pid in found if pid != os.getpid()]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
