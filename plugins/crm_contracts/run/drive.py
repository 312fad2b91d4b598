"""Making the calls of one step: how often, how fast, how many at once, and until when."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random

from crm_contracts.consumers import Driver, fill
from crm_contracts.lab import LabRun
from crm_contracts.model.call import Call, Phase
from crm_contracts.model.consumer import CallSpec, HttpCall
from crm_contracts.model.journal import Advance
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _
from crm_contracts.model.run import Run
from crm_contracts.model.scenario import Step, Until
from crm_contracts.run.capture import Capture
from crm_contracts.run.stopwatch import Stopwatch

DEADLINES_UNTIL_HUNG = 2
"""A call without an outcome is given up at this many deadlines (JUDGING: no answer by 2 x deadline is hung)."""


@dataclass(slots=True)
class Drive:
    """The caller at the wheel: makes calls through a driver and records them."""

    run: Run
    lab: LabRun
    driver: Driver
    capture: Capture
    watch: Stopwatch
    malformed: bool = False
    unmoved: list[str] = field(default_factory=list)
    advances: list[Advance] = field(default_factory=list)

    @property
    def give_up_after(self) -> float:
        """Seconds after which a call counts as hung."""
        return DEADLINES_UNTIL_HUNG * (self.run.consumer.promises.deadline or 10.0)

    async def step(self, step: Step, phase: Phase) -> None:
        """Do one step to its end; every call that it began has an outcome afterwards."""
        if step.wait is not None:
            await self.wait(step.wait.seconds)
        elif step.advance is not None:
            await self._advance(step.advance.seconds)
        elif step.rate is not None:
            await self._open_loop(step, phase)
        else:
            loops = (self._closed_loop(step, phase, caller) for caller in range(step.concurrency))
            await asyncio.gather(*loops)

    async def wait(self, seconds: float) -> None:
        """Let time pass while the caller lives on."""
        with self.watch.excused():
            await asyncio.sleep(seconds)

    async def call(self, spec: CallSpec, phase: Phase, caller: int = 0) -> Call:
        """Make one call with values of its own and record what came of it.

        `caller` is its place among callers at once: each has known records of its own, and keeps them from call to call.
        """
        number = self.capture.number()
        marker = f"crmu-{Random(f'{self.run.seed}:{self.run.id}:{number}').getrandbits(48):012x}"
        filled, records = self._fill(dict(spec.args), marker, caller)
        request, more = self._request(spec.request, marker, caller)
        args = filled if isinstance(filled, dict) else {}
        with self.watch.excused():
            result = await self.driver.call(spec, args, request, self.give_up_after)
        return self.capture.add(
            number,
            spec,
            phase,
            result,
            args=args,
            marker=marker,
            records=(*records, *more),
            malformed=self.malformed,
        )

    async def _advance(self, seconds: float) -> None:
        at = time.monotonic()
        await self.lab.advance(seconds)
        followed = await self.driver.advance(seconds)
        self.advances.append(Advance(at=at, seconds=seconds, followed=followed))
        if not followed:
            self.unmoved.append(_("this caller may measure age by a clock that we cannot move"))

    async def _closed_loop(self, step: Step, phase: Phase, caller: int) -> None:
        pace = _Pace(step, self._stop(step))
        while pace.goes_on():
            for spec in self.run.calls_of(step):
                await self.call(spec, phase, caller)
            await pace.rest(self.wait)

    async def _open_loop(self, step: Step, phase: Phase) -> None:
        open_calls: list[asyncio.Task[Call]] = []
        pace = _Pace(step, self._stop(step), every=1 / (step.rate or 1))
        while pace.goes_on():
            calls = (self.call(spec, phase, pace.rounds) for spec in self.run.calls_of(step))
            open_calls += map(asyncio.create_task, calls)
            await pace.rest(self.wait)
        await asyncio.gather(*open_calls)

    def _stop(self, step: Step) -> Callable[[], bool]:
        if step.until is None:
            return lambda: False
        until, before = step.until, self._seen(step.until)
        return lambda: self._seen(until) - before >= until.count

    def _seen(self, until: Until) -> int:
        return len(self.capture.calls) if until.what == "calls" else self.lab.count(until.what)

    def _fill(self, template: JSON, marker: str, caller: int) -> tuple[JSON, tuple[str, ...]]:
        return fill(template, marker=marker, known=self.run.contract.known_for(caller), number=caller)

    def _request(
        self, request: HttpCall | None, marker: str, caller: int
    ) -> tuple[HttpCall | None, tuple[str, ...]]:
        if request is None:
            return None, ()
        path, in_path = self._fill(request.path, marker, caller)
        body, in_body = self._fill(request.json, marker, caller)
        filled = HttpCall(
            method=request.method,
            path=str(path),
            json=body,
            has_json=request.has_json,
            headers=request.headers,
        )
        return filled, (*in_path, *in_body)


class _Pace:
    """When the next round of a step begins, and whether there is one."""

    def __init__(self, step: Step, stop: Callable[[], bool], every: float | None = None) -> None:
        self._began = self._round = time.monotonic()
        self._steady = every is not None
        self._every = every if every is not None else (step.every.seconds if step.every else 0.0)
        self._for = step.for_.seconds if step.for_ else None
        # A time or a condition bounds the step; a number of times bounds it where it is given or where nothing else is.
        self._times = step.times if step.times > 1 or (self._for is None and step.until is None) else None
        self.rounds = 0
        self._stop = stop

    def goes_on(self) -> bool:
        if self._times is not None and self.rounds >= self._times:
            return False
        if self.rounds and (self._stop() or self._over()):
            return False
        self.rounds += 1
        self._round = time.monotonic()
        return True

    async def rest(self, wait: Callable[[float], Awaitable[None]]) -> None:
        if self._times is not None and self.rounds >= self._times:
            return
        left = self._next() - time.monotonic()
        if left > 0 and not self._stop():
            await wait(left)

    def _next(self) -> float:
        """When the next round begins; a rate is made up for after a delay, at most twice as fast as it is written."""
        if not self._steady:
            return self._round + self._every
        return max(self._round + self._every / 2, self._began + self.rounds * self._every)

    def _over(self) -> bool:
        return self._for is not None and time.monotonic() - self._began >= self._for
