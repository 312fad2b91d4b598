"""One measurement in a process group of its own: it starts fresh, and nothing of it outlives its time."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator
from pathlib import Path

from crm_contracts.model.problem import Problems
from tools.bench.figure import Figure
from tools.bench.measurements import MEASUREMENTS
from tools.checkout import ROOT

_COMMAND = (sys.executable, "-m", "tools.bench.apart")
_GRACE = 10
"""Seconds after which a measurement ends by itself, should nobody be left to end it."""


def figures(name: str, folder: Path, *, limit: float) -> Generator[Figure, None, None]:
    """Give the figures of a measurement as they come; what went wrong is a figure without a value."""
    with _group([*_COMMAND, name, str(folder), str(limit)]) as measuring:
        late = threading.Timer(limit, _end, [measuring])
        late.start()
        try:
            assert measuring.stdout is not None
            for line in measuring.stdout:
                yield Figure.unpacked(json.loads(line))
            code = measuring.wait()
        finally:
            late.cancel()
    if code == -signal.SIGKILL:
        yield Figure(title=name, unit="", detail=f"it was ended after {limit:g} s")
    elif code:
        yield Figure(title=name, unit="", detail=f"it ended with {code}; what it said stands above")


@contextlib.contextmanager
def _group(command: list[str]) -> "Iterator[subprocess.Popen[str]]":
    measuring = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        yield measuring
    finally:
        _end(measuring)
        measuring.wait()
        if measuring.stdout is not None:
            measuring.stdout.close()


def _end(measuring: "subprocess.Popen[str]") -> None:
    # The whole group, also where its leader is gone already: pip, pytest and callers are in it. A lab's guard is not: it
    # sees the end of its pipe and cleans up.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(measuring.pid, signal.SIGKILL)


def main() -> int:
    """Measure, and write one figure a line."""
    name, folder, limit = sys.argv[1:]
    signal.alarm(int(float(limit)) + _GRACE)
    try:
        for figure in MEASUREMENTS[name].figures(Path(folder)):
            print(json.dumps(figure.packed()), flush=True)
    except Problems as problems:
        reason = f"a file cannot be read: {str(problems).splitlines()[0]}"
        print(json.dumps(Figure(title=name, unit="", detail=reason).packed()), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
