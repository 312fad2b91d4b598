"""What outlives a run: zygotes, and services that their file asks to keep."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field

from crm_contracts.consumers.process import OnSpawn
from crm_contracts.consumers.service import Service
from crm_contracts.consumers.zygote import Zygote
from crm_contracts.model.consumer import Consumer, PythonDriver

FORKS_SAFELY = sys.platform != "darwin"
"""On macOS, system libraries break in a forked process that does not exec."""


KEPT = 12
"""Zygotes that are kept: each holds a whole interpreter with the caller's libraries."""


@dataclass(slots=True)
class _Place:
    """What is kept for one consumer; its lock lets runs that start side by side share one import."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    zygote: Zygote | None = None
    fresh: str = ""
    service: Service | None = None


class DriverPool:
    """One per lab process."""

    def __init__(self, on_spawn: OnSpawn) -> None:
        self._on_spawn = on_spawn
        self._places: dict[Hashable, _Place] = {}

    async def zygote(self, consumer: Consumer, driver: PythonDriver) -> Zygote | None:
        """The consumer's zygote; None where each run needs an interpreter of its own.

        That is so where forking is unsafe here, where the file says `import: per_run`, and where importing the module
        read the endpoint's variables, left threads running or files open. Raises ConsumerFailed.
        """
        if driver.import_ == "per_run" or not FORKS_SAFELY:
            return None
        place = self._place(consumer)
        await self._make_room(keep=place)
        async with place.lock:
            if place.zygote is not None and not place.zygote.alive:
                await place.zygote.close()
                place.zygote = None
            if place.zygote is None and not place.fresh:
                await self._open(place, consumer, driver)
            return place.zygote

    def why_fresh(self, consumer: Consumer) -> str:
        """Why each run of a consumer has an interpreter of its own although its file does not ask for it."""
        return self._place(consumer).fresh

    async def service(
        self, consumer: Consumer, fits: Callable[[Service], bool], start: Callable[[], Awaitable[Service]]
    ) -> Service:
        """The service that is kept for a consumer; started anew where it is gone or does not fit."""
        place = self._place(consumer)
        async with place.lock:
            if place.service is not None and not (place.service.alive and fits(place.service)):
                await place.service.stop()
                place.service = None
            if place.service is None:
                place.service = await start()
            return place.service

    async def close(self) -> None:
        """End everything that was kept."""
        for place in tuple(self._places.values()):
            if place.zygote is not None:
                await place.zygote.close()
            if place.service is not None:
                await place.service.stop()
        self._places.clear()

    async def _open(self, place: _Place, consumer: Consumer, driver: PythonDriver) -> None:
        zygote, imported = await Zygote.open(consumer, driver, self._on_spawn)
        if imported.forks_safely:
            place.zygote = zygote
        else:
            place.fresh = imported.why_not(driver.factory)
            await zygote.close()

    async def _make_room(self, keep: _Place) -> None:
        """End the zygotes that were not asked for the longest time and that no run needs to tell of its end."""
        idle = [p for p in self._places.values() if p is not keep and p.zygote is not None and p.zygote.idle]
        for place in idle[: max(0, len(idle) + 1 - KEPT)]:
            async with place.lock:
                if place.zygote is not None and place.zygote.idle:
                    await place.zygote.close()
                    place.zygote = None

    def _place(self, consumer: Consumer) -> _Place:
        driver = consumer.driver
        key: Hashable = (consumer.file, consumer.name, repr(driver))
        place = self._places.pop(key, None) or _Place()
        self._places[key] = place  # The one that was asked for last stands last.
        return place
