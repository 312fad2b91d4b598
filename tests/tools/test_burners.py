"""Burners: load that is there for as long as it is wanted, and not longer."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tools.burners import burners

ROOT = Path(__file__).parents[2]
FORGETFUL = """
import time
from tools.burners import burners
with burners(1, longest=60) as burning:
    print(burning[0], flush=True)
    time.sleep(60)
"""


def test_they_burn_inside_the_block_and_are_gone_after_it():
    """All are processes of their own, ended and collected with the block."""
    with burners(2, longest=30.0) as burning:
        assert len(set(burning)) == 2
        assert all(_lives(pid) for pid in burning)
    assert not any(_lives(pid) for pid in burning)


def test_they_are_gone_after_an_exception():
    """Ctrl-C in the middle leaves no load behind."""
    burning: list[int] = []
    try:
        with burners(1, longest=30.0) as burning:
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass
    assert burning
    assert not _lives(burning[0])


def test_they_end_with_a_parent_that_was_killed():
    """Nobody told them, they see it themselves."""
    parent = subprocess.Popen([sys.executable, "-c", FORGETFUL], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    with parent:
        assert parent.stdout is not None
        burner = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
    assert _ends(burner)


def test_they_end_by_themselves():
    """Load that was forgotten ends after its longest time."""
    with burners(1, longest=0.2) as (burner,):
        assert os.waitpid(burner, 0)[0] == burner


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _ends(pid: int) -> bool:
    for _ in range(200):
        if not _lives(pid):
            return True
        stat = Path(f"/proc/{pid}/stat")
        # Where nobody collects orphans, it stays as an entry of the table that does nothing.
        if stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False
