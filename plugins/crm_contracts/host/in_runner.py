"""The lab's side of a caller that lives in the runner's process (`in_process: true`, for debuggers)."""

import asyncio
from collections.abc import Callable, Mapping

from crm_contracts.consumers import ConsumerFailed
from crm_contracts.consumers import result as results
from crm_contracts.host.frames import CallBack
from crm_contracts.model.call import CallResult
from crm_contracts.model.consumer import CallSpec, Consumer, HttpCall
from crm_contracts.model.endpoint import Endpoint
from crm_contracts.model.json import JSON


class InRunner:
    """Sends calls to the runner and gives each answer to the driver that waits for it."""

    def __init__(self, send: Callable[[object], None]) -> None:
        self._send = send
        self._waiting: dict[int, asyncio.Future[object]] = {}
        self._key = 0

    def driver(self, consumer: Consumer) -> "RunnerCaller":
        """A driver for one run of this consumer."""
        return RunnerCaller(consumer, self)

    def answered(self, asked: CallBack) -> None:
        """Take the runner's answer."""
        future = self._waiting.pop(asked.key, None)
        if future is not None and not future.done():
            future.set_result(asked.payload)

    async def ask(self, asked: Callable[[int], CallBack]) -> object:
        """Ask the runner and wait for its answer."""
        self._key += 1
        self._waiting[self._key] = future = asyncio.get_running_loop().create_future()
        self._send((0, asked(self._key)))
        return await future


class RunnerCaller:
    """Drives an object that lives in the runner; one call at a time, and a debugger may hold it for as long as it likes."""

    output = ""
    contacts = None
    notes: tuple[str, ...] = ()

    def __init__(self, consumer: Consumer, runner: InRunner) -> None:
        self._consumer, self._runner = consumer, runner

    async def start(self, endpoint: Endpoint) -> None:
        """Have the object made; raises ConsumerFailed."""
        failed = await self._ask("start", payload=endpoint.attributes())
        if isinstance(failed, str):
            raise ConsumerFailed(failed)

    async def call(
        self, spec: CallSpec, args: Mapping[str, JSON], request: HttpCall | None, give_up_after: float
    ) -> CallResult:
        """Have the method called; it is never given up, because somebody may be looking at it."""
        message = await self._ask("call", name=spec.name, payload=dict(args))
        if not isinstance(message, dict):
            raise TypeError(message)
        return results.of_message(message)

    async def advance(self, seconds: float) -> bool:
        """Never: the runner's clocks are the debugger's too."""
        return False

    async def stop(self) -> None:
        """Let the object go."""
        await self._ask("stop")

    async def _ask(self, what: str, name: str = "", payload: object = None) -> object:
        return await self._runner.ask(
            lambda key: CallBack(what=what, key=key, consumer=self._consumer, name=name, payload=payload)
        )
