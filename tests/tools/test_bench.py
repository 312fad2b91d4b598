"""`make bench`: what it measures, how long it may take, and that it never fails."""

import os
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path

import pytest

from tools.bench import __main__ as bench
from tools.bench import apart, lab_start, plain_pytest
from tools.bench.figure import Figure
from tools.bench.measurements import MEASUREMENTS, Measurement

ROOT = Path(__file__).parents[2]

SLEEPY = """
import time

def measure(folder):
    time.sleep(60)
    yield
"""

FORGETFUL = """
import subprocess, time
from tools.bench.figure import Figure

def measure(folder):
    (folder / "child").write_text(str(subprocess.Popen(["sleep", "60"]).pid))
    yield Figure(title="quick", unit="ms", values=(1.0,))
    time.sleep(60)
"""

BROKEN = """
def measure(folder):
    raise RuntimeError("no figure today")
    yield
"""


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Lets a test measure with a module of its own, in a process apart as always."""

    def measure(source: str, *, limit: float) -> Generator[Figure, None, None]:
        (tmp_path / "one_figure.py").write_text(source)
        (tmp_path / "run_it.py").write_text(
            "from tools.bench import apart, measurements\n"
            "one = measurements.Measurement(module='one_figure', function='measure', limit=1)\n"
            "apart.MEASUREMENTS = {'one': one}\n"
            "raise SystemExit(apart.main())\n"
        )
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(tmp_path), str(ROOT))))
        monkeypatch.setattr(apart, "_COMMAND", (sys.executable, str(tmp_path / "run_it.py")))
        return apart.figures("one", tmp_path, limit=limit)

    return measure


def test_a_measurement_that_takes_too_long_is_ended(measured):
    """It is not measured, and says after how long."""
    (late,) = measured(SLEEPY, limit=0.5)
    assert (late.word, late.detail) == ("not measured", "it was ended after 0.5 s")


def test_nothing_of_a_measurement_goes_on_after_it(measured, tmp_path: Path):
    """Figures come one by one; who stops listening ends the measurement with all that it started."""
    figures = measured(FORGETFUL, limit=60.0)
    assert next(figures) == Figure(title="quick", unit="ms", values=(1.0,))
    figures.close()
    assert _ends(int((tmp_path / "child").read_text()))


def test_a_measurement_that_breaks_is_a_figure_without_value(measured, capfd: pytest.CaptureFixture[str]):
    """It is told, and the others go on."""
    (broken,) = measured(BROKEN, limit=30.0)
    assert (broken.title, broken.word) == ("one", "not measured")
    assert "no figure today" in capfd.readouterr().err


def test_missed_figures_do_not_fail(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """A busy machine is no defect: the exit code is 0, the word is printed."""
    missed = Figure(title="slow today", unit="ms", target=1.0, values=(2.0,))
    monkeypatch.setattr(bench, "figures", lambda _name, _folder, **_limit: iter((missed,)))
    assert bench.main(["engines", "lab-start"]) == 0
    told = capsys.readouterr().out
    assert told.count("slow today") == 2
    assert "min / median / max" in told
    assert told.endswith("2 missed\n")


def test_a_wrong_name_is_told_with_the_right_ones(capsys: pytest.CaptureFixture[str]):
    """Nothing is measured then."""
    with pytest.raises(SystemExit) as ended:
        bench.main(["gatway"])
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert all(name in told for name in ("gatway", *MEASUREMENTS))


@pytest.mark.parametrize("measurement", MEASUREMENTS.values(), ids=MEASUREMENTS)
def test_every_measurement_is_there_and_bounded(measurement: Measurement):
    """Its function exists, and its time is a part of the whole."""
    module = __import__(measurement.module, fromlist=["_"])
    assert callable(getattr(module, measurement.function))
    assert 0 < measurement.limit < bench.LONGEST


def test_lab_start_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A real one: both engines where both are there, each with a value in milliseconds."""
    monkeypatch.setattr(lab_start, "TIMES", 1)
    figures = list(lab_start.measure(tmp_path))
    titles = {figure.title: figure.word for figure in figures}
    assert titles["lab start, imports done (embedded)"] in {"ok", "missed"}
    assert all(value > 0 for figure in figures for value in figure.values)


def test_pairs_of_sessions_are_compared(tmp_path: Path):
    """A difference comes from each pair; a session that does not even know the plugin is no measurement."""
    folder = plain_pytest._empty(tmp_path)
    quiet = plain_pytest._banned(["hypothesispytest", "schemathesis", "pact"])
    differences = plain_pytest._differences(
        Path(sys.executable), folder, 2, both=quiet, without=plain_pytest._banned(["crm_contracts"])
    )
    assert len(differences) == 2
    with pytest.raises(plain_pytest.NotMeasuredError, match=r"ended with 4: .*crm-seed"):
        plain_pytest._differences(
            Path(sys.executable), folder, 1, both=plain_pytest._banned(["crm_contracts"]), without=()
        )


def test_a_registry_out_of_reach_is_said_and_not_raised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The figure says what was missing."""
    monkeypatch.setattr(plain_pytest, "fresh_environment", _out_of_reach)
    (figure,) = plain_pytest.core(tmp_path)
    assert (figure.word, figure.detail) == ("not measured", "no way to the package index")


def _out_of_reach(_folder: Path) -> Path:
    raise plain_pytest.NotMeasuredError("no way to the package index")


def test_the_command_line_is_there():
    """`make bench ARGS=--help` tells every name."""
    told = subprocess.run(
        [sys.executable, "-m", "tools.bench", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "lab-start" in told.stdout


def _ends(pid: int) -> bool:
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] if Path("/proc").is_dir() else ""
            os.kill(pid, 0)
        except (ProcessLookupError, FileNotFoundError):
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False
