"""The clock of one run: real stamps for the journal, and a time of the CRM that `advance` moves."""

import time


class Clock:
    """Two readings of time: `stamp` never jumps and goes into the journal, `now` and `wall` are the CRM's.

    The CRM's times run ahead of the real ones by all that was advanced so far; seconds throughout.

    >>> clock = Clock()
    >>> clock.advance(3600)
    >>> round(clock.now() - clock.stamp())
    3600
    """

    __slots__ = ("_ahead", "_jumps", "stamp")

    def __init__(self) -> None:
        self.stamp = time.monotonic
        self._ahead = 0.0
        self._jumps: list[tuple[float, float]] = []

    def advance(self, seconds: float) -> None:
        """Move the CRM's time forward; real stamps go on as before."""
        self._ahead += seconds
        self._jumps.append((self.stamp(), self._ahead))

    def now(self) -> float:
        """Monotonic time of the CRM, by which tokens and cursors age."""
        return self.stamp() + self._ahead

    def wall(self) -> float:
        """Wall-clock time of the CRM, as its Date header tells it."""
        return time.time() + self._ahead

    def real(self, moment: float) -> float:
        """When a moment of the CRM's monotonic time came, or will come, in real stamps.

        A moment that a jump passed over came at the jump.
        """
        ahead = 0.0
        for jumped, after in self._jumps:
            if moment - ahead <= jumped:
                break
            if moment - after <= jumped:
                return jumped
            ahead = after
        return moment - ahead
