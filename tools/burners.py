"""Load on purpose: processes that keep every core busy, so that a verdict that hangs on a quiet machine shows."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_BURN = """
import os, sys, time
parent, until = int(sys.argv[1]), time.monotonic() + float(sys.argv[2])
while os.getppid() == parent and time.monotonic() < until:
    sum(range(100_000))
"""


@contextmanager
def burners(count: int, *, longest: float = 600.0) -> Iterator[list[int]]:
    """Burn inside the block and give the processes' ids.

    They end with the block, with this process however it ends, and after `longest` seconds at the latest.

    >>> with burners(1, longest=1.0) as burning:
    ...     len(burning)
    1
    """
    command = [sys.executable, "-I", "-S", "-c", _BURN, str(os.getpid()), str(longest)]
    burning: list[subprocess.Popen[bytes]] = []
    try:
        burning.extend(subprocess.Popen(command, stdin=subprocess.DEVNULL) for _ in range(count))
        yield [process.pid for process in burning]
    finally:
        for process in burning:
            process.kill()
        for process in burning:
            process.wait()


def cores() -> int:
    """The cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1
