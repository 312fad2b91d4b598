"""When faults are on: for the whole of `during`, or in windows of it. Their undo is guaranteed."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from crm_contracts.faults.ramp import RampedToxic
from crm_contracts.lab import Active, LabRun
from crm_contracts.model.fault import Fault, Trait
from crm_contracts.model.journal import FaultWindow


@dataclass(slots=True)
class Schedule:
    """Switches the faults of one run on and off and keeps the windows in which they were on."""

    lab: LabRun
    faults: Sequence[Fault]
    windows: list[FaultWindow] = field(default_factory=list)
    _on: list[Active] = field(default_factory=list)

    @property
    def malforms(self) -> bool:
        """Whether one of the faults spoils bodies that look like success."""
        return any(Trait.MALFORMED in fault.traits() for fault in self.faults)

    @asynccontextmanager
    async def on(self) -> AsyncIterator[None]:
        """Hold the faults on inside the block; afterwards all are off, whatever happened in it."""
        timers = [asyncio.create_task(self._timed(f)) for f in self.faults if _is_timed(f)]
        try:
            for fault in self.faults:
                if not _is_timed(fault):
                    await self._switch_on(fault)
            yield
        finally:
            await _cancel(timers)
            for active in reversed(tuple(self._on)):
                await self._switch_off(active)

    async def _timed(self, fault: Fault) -> None:
        await asyncio.sleep(fault.at.seconds if fault.at else 0.0)
        while True:
            active = await self._grow(fault)
            if fault.for_ is None:
                return
            await asyncio.sleep(fault.for_.seconds)
            await self._switch_off(active)
            if fault.repeat is None:
                return
            await asyncio.sleep(max(0.0, fault.repeat.seconds - fault.for_.seconds))

    async def _grow(self, fault: Fault) -> Active:
        """Switch a fault on, step by step where it has a ramp."""
        if not isinstance(fault, RampedToxic):
            return await self._switch_on(fault)
        for weaker, seconds in fault.growing():
            active = await self._switch_on(weaker)
            await asyncio.sleep(seconds)
            await self._switch_off(active)
        return await self._switch_on(fault.grown())

    async def _switch_on(self, fault: Fault) -> Active:
        # At the end of the phase a timer may be in the middle of this: what is half on would stay on for ever.
        switching = asyncio.ensure_future(self.lab.switch_on(fault))
        try:
            await asyncio.shield(switching)
        finally:
            active = await switching
            self._on.append(active)
        return active

    async def _switch_off(self, active: Active) -> None:
        if active not in self._on:
            return
        self._on.remove(active)
        switching = asyncio.ensure_future(self.lab.switch_off(active))
        try:
            await asyncio.shield(switching)
        finally:
            self.windows.append(await switching)


def _is_timed(fault: Fault) -> bool:
    grows = isinstance(fault, RampedToxic) and fault.ramp is not None
    return grows or fault.at is not None or fault.for_ is not None


async def _cancel(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    for ended in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(ended, Exception):
            raise ended
