"""Timers of our own that wait beside the caller without jitter: how far they spread is the noise of the machine."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from crm_contracts.model.load import under_load
from crm_contracts.model.run import Run

TIMERS = 20
WAIT = 0.05
"""Seconds; how late a timer is does not depend on how long it waits."""


class Control:
    """The waits of twenty timers that go off together, again and again while the faults are on.

    They wait on the loop on which the gateway stamps what it sees.
    """

    def __init__(self, run: Run) -> None:
        backoff = run.consumer.promises.backoff
        self._timers = TIMERS if backoff is not None and backoff.jitter and under_load(run) else 0
        self.waits: list[float] = []

    @asynccontextmanager
    async def beside(self) -> AsyncIterator[None]:
        """Let the timers go on inside the block, where anybody will ask for them."""
        timers = [asyncio.create_task(self._timer()) for _number in range(self._timers)]
        try:
            yield
        finally:
            for timer in timers:
                timer.cancel()
            await asyncio.gather(*timers, return_exceptions=True)

    async def _timer(self) -> None:
        while True:
            began = time.monotonic()
            await asyncio.sleep(WAIT)
            self.waits.append(time.monotonic() - began)
