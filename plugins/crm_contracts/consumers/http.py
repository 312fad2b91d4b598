"""The http driver: a service that we start or that runs already, called over HTTP."""

import asyncio
import json
import time
from collections.abc import Mapping
from functools import partial
from urllib.parse import urlsplit

from crm_contracts.consumers import result
from crm_contracts.consumers.client import NoReplyError, Reply, ask
from crm_contracts.consumers.driver import ConsumerFailed
from crm_contracts.consumers.hosts import Hosts, lacking
from crm_contracts.consumers.pool import DriverPool
from crm_contracts.consumers.process import End, OnSpawn
from crm_contracts.consumers.service import Service, answers
from crm_contracts.consumers.unready import met
from crm_contracts.model.call import CallResult, Failure
from crm_contracts.model.consumer import CallSpec, Consumer, HttpCall, HttpDriver
from crm_contracts.model.endpoint import Endpoint
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _
from crm_contracts.model.span import human

DEATH_SEEN_WITHIN = 0.2
"""Seconds after a lost connection in which the death of the process behind it is seen."""
RESETS_WITHIN = 10.0
LAST_WORDS = 4000


class HttpCaller:
    """Drives a service through one run. A call is one request on a connection of its own."""

    def __init__(self, consumer: Consumer, driver: HttpDriver, pool: DriverPool, on_spawn: OnSpawn) -> None:
        self._consumer, self._driver, self._pool, self._on_spawn = consumer, driver, pool, on_spawn
        self._service: Service | None = None
        self._base = driver.attach or ""
        self._hosts: Hosts | None = None
        self.lookups = None

    @property
    def output(self) -> str:
        """What the service printed so far; of one that runs already nothing is known."""
        return self._service.process.output.text if self._service else ""

    @property
    def base(self) -> str:
        """The address at which it is called; empty before it is started."""
        return self._base

    @property
    def contacts(self) -> None:
        """Not known: its program is no part of ours."""

    @property
    def notes(self) -> tuple[str, ...]:
        """Nothing."""
        return ()

    async def start(self, endpoint: Endpoint) -> None:
        """Start the service, or find the one that runs, and give it a fresh state as its file says."""
        if self._driver.attach:
            await self._attach()
        else:
            self._hosts = Hosts(endpoint.host_name) if endpoint.host_name else None
            self._service = await self._started(endpoint)
            self._base = self._service.base
        if isinstance(self._driver.fresh, tuple):
            await self._reset(*self._driver.fresh)

    async def call(
        self,
        spec: CallSpec,
        args: Mapping[str, JSON],  # noqa: ARG002 - the protocol's
        request: HttpCall | None,
        give_up_after: float,
    ) -> CallResult:
        """Send the call's request."""
        started = time.monotonic()
        if request is None:
            raise TypeError(spec)
        try:
            reply = await asyncio.wait_for(self._send(request), give_up_after)
        except TimeoutError:
            return result.of_hang(started, self.output[-LAST_WORDS:])
        except (OSError, NoReplyError) as error:
            return await self._lost(started, time.monotonic(), error)
        return _answered(started, time.monotonic(), reply)

    async def advance(self, seconds: float) -> bool:  # noqa: ARG002 - the protocol's
        """A service's clocks are its own."""
        return False

    def cannot_resolve(self) -> str | None:
        """None, or why its resolver is out of reach on this machine."""
        return lacking()

    async def resolve(self, *, known: bool) -> bool:
        """Let its look-ups find the lab's name, or not."""
        return self._hosts is not None and await self._hosts.resolve(known=known)

    async def stop(self) -> None:
        """End the service, unless its file asks to keep it for the next run; names are this run's own."""
        if self._service is not None and (self._driver.fresh == "restart" or self._hosts is not None):
            await self._service.stop()
        if self._hosts is not None:
            self._hosts.close()

    async def _started(self, endpoint: Endpoint) -> Service:
        names = self._hosts.environment() if self._hosts is not None else {}
        start = partial(Service.start, self._consumer, self._driver, endpoint, self._on_spawn, names)
        if self._driver.fresh == "restart" or self._hosts is not None:
            return await start()
        return await self._pool.service(
            self._consumer, lambda kept: kept.serves(endpoint, self._driver), start
        )

    async def _attach(self) -> None:
        if not await answers(self._base, self._driver):
            path = urlsplit(self._driver.ready).path
            url, span = self._base.rstrip("/") + path, human(self._driver.ready_within)
            if seen := await met(self._base, path or "/"):
                sentence = _("{url} gave no answer with a status below 500 within {span}. {seen}")
                raise ConsumerFailed(sentence.format(url=url, span=span, seen=seen))
            sentence = _("Nothing answered at {url} within {span}. Start the program, then run this again.")
            raise ConsumerFailed(sentence.format(url=url, span=span))

    async def _reset(self, method: str, path: str) -> None:
        try:
            reply = await asyncio.wait_for(ask(self._base, method, path), RESETS_WITHIN)
            told = _("status {status}").format(status=reply.status) if reply.status >= 400 else ""
        except (OSError, NoReplyError, TimeoutError) as error:
            told = str(error) or type(error).__name__
        if told:
            sentence = _("The request for a fresh state, {method} {path}, was not answered as hoped: {told}.")
            raise ConsumerFailed(sentence.format(method=method, path=path, told=told), self.output)

    async def _send(self, request: HttpCall) -> Reply:
        body = json.dumps(request.json, ensure_ascii=False).encode() if request.has_json else None
        return await ask(self._base, request.method, request.path, headers=request.headers, body=body)

    async def _lost(self, started: float, ended: float, error: Exception) -> CallResult:
        """No answer: because its process is gone, or because the service alone knows why."""
        if self._service is not None and await self._service.process.gone(DEATH_SEEN_WITHIN):
            end = self._service.process.ended.result()
            return result.of_death(started, ended, end, self.output[-LAST_WORDS:])
        if self._service is None and isinstance(error, ConnectionRefusedError):
            return result.of_death(started, ended, End(), "")
        words = _("The service closed the connection without an answer.")
        failure = Failure(type="NoAnswer", message=f"{words} {error}".strip(), own=True)
        return CallResult(
            started=started, ended=ended, comparable=False, failure=failure, output=self.output[-LAST_WORDS:]
        )


def _answered(started: float, ended: float, reply: Reply) -> CallResult:
    return CallResult(
        started=started, ended=ended, status=reply.status, headers=reply.headers, value=reply.value
    )
