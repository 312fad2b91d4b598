"""`python -m tools.bench [FIGURE...]`."""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tools.bench.apart import figures
from tools.bench.figure import HEADER, MISSED, NOT_MEASURED, OK, Figure
from tools.bench.measurements import MEASUREMENTS
from tools.bench.noise import machine, noise

INTERRUPTED = 2
LONGEST = 330.0
"""Seconds for everything; what comes too late is not measured, and says so."""


def main(argv: Sequence[str] | None = None) -> int:
    """Print the figures that were asked for; 0 whatever they are (a busy machine is no defect of ours), 2 after Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description="Print the figures.")
    parser.add_argument(
        "names", nargs="*", metavar="FIGURE", help=f"which (default: all): {', '.join(MEASUREMENTS)}"
    )
    names: list[str] = parser.parse_args(argv).names
    if unknown := [name for name in names if name not in MEASUREMENTS]:
        parser.error(f"there is no figure {unknown[0]!r}; there are {', '.join(MEASUREMENTS)}")
    print(f"{machine()}\nnoise before: {noise()}\n\n{HEADER}", flush=True)
    try:
        measured = _all(names or list(MEASUREMENTS))
    except KeyboardInterrupt:
        return INTERRUPTED
    print(f"\nnoise after:  {noise()}\n{_counts(measured)}")
    return 0


def _all(names: Sequence[str]) -> list[Figure]:
    until, measured = time.monotonic() + LONGEST, []
    with tempfile.TemporaryDirectory(prefix="crm-bench-", ignore_cleanup_errors=True) as folder:
        for name in names:
            limit = round(min(MEASUREMENTS[name].limit, until - time.monotonic()), 1)
            for figure in _figures(name, Path(folder), limit):
                print(figure.line, flush=True)
                measured.append(figure)
    return measured


def _figures(name: str, folder: Path, limit: float) -> list[Figure]:
    if limit < 1:
        return [Figure(title=name, unit="", detail=f"no time was left of the {LONGEST:.0f} s for everything")]
    return list(figures(name, folder, limit=limit))


def _counts(measured: Sequence[Figure]) -> str:
    words = [figure.word for figure in measured]
    return ", ".join(f"{words.count(word)} {word}" for word in (OK, MISSED, NOT_MEASURED) if word in words)


if __name__ == "__main__":
    sys.exit(main())
