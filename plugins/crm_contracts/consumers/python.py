"""The python driver: the caller's object lives in a process of its own, one for every run."""

import asyncio
import contextlib
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from crm_contracts.consumers import result
from crm_contracts.consumers.channel import Channel, Message
from crm_contracts.consumers.environment import environment
from crm_contracts.consumers.failures import not_made, not_started, silent
from crm_contracts.consumers.patience import first_of
from crm_contracts.consumers.pool import DriverPool
from crm_contracts.consumers.process import End, Living, OnSpawn
from crm_contracts.consumers.zygote import READY_WITHIN, import_path, interpreter_of, start_child
from crm_contracts.model.call import CallResult
from crm_contracts.model.consumer import CallSpec, Consumer, HttpCall, PythonDriver
from crm_contracts.model.contact import Contact
from crm_contracts.model.endpoint import Endpoint
from crm_contracts.model.json import JSON

T = TypeVar("T")

ANSWERS_WITHIN = 2.0
"""Seconds in which the caller's side tells a stack or moves its clocks, unless the interpreter itself is stuck."""
BEGINS_WITHIN = 3.0
"""Seconds in which a call begins beside one that hangs; else the whole process is stuck."""
TIDIES_WITHIN = 1.0
"""Seconds that the caller's `close` may take."""
DUMPS_WITHIN = 0.3
DRAINS_WITHIN = 0.2
DIES_WITHIN = 1.0
LAST_WORDS = 4000
"""Characters of the caller's output that a call's result carries."""


@dataclass(slots=True)
class _Open:
    """A call that is under way."""

    asked: float
    done: "asyncio.Future[CallResult]"
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    stack: "asyncio.Future[str] | None" = None


class PythonCaller:
    """Drives a Python object through one run."""

    def __init__(self, consumer: Consumer, driver: PythonDriver, pool: DriverPool, on_spawn: OnSpawn) -> None:
        self._consumer, self._driver, self._pool, self._on_spawn = consumer, driver, pool, on_spawn
        self._living: Living | None = None
        self._channel = Channel(self._take)
        self._open: dict[int, _Open] = {}
        self._number = 0
        self._replies: dict[str, asyncio.Future[Message]] = {}
        self._watching: asyncio.Task[None] | None = None
        self._end: End | None = None
        self._hung: str | None = None
        self._stuck: str | None = None
        self._signal = 0
        self.contacts: tuple[Contact, ...] = ()
        self.lookups: tuple[float, ...] = ()

    @property
    def output(self) -> str:
        """What the caller printed so far."""
        return self._living.output.text if self._living else ""

    @property
    def notes(self) -> tuple[str, ...]:
        """Why its process was not forked, where that is worth a word."""
        why = self._pool.why_fresh(self._consumer)
        return (why,) if why else ()

    async def start(self, endpoint: Endpoint) -> None:
        """Start a process of its own and make the object in it; raises ConsumerFailed."""
        self._living = living = await self._begin(endpoint)
        await self._channel.open()
        self._watching = asyncio.create_task(self._watch(living))
        order = {
            "factory": self._driver.factory,
            "path": import_path(self._consumer, self._driver),
            "endpoint": endpoint.attributes(),
            "methods": list(self._consumer.calls),
            "env": environment(endpoint, self._driver.env),
            "host_name": endpoint.host_name,
            "port": endpoint.port,
        }
        message = await self._ask("start", READY_WITHIN, **order)
        if message is None:
            raise self._unready()
        if message["is"] == "failed":
            interpreter = interpreter_of(self._consumer, self._driver)
            raise not_made(self._driver.factory, message, self.output, interpreter=interpreter)
        self._signal = message["signal"]

    async def call(
        self,
        spec: CallSpec,
        args: Mapping[str, JSON],
        request: HttpCall | None,  # noqa: ARG002 - the protocol's
        give_up_after: float,
    ) -> CallResult:
        """Call the method of that name. A call without an end is given up with its stack; the process lives on."""
        asked = time.monotonic()
        if self._stuck is not None:
            return result.of_hang(asked, self._stuck)
        if self._end is not None or self._living is None:
            return self._dead(asked)
        self._number += 1
        number = self._number
        self._open[number] = call = _Open(asked, asyncio.get_running_loop().create_future())
        self._channel.send(do="call", id=number, name=spec.name, args=dict(args))
        try:
            return await self._outcome(number, call, give_up_after)
        finally:
            del self._open[number]

    async def advance(self, seconds: float) -> bool:
        """Move the caller's wall and monotonic clocks; its sleeps and event loop stay real."""
        if "advance" in self._consumer.cannot or self._end is not None:
            return False
        message = await self._ask("advance", ANSWERS_WITHIN, seconds=seconds)
        return message is not None and {"time", "monotonic", "datetime"} <= set(message["moved"])

    def cannot_resolve(self) -> str | None:
        """Nothing is in the way: what `socket` is asked is heard in the caller's own process."""
        return None

    async def resolve(self, *, known: bool) -> bool:
        """Let the caller's look-ups find the lab's name, or not; one that is gone looks nothing up."""
        if self._living is None or self._end is not None:
            return True
        return await self._ask("resolve", ANSWERS_WITHIN, known=known) is not None or self._end is not None

    async def stop(self) -> None:
        """Let the caller tidy up where it still can, then end its process group."""
        if self._signal and self._end is None and self._hung is None:
            await self._ask("stop", TIDIES_WITHIN)
        if self._living:
            self._living.kill()
        if self._watching:
            await self._watching
        self._channel.close()
        if self._living:
            self._living.output.finish()

    async def _begin(self, endpoint: Endpoint) -> Living:
        theirs = self._channel.pair()
        zygote = await self._pool.zygote(self._consumer, self._driver)
        forked = await zygote.fork(theirs) if zygote else None
        if forked is not None:
            self._on_spawn(forked.pid)
            return forked
        env = environment(endpoint, self._driver.env)
        return start_child("run", theirs, self._consumer, self._driver, env=env, on_spawn=self._on_spawn)

    async def _ask(self, do: str, within: float, **order: object) -> Message | None:
        """Send an order and wait for its reply; None where none came in time or the process ended."""
        self._replies[do] = reply = asyncio.get_running_loop().create_future()
        self._channel.send(do=do, **order)
        await first_of(reply, *([self._watching] if self._watching else []), within=within)
        return reply.result() if reply.done() else None

    async def _outcome(self, number: int, call: _Open, give_up_after: float) -> CallResult:
        if self._hung is not None and not await self._begins(call, min(BEGINS_WITHIN, give_up_after)):
            return self._give_up(call)
        end = call.asked + give_up_after
        await first_of(call.done, within=end - time.monotonic())
        # The stack is asked for in the order of the pipe: when it comes, what ended in time has been told.
        stack = "" if call.done.done() else await self._stack(number, call)
        if call.done.done() and (call.done.result().ended or 0) <= end:
            return call.done.result()
        self._hung = stack or self._hung or ""
        return result.of_hang(call.asked, stack)

    def _give_up(self, call: _Open) -> CallResult:
        """Nothing begins any more beside a call that hangs: the process as a whole is stuck, for good."""
        self._stuck = self._hung or ""
        if self._living:
            self._living.kill()
        return result.of_hang(call.asked, self._stuck)

    async def _begins(self, call: _Open, within: float) -> bool:
        waiting = asyncio.ensure_future(call.begun.wait())
        await first_of(waiting, call.done, within=within)
        waiting.cancel()
        return call.begun.is_set() or call.done.done()

    async def _stack(self, number: int, call: _Open) -> str:
        call.stack = asyncio.get_running_loop().create_future()
        self._channel.send(do="stack", id=number)
        await first_of(call.stack, call.done, within=ANSWERS_WITHIN)
        if call.stack.done():
            return call.stack.result()
        return "" if call.done.done() else await self._dump()

    async def _dump(self) -> str:
        """Not even a thread of its own answers: have the interpreter print all stacks from a signal handler."""
        if self._living is None or self._living.ended.done():
            return ""
        before = len(self.output)
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._living.pid, self._signal)
        await asyncio.sleep(DUMPS_WITHIN)
        return self.output[before:]

    async def _watch(self, living: Living) -> None:
        """When the process is gone, what it had begun has died with it."""
        closed = asyncio.ensure_future(self._channel.closed())
        await first_of(closed, living.ended)
        # What it sent before it went is still to be taken; a process that it left behind may hold the channel open.
        await first_of(closed, within=DRAINS_WITHIN)
        await first_of(living.ended, within=DIES_WITHIN)
        if not living.ended.done():
            living.kill()
            await first_of(living.ended, within=DIES_WITHIN)
        closed.cancel()
        self._end = living.ended.result() if living.ended.done() else End()
        living.output.finish()
        for call in self._open.values():
            if not call.done.done():
                call.done.set_result(self._dead(call.asked))

    def _dead(self, asked: float) -> CallResult:
        return result.of_death(asked, time.monotonic(), self._end or End(), self.output[-LAST_WORDS:])

    def _unready(self) -> Exception:
        if self._end is not None:
            return not_started(self._driver.factory, self._end, self.output)
        return silent(READY_WITHIN, self.output)

    def _take(self, message: Message) -> None:
        kind = message["is"]
        if kind == "contact":
            self.contacts += (_contact(message),)
        elif kind == "lookup":
            self.lookups += (message["at"],)
        elif (order := _REPLY_TO.get(kind)) and order in self._replies:
            _resolve(self._replies[order], message)
        elif call := self._open.get(message.get("id", 0)):
            if kind == "begun":
                call.begun.set()
            elif kind == "stack" and call.stack:
                _resolve(call.stack, message["text"])
            elif kind in {"returned", "raised"}:
                _resolve(call.done, result.of_message(message))


def _contact(message: Message) -> Contact:
    return Contact(host=message["host"], port=message["port"], refused=message.get("refused", False))


def _resolve(future: "asyncio.Future[T]", value: T) -> None:
    if not future.done():
        future.set_result(value)


_REPLY_TO = {
    "ready": "start",
    "failed": "start",
    "advanced": "advance",
    "resolved": "resolve",
    "stopped": "stop",
}
