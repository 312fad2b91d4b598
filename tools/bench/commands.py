"""How long somebody waits for a command: help, and `try` beyond the caller's own time."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tools.bench.figure import Figure

HELP, TRY = 150.0, 1000.0
TIMES = 7
_OUTCOME = re.compile(r": ok after ([\d.]+) (ms|s)\b")
_COMMAND = Path(sys.executable).parent / "crm-contracts"


def measure(folder: Path) -> Iterator[Figure]:
    """A fresh project with the caller that `new consumer` writes: the standard library and two requests."""
    (folder / "pytest.ini").write_text("[pytest]\n")
    for words in (("contract", "my-crm"), ("consumer", "my-caller")):
        _call(folder, "new", *words)
    helps = tuple(_call(folder, "--help")[0] for _ in range(TIMES))
    yield Figure(title="crm-contracts --help", unit="ms", target=HELP, values=helps)
    beyond = []
    for _ in range(TIMES):
        took, told = _call(folder, "try", "my-caller.get_order")
        if (own := _OUTCOME.search(told)) is None:
            yield Figure(
                title="try", unit="ms", target=TRY, detail=told.splitlines()[0] if told else "it said nothing"
            )
            return
        beyond.append(took - float(own[1]) * (1e3 if own[2] == "s" else 1))
    title = "try, beyond the caller's own time"
    yield Figure(title=title, unit="ms", target=TRY, values=tuple(beyond), detail="from Enter to the prompt")


def _call(folder: Path, *words: str) -> tuple[float, str]:
    """Milliseconds from start to end, and what was printed."""
    began = time.monotonic()
    answer = subprocess.run([_COMMAND, *words], cwd=folder, capture_output=True, text=True, check=False)
    return (time.monotonic() - began) * 1e3, answer.stdout
