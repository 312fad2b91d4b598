"""The example of tests by hand is run as its reader would run it."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("engine", ["embedded", pytest.param("toxiproxy", marks=pytest.mark.toxiproxy)])
def test_the_example_passes(engine: str):
    """With both engines, without --crm-contracts."""
    command = [sys.executable, "-m", "pytest", "-q", "--crm-engine", engine, "examples/test_by_hand.py"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "6 passed" in run.stdout
