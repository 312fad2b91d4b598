"""What `sound` is, and a breaker for each operation: the callers with a defect in their breaker differ from this one."""

import time
from collections import defaultdict

import httpx

from examples.gallery.sound import Caller, CrmUnavailable, Passing


class Breaker:
    opens_after, half_open_after = 3, 2.0

    def __init__(self):
        self.failures, self.open_until = 0, 0.0

    def admit(self):
        if self.failures < self.opens_after:
            return
        if time.monotonic() < self.open_until:
            raise CrmUnavailable("the CRM is left alone for a moment")
        self.probe()

    def probe(self):
        self.open_until = time.monotonic() + self.half_open_after

    def failed(self, error):
        self.failures += 1
        self.open_until = time.monotonic() + self.half_open_after

    def succeeded(self):
        self.failures = 0


class Guarded(Caller):
    breaker = Breaker

    def __init__(self, endpoint):
        super().__init__(endpoint)
        self.breakers = defaultdict(self.breaker)

    def breaker_for(self, method, path):
        return self.breakers[
            method, path.split("/")[1]
        ]  # one for an operation, whatever record it is asked for

    async def ask(self, method, path, attempts=None, **request):
        breaker = self.breaker_for(method, path)
        breaker.admit()
        try:
            found = await super().ask(method, path, attempts, **request)
        except CrmUnavailable as error:
            breaker.failed(error.__cause__)
            raise
        breaker.succeeded()
        return found


SLOW = (httpx.TimeoutException, TimeoutError)
ANSWERED = (Passing,)
