"""The clocks that a caller sees: they run ahead of the real ones by as much as was advanced."""

from __future__ import annotations

import sys
import time
from typing import Any

monotonic = time.monotonic
"""The real clock, for our own stamps: it is taken before anything is put in its place."""


class Clock:
    """One function of `time` that may run ahead. Unlike a Python function it does not turn into a method in a class."""

    def __init__(self, name: str, unit: int = 1) -> None:
        self.__name__, self.__module__ = name, "time"
        self.real = getattr(time, name)
        self.ahead, self.unit = 0.0, unit

    def __call__(self) -> Any:
        now = self.real()
        return now + type(now)(self.ahead * self.unit) if self.ahead else now

    def __reduce__(self) -> str:
        return self.__name__  # It pickles and copies as the function that it stands for.


class Calendar(Clock):
    """`gmtime` or `localtime`: of the time that is asked for, or of now."""

    def __call__(self, seconds: float | None = None) -> Any:
        if seconds is None and self.ahead:
            seconds = _real_time() + self.ahead
        return self.real(seconds)


class Clocks:
    """All clocks of one process; sleeps and event loops stay real, only what a caller reads moves."""

    def __init__(self) -> None:
        plain = [Clock(name) for name in ("time", "monotonic", "perf_counter")]
        fine = [Clock(f"{name}_ns", 10**9) for name in ("time", "monotonic", "perf_counter")]
        self.clocks = [*plain, *fine, Calendar("gmtime"), Calendar("localtime")]
        self.ahead = 0.0
        self.dates = False

    def install(self) -> None:
        """Put the clocks in, before the caller's module and its libraries are imported and keep them."""
        for clock in self.clocks:
            setattr(time, clock.__name__, clock)

    def advance(self, seconds: float) -> list[str]:
        """Move every clock that can be moved, and tell which did."""
        _keep_loops_real(self.ahead)
        self.ahead += seconds
        for clock in self.clocks:
            clock.ahead = self.ahead
        self.dates = self.dates or _move_dates()
        return [*(clock.__name__ for clock in self.clocks), *(["datetime"] if self.dates else [])]


_real_time = time.time


def _keep_loops_real(ahead: float) -> None:
    """Timers of event loops must not fall due because the clock was moved; a loop that began late counts from there."""
    loops = sys.modules.get("asyncio.base_events")
    if loops and not hasattr(loops.BaseEventLoop, "crm_real"):
        loops.BaseEventLoop.crm_real = True
        loops.BaseEventLoop.time = lambda _loop: monotonic() + ahead


def _move_dates() -> bool:
    """Let `datetime.now` follow `time.time`, as `date.today` does by itself.

    In place: a subclass of datetime would break sound callers, and time-machine moves the clock of our stamps too in
    some of its versions (2.13 to 2.19).
    """
    import ctypes
    import datetime as dates  # noqa: ICN001 - dt would be no word
    import gc

    utc = dates.timezone.utc  # noqa: UP017 - Python 3.8 reads this file
    try:
        members = gc.get_referents(dates.datetime.__dict__)[0]
        members["now"] = classmethod(lambda cls, tz=None: cls.fromtimestamp(time.time(), tz))
        members["utcnow"] = classmethod(lambda cls: cls.fromtimestamp(time.time(), utc).replace(tzinfo=None))
        ctypes.pythonapi.PyType_Modified(ctypes.py_object(dates.datetime))
    except Exception:  # noqa: BLE001 - no CPython
        return False
    return True
