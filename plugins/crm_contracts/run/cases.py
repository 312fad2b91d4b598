"""Cases one after another on a caller that is kept: each serves one answer, makes one call, and hands both back.

Callers that wait between their attempts are driven in lanes, several at once; each lane is a caller of its own.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from typing import ClassVar

from crm_contracts.consumers import ConsumerFailed
from crm_contracts.faults.wire import complete
from crm_contracts.lab import Lab, LabRun, Mark
from crm_contracts.model.call import Call, Phase
from crm_contracts.model.case import Case, Seen, Served
from crm_contracts.model.consumer import HttpDriver, Outcome, PythonDriver
from crm_contracts.model.contract import Refusal
from crm_contracts.model.delivery import Delivery
from crm_contracts.model.exchange import Answer, Exchange, Request
from crm_contracts.model.fault import Place, Selector, Trait
from crm_contracts.model.run import Run
from crm_contracts.run.capture import Capture
from crm_contracts.run.drive import Drive
from crm_contracts.run.execute import OpenDriver
from crm_contracts.run.stopwatch import Stopwatch

WELL = frozenset({Outcome.OK, Outcome.DEGRADED, Outcome.QUEUED})
MOST_LANES = {PythonDriver: 8, HttpDriver: 4}
"""Callers at once: forked ones cost little, a service or a command is a program of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """Answers one operation with what a case says; the CRM does not see the request."""

    operation: str
    served: Served
    cursor: str = ""
    rest: Answer | None = None
    place: ClassVar[Place] = Place.REPLY
    fault: ClassVar[str] = "answer"
    processed: ClassVar[str] = "after"
    at: ClassVar[None] = None
    for_: ClassVar[None] = None
    repeat: ClassVar[None] = None

    def traits(self) -> frozenset[Trait]:
        """Nothing is judged by them."""
        return frozenset()

    def sentence(self) -> str:
        """Its name: cases are told by what they serve."""
        return self.fault

    def selector(self) -> Selector:
        """One operation alone, as often as the caller asks."""
        return Selector(operations=(self.operation,))

    def refusal(self) -> Refusal | None:
        """None: the answer is given."""
        return None

    def deliver(self, request: Request, answer: Answer | None, dice: Random, now: float) -> Delivery:  # noqa: ARG002 - it is given
        """The answer of the case."""
        served = self.served
        if self.rest is not None and request.parameter(self.cursor) is not None:
            served = self.rest
        return served if isinstance(served, Delivery) else complete(request, served, now=now)


@dataclass(slots=True)
class Lane:
    """One caller with a CRM of its own; it is kept from case to case, and replaced once it is no more to be judged by."""

    run: Run
    lab: Lab
    open_driver: OpenDriver
    listen: tuple[str, int] | None = None
    _lab_run: LabRun | None = None
    _drive: Drive | None = None
    _mark: Mark = field(default_factory=Mark)

    async def case(self, case: Case) -> Seen:
        """Do one case; raises ConsumerFailed where the caller does not start."""
        seen = await self._once(case)
        if not seen.met:
            # It asked nobody, because of what came before: a breaker that is open, an answer that it kept.
            await self.close()
            seen = await self._once(case, repeated=True)
        if seen.call.outcome is not Outcome.OK and case.served is not None:
            await self._soothe(case, seen.call)
        return seen

    async def close(self) -> None:
        """End the caller and its CRM."""
        drive, lab_run, self._drive, self._lab_run = self._drive, self._lab_run, None, None
        try:
            if drive is not None:
                await drive.driver.stop()
        finally:
            if lab_run is not None:
                await lab_run.close()

    async def _once(self, case: Case, *, repeated: bool = False) -> Seen:
        drive = self._drive or await self._open()
        began, met = time.monotonic(), True
        if case.served is None:
            call = await self._call(drive, case)
        else:
            active = await drive.lab.switch_on(_serving(case, case.served))
            try:
                call = await self._call(drive, case)
            finally:
                met = (await drive.lab.switch_off(active)).fired
        exchanges, trouble = self._seen(drive.lab, began)
        return Seen(call=call, exchanges=exchanges, met=met, repeated=repeated, trouble=trouble)

    async def _call(self, drive: Drive, case: Case) -> Call:
        drive.malformed = case.malformed
        drive.capture.calls.clear()
        return await drive.call(self.run.consumer.calls[case.call], Phase.DURING)

    async def _soothe(self, case: Case, call: Call) -> None:
        """Let a caller with a breaker see that the CRM is well, so that failures in a row are no row.

        One that hangs, is gone, or stays unwell is replaced.
        """
        well = call.outcome is not Outcome.HUNG and not call.result.died
        if well and self.run.consumer.promises.breaker is not None:
            assert self._drive is not None
            after = await self._call(self._drive, Case(call=case.call, operation=case.operation))
            well = after.outcome in WELL
        if not well:
            await self.close()

    async def _open(self) -> Drive:
        lab_run = self._lab_run = await self.lab.open(self.run, listen=self.listen)
        driver = self.open_driver(self.run)
        capture = Capture(self.run.consumer, lab_run.secrets)
        self._drive = drive = Drive(self.run, lab_run, driver, capture, Stopwatch())
        self._mark = Mark()
        try:
            await driver.start(lab_run.endpoint)
        except ConsumerFailed as failed:
            await self.close()
            raise ConsumerFailed(capture.output(str(failed))) from None
        return drive

    def _seen(self, lab_run: LabRun, began: float) -> tuple[tuple[Exchange, ...], str | None]:
        news = lab_run.since(self._mark)
        self._mark = news.mark
        return tuple(seen for seen in news.exchanges if seen.started >= began), news.trouble


class Cases:
    """The lanes of one consumer; a case takes the first that is free."""

    def __init__(self, run: Run, lab: Lab, open_driver: OpenDriver, listen: tuple[str, int] | None) -> None:
        self._make: Callable[[], Lane] = lambda: Lane(run, lab, open_driver, listen)
        self._most = lanes_of(run)
        self._free: asyncio.LifoQueue[Lane] = asyncio.LifoQueue()
        self._lanes: list[Lane] = []

    async def case(self, case: Case) -> Seen:
        """Do one case on a free lane; a new one is opened while there are few."""
        lane = await self._taken()
        try:
            return await lane.case(case)
        finally:
            self._free.put_nowait(lane)

    async def close(self) -> None:
        """End every caller."""
        closing: list[Awaitable[None]] = [lane.close() for lane in self._lanes]
        await asyncio.gather(*closing)

    async def _taken(self) -> Lane:
        if self._free.empty() and len(self._lanes) < self._most:
            lane = self._make()
            self._lanes.append(lane)
            return lane
        return await self._free.get()


def _serving(case: Case, served: Served) -> Serving:
    return Serving(operation=case.operation, served=served, cursor=case.cursor, rest=case.rest)


def lanes_of(run: Run) -> int:
    """How many callers may be driven at once: one where it runs already, is kept, or lives in the runner."""
    driver = run.consumer.driver
    if isinstance(driver, HttpDriver) and (driver.attach or driver.listen or driver.fresh != "restart"):
        return 1
    if isinstance(driver, PythonDriver) and driver.in_process:
        return 1
    return MOST_LANES.get(type(driver), 4)


def reached(seen: Seen, operation: str) -> tuple[Exchange, ...]:
    """The exchanges of one operation in a case, in order."""
    return tuple(exchange for exchange in seen.exchanges if exchange.operation == operation)
