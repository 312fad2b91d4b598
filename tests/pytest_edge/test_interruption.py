"""Ctrl-C: the report so far is written, nothing is left running."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.project.shop import write

SLOW = (
    "scenario: slow\ntitle: Slow\nduring: [{call: reads, every: 100ms, for: 60s}]\nfaults: [{fault: down}]\n"
)


def start(root: Path, *words: str) -> subprocess.Popen[str]:
    """pytest as a person starts it: a process group of its own, which Ctrl-C reaches as a whole."""
    command = [sys.executable, "-m", "pytest", "--crm-contracts", "--crm-report", "out", *words]
    return subprocess.Popen(
        command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )


def until_it_runs(root: Path, process: subprocess.Popen[str]) -> list[psutil.Process]:
    """Wait until the baseline was done and the slow scenario is under way; returns all that was started."""
    end = time.monotonic() + 60
    while time.monotonic() < end and not list((root / "out").glob("journal.*.part")):
        time.sleep(0.05)
    time.sleep(0.5)
    return psutil.Process(process.pid).children(recursive=True)


@pytest.mark.parametrize("words", [(), ("-n", "2")], ids=["alone", "two workers"])
def test_ctrl_c_writes_the_report_and_leaves_nothing(shop: Path, words: tuple[str, ...]):
    """Exit 2; what was judged so far stands in the report."""
    write(shop, "scenarios/slow.yaml", SLOW)
    process = start(shop, *words, "contracts/tiny-crm/consumers/sound.yaml", "scenarios/slow.yaml::sound")
    started = until_it_runs(shop, process)
    os.killpg(process.pid, signal.SIGINT)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == pytest.ExitCode.INTERRUPTED, output
    verdicts = json.loads((shop / "out/verdicts.json").read_text())
    assert [run["scenario"] for run in verdicts["runs"]] == ["baseline"]
    assert "Interrupted" in (shop / "out/report.md").read_text()
    assert sorted(path.name for path in (shop / "out").iterdir()) == [
        "journal.jsonl",
        "report.md",
        "verdicts.json",
    ]
    _gone, alive = psutil.wait_procs(started, timeout=10)
    assert not alive


def test_kill_9_leaves_nothing(shop: Path):
    """Nobody has time to clean up; the guard does."""
    write(shop, "scenarios/slow.yaml", SLOW)
    process = start(shop, "contracts/tiny-crm/consumers/sound.yaml", "scenarios/slow.yaml::sound")
    started = until_it_runs(shop, process)
    assert started, "a lab, a guard and a caller"
    process.kill()
    process.communicate(timeout=30)
    _gone, alive = psutil.wait_procs(started, timeout=10)
    assert not alive
