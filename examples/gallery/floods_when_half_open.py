"""A caller whose breaker lets everybody through once its time is over, instead of one probe."""

import time

from examples.gallery.guarded import Breaker, Guarded


class Floodgate(Breaker):
    def admit(self):
        if self.failures >= self.opens_after and time.monotonic() >= self.open_until:
            self.failures = 0
        super().admit()


class FloodsWhenHalfOpen(Guarded):
    breaker = Floodgate
