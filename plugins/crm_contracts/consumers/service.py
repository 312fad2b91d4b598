"""A service that we start: on a free port, in a group of its own, waited for until it answers."""

import asyncio
import time
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from crm_contracts.consumers.client import NoReplyError, ask
from crm_contracts.consumers.driver import ConsumerFailed
from crm_contracts.consumers.environment import expand, program, program_environment
from crm_contracts.consumers.patience import first_of
from crm_contracts.consumers.process import End, OnSpawn, Process
from crm_contracts.consumers.unready import met, port_taken
from crm_contracts.model.consumer import Consumer, HttpDriver
from crm_contracts.model.endpoint import Endpoint
from crm_contracts.model.language import _
from crm_contracts.model.span import human
from crm_contracts.port import free_port, holder_of, is_taken

GRACE = 0.5
"""Seconds that a service has to end by itself when it is asked to."""
TRIES = 3
"""A free port may be taken by somebody else meanwhile: then the next one."""
LOOK = 0.02
PATIENCE = 5.0
"""Seconds that one question whether it is ready may take."""


class Service:
    """A running service and where it is called."""

    def __init__(self, process: Process, base: str, env: Mapping[str, str]) -> None:
        self.process, self.base, self._env = process, base, env

    @classmethod
    async def start(
        cls,
        consumer: Consumer,
        driver: HttpDriver,
        endpoint: Endpoint,
        on_spawn: OnSpawn,
        names: Mapping[str, str] = MappingProxyType({}),
    ) -> "Service":
        """Start one and wait until it answers; raises ConsumerFailed. `names` is what its resolver needs."""
        fixed = _fixed(driver.ready)
        if fixed and is_taken(fixed):
            raise _taken(fixed)
        for attempt in range(TRIES):
            port = fixed or free_port()
            service = cls._spawn(consumer, driver, endpoint, port, on_spawn, names=names)
            if await service.is_ready(driver):
                return service
            ended_by_itself = not service.alive
            seen = "" if ended_by_itself else await met(service.base, _path(driver))
            await service.stop()
            # Whoever holds the port now is not the service that just ended.
            if fixed or attempt + 1 == TRIES or not (ended_by_itself and is_taken(port)):
                raise service.unready(driver, ended_by_itself=ended_by_itself, seen=seen)
        raise AssertionError

    @property
    def alive(self) -> bool:
        """Whether its process still runs."""
        return not self.process.ended.done()

    def serves(self, endpoint: Endpoint, driver: HttpDriver) -> bool:
        """Whether it was started for just this endpoint."""
        return self._env == _own(endpoint, driver)

    async def stop(self) -> None:
        """Ask its group to end, then end it."""
        await self.process.stop(GRACE)

    @classmethod
    def _spawn(
        cls,
        consumer: Consumer,
        driver: HttpDriver,
        endpoint: Endpoint,
        port: int,
        on_spawn: OnSpawn,
        *,
        names: Mapping[str, str],
    ) -> "Service":
        folder = consumer.file.resolve().parent
        cwd = folder / driver.cwd if driver.cwd else None
        words = program([expand(word, endpoint, port=port) for word in driver.start], cwd, folder)
        env = {**program_environment(endpoint, driver.env, port=port), **names}
        try:
            process = Process.spawn(words, env=env, cwd=cwd, on_spawn=on_spawn)
        except OSError as error:
            raise unstartable(words[0], error) from error
        address = urlsplit(driver.ready)
        base = f"{address.scheme}://{address.netloc}" if address.netloc else f"http://127.0.0.1:{port}"
        return cls(process, base, _own(endpoint, driver))

    async def is_ready(self, driver: HttpDriver) -> bool:
        """Wait until it answers; False where it ended or did not in time."""
        return await answers(self.base, driver, self.process.ended)

    def unready(self, driver: HttpDriver, *, ended_by_itself: bool, seen: str = "") -> ConsumerFailed:
        """Why it did not come to answer; `seen` is what was met at its address."""
        if taken := port_taken(self.process.output.text):
            return ConsumerFailed(taken, self.process.output.text)
        if ended_by_itself:
            sentence = _(
                "The service ended with {end} before it was ready. It must stay in the foreground."
            ).format(end=self.process.ended.result())
        else:
            sentence = _(
                "The service did not answer {ready} with a status below 500 within {span}. Is it the right path, and does "
                "it listen on {{port}}?"
            ).format(ready=f"{self.base}{urlsplit(driver.ready).path}", span=human(driver.ready_within))
            longer = _("One that needs longer to start is given the time: {example}.")
            sentence = " ".join(filter(None, (sentence, seen, longer.format(example="ready_within: 60s"))))
        return ConsumerFailed(sentence, self.process.output.text)


async def answers(base: str, driver: HttpDriver, ended: "asyncio.Future[End] | None" = None) -> bool:
    """Ask until there is an answer below 500; False once the time is over or the process has ended."""
    end = time.monotonic() + driver.ready_within
    path = _path(driver)
    gone = [ended] if ended else []
    while (left := end - time.monotonic()) > 0 and not any(one.done() for one in gone):
        question = asyncio.create_task(_is_ready(base, path, min(PATIENCE, left)))
        await first_of(question, *gone)
        if question.done() and question.result():
            return not any(one.done() for one in gone)
        question.cancel()
        await asyncio.sleep(LOOK)
    return False


def unstartable(name: str, error: OSError) -> ConsumerFailed:
    """A program that cannot be started at all."""
    sentence = _("{name!r} cannot be started: {error}. Write its path, or put it on PATH.")
    return ConsumerFailed(sentence.format(name=name, error=error.strerror or error))


async def _is_ready(base: str, path: str, within: float) -> bool:
    try:
        reply = await asyncio.wait_for(ask(base, "GET", path), within)
    except (OSError, NoReplyError, TimeoutError):
        return False
    return reply.status < 500


def _path(driver: HttpDriver) -> str:
    return urlsplit(driver.ready).path or "/"


def _fixed(ready: str) -> int | None:
    address = urlsplit(ready)
    return (address.port or 80) if address.netloc else None


def _taken(port: int) -> ConsumerFailed:
    sentence = _(
        "Port {port}, at which the service is declared to be ready, is taken by {holder}. End it, or use {{port}}."
    )
    return ConsumerFailed(sentence.format(port=port, holder=holder_of(port) or _("another program")))


def _own(endpoint: Endpoint, driver: HttpDriver) -> Mapping[str, str]:
    return {**endpoint.environment(), **{name: expand(value, endpoint) for name, value in driver.env.items()}}
