"""A caller that draws its jitter once, when it starts."""

import random

from examples.gallery.sound import Caller


class WaitsInStep(Caller):
    attempts = 2
    timeout = 1.0

    def __init__(self, endpoint):
        super().__init__(endpoint)
        self.waits = (random.uniform(0.4, 1.0),)
