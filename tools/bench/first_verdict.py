"""How long somebody waits who has just installed the wheel: a contract, a caller, and the first verdict on one call."""

import re
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools.bench.figure import Figure
from tools.bench.plain_pytest import NotMeasuredError, fresh_environment

LONGEST = 5.0
TIMES = 3
PREPARE = (("new", "contract", "my-crm"), ("new", "consumer", "my-caller"))
WAYS: dict[str, tuple[str, ...]] = {
    "try": ("crm-contracts", "try", "my-caller.get_order"),
    "pytest": ("pytest", "--crm-contracts", "-q", "contracts"),
}


def measure(folder: Path) -> Iterator[Figure]:
    """Each time in an empty folder; the first time nothing of ours was ever imported there."""
    try:
        home = fresh_environment(folder).parent
        taken = {way: tuple(_seconds(home, folder / f"{way}-{n}", way) for n in range(TIMES)) for way in WAYS}
    except NotMeasuredError as reason:
        yield Figure(title="from install to first verdict", unit="s", target=LONGEST, detail=str(reason))
        return
    for way, values in taken.items():
        title = f"from install to first verdict ({way})"
        told = f"three commands; the first time {values[0]:.1f} s"
        yield Figure(title=title, unit="s", target=LONGEST, values=values, detail=told)


def _seconds(home: Path, folder: Path, way: str) -> float:
    folder.mkdir()
    (folder / "pytest.ini").write_text("[pytest]\n")
    began = time.monotonic()
    for words in PREPARE:
        _do((str(home / "crm-contracts"), *words), folder)
    program, *words = WAYS[way]
    told = _do((str(home / program), *words), folder)
    taken = time.monotonic() - began
    if not re.search(r": ok after |passed", told):
        raise NotMeasuredError(f"no verdict: {told.strip().splitlines()[-1:]}")
    return taken


def _do(command: Sequence[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        raise NotMeasuredError(f"{' '.join(command[1:])} ended with {done.returncode}: {done.stdout[-300:]}")
    return done.stdout
