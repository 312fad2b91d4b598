"""The python driver for debuggers: the caller lives in the process that asks, so that breakpoints are met."""

import asyncio
import os
import sys
import time
from collections.abc import Mapping, Sequence

from crm_contracts.consumers.channel import Message
from crm_contracts.consumers.child.caller import Caller, Endpoint, NotMadeError, find, finished, waits
from crm_contracts.consumers.child.calls import raised, returned
from crm_contracts.consumers.child.run import failed
from crm_contracts.consumers.failures import not_made
from crm_contracts.consumers.zygote import import_path
from crm_contracts.model.consumer import Consumer, PythonDriver
from crm_contracts.model.json import JSON


class InProcess:
    """The caller's object in this process. Its clocks are not moved, and a call that hangs hangs here.

    `environment` is put into this process's own until `close`. Raises ConsumerFailed where there is no object.
    """

    def __init__(
        self, consumer: Consumer, endpoint: Mapping[str, object], environment: Mapping[str, str] | None = None
    ) -> None:
        if not isinstance(consumer.driver, PythonDriver):
            raise TypeError(consumer.driver)
        self._home = consumer.driver.factory.partition(":")[0]
        self._environ, self._path = dict(os.environ), list(sys.path)
        os.environ.update(environment or {})
        self._caller = Caller()
        try:
            self._make(
                consumer.driver.factory,
                import_path(consumer, consumer.driver),
                endpoint,
                list(consumer.calls),
            )
        except BaseException:
            self._restore()
            raise

    def call(self, name: str, args: Mapping[str, JSON]) -> Message:
        """Make one call and tell of it as the caller's side does; `consumers.result.of_message` reads it."""
        started = time.monotonic()
        try:
            value = self._caller.call(name, dict(args))
            if waits(value):
                value = self._loop.run_until_complete(finished(value))
        except Exception as error:  # noqa: BLE001 - whatever leaves the caller is its user's to see
            return raised(0, started, error, self._home)
        return returned(0, started, value)

    def close(self) -> None:
        """Let the object tidy up and give back the environment."""
        try:
            closing = self._caller.close()
            if waits(closing):
                self._loop.run_until_complete(finished(closing))
        finally:
            self._restore()

    @property
    def _loop(self) -> asyncio.AbstractEventLoop:
        loop: asyncio.AbstractEventLoop = self._caller.loop
        return loop

    def _make(
        self, factory: str, path: Sequence[str], endpoint: Mapping[str, object], methods: list[str]
    ) -> None:
        try:
            self._caller.create(find(factory, path), Endpoint.of(dict(endpoint)), methods)
        except NotMadeError as unmade:
            raise not_made(factory, failed(unmade, self._home), "") from unmade

    def _restore(self) -> None:
        self._caller.end()
        os.environ.clear()
        os.environ.update(self._environ)
        sys.path[:] = self._path
