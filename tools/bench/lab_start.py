"""How long a lab takes to start."""

import time
from collections.abc import Iterator
from pathlib import Path

from crm_contracts.host import LabClient
from tools import checkout
from tools.bench.figure import Figure

TARGETS = {"embedded": 150.0, "toxiproxy": 500.0}
TIMES = 7


def measure(_folder: Path) -> Iterator[Figure]:
    """Start labs with either engine, in turns."""
    taken: dict[checkout.EngineName, list[float]] = {engine: [] for engine in checkout.ENGINES}
    whole: dict[checkout.EngineName, list[float]] = {engine: [] for engine in checkout.ENGINES}
    engines = checkout.ENGINES if checkout.has_toxiproxy() else checkout.ENGINES[:1]
    for _ in range(TIMES):
        for engine in engines:
            started, answered = _start(engine)
            taken[engine].append(started)
            whole[engine].append(answered)
    for engine, values in taken.items():
        title = f"lab start, imports done ({engine})"
        detail = "" if values else "no toxiproxy-server is installed (`crm-contracts doctor` tells more)"
        yield Figure(title=title, unit="ms", target=TARGETS[engine], values=tuple(values), detail=detail)
    for engine in engines:
        title = f"  until it answers, with its imports ({engine})"
        yield Figure(title=title, unit="ms", values=tuple(whole[engine]))


def _start(engine: checkout.EngineName) -> tuple[float, float]:
    """Milliseconds that the lab took once imported, and until it answered."""
    began = time.monotonic()
    lab = LabClient(checkout.lab_settings(engine))
    try:
        about = lab.about()
        return about.seconds * 1e3, (time.monotonic() - began) * 1e3
    finally:
        lab.close()
