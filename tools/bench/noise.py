"""How steady this machine is: the same piece of work, many times."""

import os
import platform
import time
from statistics import median

from tools.burners import cores

WORK = 400_000


def machine() -> str:
    """The machine in one line."""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return (
        f"{cores()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}{load}"
    )


def noise(times: int = 40) -> str:
    """How long the same work took: least, median, most."""
    taken = sorted(_work() for _ in range(times))
    least, middle, most = (taken[0], median(taken), taken[-1])
    return f"the same work took {least:.1f} / {middle:.1f} / {most:.1f} ms (min / median / max of {times})"


def _work() -> float:
    began = time.perf_counter()
    sum(range(WORK))
    return (time.perf_counter() - began) * 1e3
