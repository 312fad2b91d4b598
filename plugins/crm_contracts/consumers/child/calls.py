"""The calls of one run: in turn on the main thread, at once on others, all on the event loop where there is one.

The main thread comes first because timeouts by signal work nowhere else.
"""

from __future__ import annotations

import queue
import sys
import threading
import traceback
from typing import TYPE_CHECKING, Any

from .caller import Caller, finished, waits
from .clocks import monotonic
from .failure import OURS, as_message
from .values import as_json

if TYPE_CHECKING:
    from collections.abc import Callable

    Message = dict[str, Any]
    Work = Callable[[], Message | None]


class Calls:
    """Begins calls when asked and sends what came of each."""

    def __init__(self, caller: Caller, send: Callable[[Message], None]) -> None:
        self.caller, self.send, self.home = caller, send, ""
        self.threads: dict[int, int] = {}
        self.tasks: dict[int, Any] = {}
        self._main: queue.SimpleQueue[Work] = queue.SimpleQueue()
        self._spare: queue.SimpleQueue[Work] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._busy, self._idle = False, 0

    def serve(self) -> None:
        """Serve the main thread's calls, and from the moment that there is one the event loop."""
        while not self.caller.is_async:
            self._work(self._main.get(), self._main_is_free)
        self.caller.loop.run_forever()

    def do(self, work: Work) -> None:
        """Have a piece of work done on the main thread."""
        self._busy = True
        self._main.put(work)

    def begin(self, number: int, name: str, args: dict[str, Any]) -> None:
        """Begin a call."""
        if self.caller.is_async:
            self._soon(number, self._on_loop(number, name, args))
        elif self._busy:
            self._elsewhere(lambda: self._call(number, name, args))
        else:
            self.do(lambda: self._call(number, name, args))

    def close(self) -> None:
        """Let the caller tidy up where its calls run, and tell when it has."""
        if self.caller.is_async:
            self._soon(0, self._close_on_loop())
        else:
            self.do(self._close)

    def stack(self, number: int) -> str:
        """Where a call is stuck: its thread's stack, or its chain of awaits and what the loop's thread does."""
        frames, task = sys._current_frames(), self.tasks.get(number)  # noqa: SLF001 - there is no other way
        lines = _awaits(task.get_coro()) if task else []
        thread = self.threads.get(number, threading.main_thread().ident)
        lines += traceback.format_stack(frames[thread]) if thread in frames else []
        return "".join(line for line in lines if OURS not in line)

    def _main_is_free(self) -> None:
        self._busy = False

    def _spare_is_free(self) -> None:
        with self._lock:
            self._idle += 1

    def _work(self, work: Work, free: Callable[[], None]) -> None:
        message = work()
        free()  # Before the message leaves: whoever reads it may begin the next call at once.
        if message:
            self.send(message)

    def _elsewhere(self, work: Work) -> None:
        with self._lock:
            is_needed = self._idle == 0
            self._idle -= 0 if is_needed else 1
        if is_needed:
            threading.Thread(target=self._serve_spare, daemon=True).start()
        self._spare.put(work)

    def _serve_spare(self) -> None:
        while True:
            self._work(self._spare.get(), self._spare_is_free)

    def _call(self, number: int, name: str, args: dict[str, Any]) -> Message | None:
        self.threads[number] = threading.get_ident()
        self.send({"is": "begun", "id": number})
        started = monotonic()
        try:
            value = self.caller.call(name, args)
        except BaseException as error:  # noqa: BLE001 - whatever leaves the caller is its user's to see
            return raised(number, started, error, self.home)
        if waits(value):
            self._into_loop(number, started, value)
            return None
        return returned(number, started, value)

    def _into_loop(self, number: int, started: float, value: Any) -> None:
        """A method that did not look async gave something to await: from now on there is a loop."""
        del self.threads[number]
        self._soon(number, self._finish(number, started, value))
        self.caller.is_async = True
        self._main.put(lambda: None)

    def _soon(self, number: int, job: Any) -> None:
        def start() -> None:
            self.tasks[number] = loop.create_task(job)

        loop = self.caller.loop
        loop.call_soon_threadsafe(start)

    async def _on_loop(self, number: int, name: str, args: dict[str, Any]) -> None:
        self.send({"is": "begun", "id": number})
        started = monotonic()
        try:
            value = self.caller.call(name, args)
        except BaseException as error:  # noqa: BLE001 - see _call
            self.send(raised(number, started, error, self.home))
        else:
            await self._finish(number, started, value)

    async def _finish(self, number: int, started: float, value: Any) -> None:
        try:
            message = returned(number, started, await finished(value))
        except BaseException as error:  # noqa: BLE001 - see _call
            message = raised(number, started, error, self.home)
        self.tasks.pop(number, None)
        self.send(message)

    async def _close_on_loop(self) -> None:
        try:
            await finished(self.caller.close())
        except BaseException:  # noqa: BLE001 - it stands among the caller's own words
            traceback.print_exc()
        self.send({"is": "stopped"})

    def _close(self) -> Message:
        try:
            closing = self.caller.close()
            if waits(closing):
                self.caller.loop.run_until_complete(finished(closing))
        except BaseException:  # noqa: BLE001 - see _close_on_loop
            traceback.print_exc()
        return {"is": "stopped"}


def returned(number: int, started: float, value: Any) -> Message:
    """What is told of a call that gave its user a value."""
    ended = monotonic()
    plain, comparable = as_json(value)
    return _told("returned", number, started, ended, value=plain, comparable=comparable)


def raised(number: int, started: float, error: BaseException, home: str) -> Message:
    """What is told of a call that raised; `leaves` is the exit code where it wants to end the program."""
    ended = monotonic()
    leaves = None
    if isinstance(error, SystemExit):
        leaves = error.code if isinstance(error.code, int) else int(error.code is not None)
    return _told("raised", number, started, ended, failure=as_message(error, home), leaves=leaves)


def _told(what: str, number: int, started: float, ended: float, **more: Any) -> Message:
    return {"is": what, "id": number, "started": started, "ended": ended, **more}


def _awaits(coroutine: Any) -> list[str]:
    lines: list[str] = []
    while coroutine is not None:
        frame = getattr(coroutine, "cr_frame", None) or getattr(coroutine, "gi_frame", None)
        if frame is not None:
            lines += traceback.format_list(traceback.StackSummary.extract([(frame, frame.f_lineno)]))
        coroutine = getattr(coroutine, "cr_await", None) or getattr(coroutine, "gi_yieldfrom", None)
    return lines
