"""How much of a run was our own: time in which no call is open, no wait runs and the consumer is not starting."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class Stopwatch:
    """Adds up the time that is not excused.

    >>> watch = Stopwatch()
    >>> with watch.excused():
    ...     pass
    >>> watch.overhead() >= 0
    True
    """

    started: float = field(default_factory=time.monotonic)
    _open: int = 0
    _since: float = 0.0
    _excused: float = 0.0

    @contextmanager
    def excused(self) -> Iterator[None]:
        """Count the time inside as the caller's or the scenario's; blocks may overlap."""
        if self._open == 0:
            self._since = time.monotonic()
        self._open += 1
        try:
            yield
        finally:
            self._open -= 1
            if self._open == 0:
                self._excused += time.monotonic() - self._since

    def overhead(self) -> float:
        """Seconds since the start that nobody excused."""
        return time.monotonic() - self.started - self._excused
