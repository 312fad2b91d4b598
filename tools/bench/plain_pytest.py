"""What the plugin costs somebody who types only `pytest`: empty sessions with and without it, in turns."""

import os
import subprocess
import sys
import time
import venv
from collections.abc import Iterator, Sequence
from importlib.metadata import entry_points
from pathlib import Path

from tools.bench.figure import Figure
from tools.checkout import ROOT

MOST = 20.0
PAIRS = 30
PAIRS_OF_ALL = 10
LONGEST = 45.0
"""Seconds after which no more pairs are begun: on a busy machine there are fewer of them."""
OURS = "crm_contracts"
NOTHING_COLLECTED = 5
EXTRAS = frozenset({"hypothesispytest", "pact", "schemathesis", "anyio"})
"""The plugins of pytest that come with the libraries of [all]."""
_UNWANTED = frozenset({"PYTHONPATH", "PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTHONDONTWRITEBYTECODE"})


class NotMeasuredError(Exception):
    """Why the figure cannot be had on this machine now."""


def core(folder: Path) -> Iterator[Figure]:
    """The core wheel in a fresh environment that has nothing else."""
    title = "plugin without its flag (core wheel)"
    try:
        python = fresh_environment(folder)
        values = _differences(python, _empty(folder), PAIRS, without=("-p", f"no:{OURS}"))
    except NotMeasuredError as reason:
        yield Figure(title=title, unit="ms", target=MOST, detail=str(reason))
        return
    yield Figure(
        title=title, unit="ms", target=MOST, values=values, detail="interleaved pairs of empty sessions"
    )


def with_all(folder: Path) -> Iterator[Figure]:
    """The environment of this checkout, which has [all]: our plugin there, and with it the ones of the extras."""
    others = [plugin.name for plugin in entry_points(group="pytest11") if plugin.name not in {OURS, *EXTRAS}]
    base = _banned(others)
    kinds = {
        "our plugin in an environment with [all]": (OURS,),
        "  with the plugins of its libraries": (OURS, *EXTRAS),
    }
    for title, names in kinds.items():
        hidden = () if len(names) > 1 else _banned(sorted(EXTRAS))
        try:
            values = _differences(
                Path(sys.executable),
                _empty(folder),
                PAIRS_OF_ALL,
                both=(*base, *hidden),
                without=_banned(names),
            )
        except NotMeasuredError as reason:
            yield Figure(title=title, unit="ms", detail=str(reason))
            return
        yield Figure(title=title, unit="ms", values=values)


def _differences(
    python: Path, empty: Path, pairs: int, *, without: Sequence[str], both: Sequence[str] = ()
) -> tuple[float, ...]:
    """Milliseconds by which a session with the plugin was longer than its neighbour without it, pair by pair."""
    with_it, without_it = tuple(both), (*both, *without)
    # An option of ours: a session that does not know it would measure nothing.
    _session(python, empty, (*with_it, "--crm-seed=0"))
    _session(python, empty, without_it)
    found: list[float] = []
    until = time.monotonic() + LONGEST
    for number in range(pairs):
        if found and time.monotonic() > until:
            break
        # Who goes first changes from pair to pair: what the first one leaves warm helps both alike.
        first, second = (with_it, without_it) if number % 2 else (without_it, with_it)
        one, other = _session(python, empty, first), _session(python, empty, second)
        found.append((one - other if number % 2 else other - one) * 1e3)
    return tuple(found)


def _session(python: Path, empty: Path, options: Sequence[str]) -> float:
    command = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    environment = {name: value for name, value in os.environ.items() if name not in _UNWANTED}
    began = time.perf_counter()
    ended = subprocess.run(
        command, cwd=empty, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    taken = time.perf_counter() - began
    if ended.returncode != NOTHING_COLLECTED:
        raise NotMeasuredError(f"an empty session ended with {ended.returncode}: {_last(ended)}")
    return taken


def fresh_environment(folder: Path) -> Path:
    """The interpreter of an environment that has our wheel and what it needs."""
    wheels, home = folder / "wheels", folder / "environment"
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(wheels), str(ROOT)]
    _do(build, "the wheel could not be built", within=40)
    venv.create(home, with_pip=False)
    python = home / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-input"]
    quick = ["--disable-pip-version-check", "--retries=1", "--timeout=10"]
    wheel = str(next(wheels.glob("*.whl")))
    reason = "the wheel's dependencies could not be installed; is the package index within reach?"
    _do([*pip, *quick, wheel], reason, within=60)
    return python


def _empty(folder: Path) -> Path:
    empty = folder / "empty"
    empty.mkdir(exist_ok=True)
    # pytest looks for settings upwards; these are the nearest ones.
    (empty / "pytest.ini").write_text("[pytest]\n")
    return empty


def _banned(plugins: Sequence[str]) -> tuple[str, ...]:
    return tuple(word for name in plugins for word in ("-p", f"no:{name}"))


def _do(command: Sequence[str], reason: str, *, within: float) -> None:
    try:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=within, check=False)
    except subprocess.TimeoutExpired:
        raise NotMeasuredError(f"{reason} (gave up after {within:.0f} s)") from None
    if ended.returncode:
        raise NotMeasuredError(f"{reason} ({_last(ended)})")


def _last(ended: "subprocess.CompletedProcess[str]") -> str:
    """The line that tells most: the last one that says error, else the last one."""
    lines = (ended.stderr.strip() or ended.stdout.strip() or "it said nothing").splitlines()
    telling = [line for line in lines if "error" in line.lower()]
    return (telling or lines)[-1][:300]
