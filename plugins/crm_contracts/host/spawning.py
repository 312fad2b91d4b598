"""Starting the lab process under its guard. The standard library only: a lab can begin to start before anything is imported."""

import contextlib
import os
import subprocess
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path

_LAST = 5.0
"""Seconds that the lab has to end by itself."""
_GUARD = Path(__file__).with_name("guard.py")
# No PYTHONPATH: callers under test inherit the lab's environment and must not find our packages in it.
# What is imported stays: looking through it for garbage would take a fifth of the start, and pauses later.
_LAB = (
    "import gc, sys; gc.disable(); sys.path.insert(0, {home!r}); from crm_contracts.host.process import main; "
    "gc.freeze(); gc.enable(); main()"
)


@dataclass(slots=True)
class Spawned:
    """Guard and lab, and our ends of their pipes."""

    guard: "subprocess.Popen[bytes]"
    life: int
    orders: int
    answers: int

    def end(self) -> None:
        """End both, with everything that they started; safe to call twice."""
        if self.orders >= 0:
            os.close(self.orders)
            self.orders = -1
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.guard.wait(_LAST)
        if self.life >= 0:
            os.close(self.life)
            self.life = -1
        self.guard.wait()


def spawn(folder: Path | None = None) -> Spawned:
    """Start guard and lab in a working folder (default: this process's); whoever calls this ends them."""
    life, our_life = os.pipe()
    orders, our_orders = os.pipe()
    our_answers, answers = os.pipe()
    ours = (life, orders, answers)
    lab = [sys.executable, "-c", _LAB.format(home=str(Path(__file__).parents[2]))]
    command = [sys.executable, "-I", "-S", str(_GUARD), *map(str, ours), uuid.uuid4().hex, "--", *lab]
    guarding = subprocess.Popen(
        command, pass_fds=ours, start_new_session=True, stdin=subprocess.DEVNULL, cwd=folder
    )
    for descriptor in ours:
        os.close(descriptor)
    return Spawned(guarding, our_life, our_orders, our_answers)
