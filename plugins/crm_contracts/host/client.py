"""The runner's side of the pipe: starts the lab process under its guard, sends orders and gets answers.

Nothing here opens a socket, reads a clock that tests may freeze, or needs an event loop: the lab goes on undisturbed by
whatever a test suite patches in its own process.
"""

import contextlib
import os
import queue
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from crm_contracts.host import frames
from crm_contracts.host.in_process import InProcessCallers
from crm_contracts.host.spawning import Spawned, spawn
from crm_contracts.lab import LabSettings, Mark, News, Observed
from crm_contracts.model.call import Call
from crm_contracts.model.case import Case, Seen
from crm_contracts.model.endpoint import Endpoint
from crm_contracts.model.fault import Fault
from crm_contracts.model.journal import FaultWindow, Journal
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _
from crm_contracts.model.run import Run


class LabGone(Exception):  # noqa: N818 - a fact, told to the user as one
    """The lab process ended while something was asked of it; what it said last is in the message."""


class LabClient:
    """The lab as the runner sees it. It starts at once and answers when it is ready.

    `folder` is the working folder of the lab and of what it starts (default: this process's, which a test may change);
    `spawned` is a lab that was started already, and belongs to this from now on.
    Close it to end everything that it started; the guard does the same when this process dies.
    """

    def __init__(
        self,
        settings: LabSettings,
        *,
        language: str = "en",
        folder: Path | None = None,
        spawned: Spawned | None = None,
    ) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[int, Future[Any]] = {}
        self._numbers = 0
        self._gone = False
        self._callbacks: queue.SimpleQueue[frames.CallBack | None] = queue.SimpleQueue()
        self._callers = InProcessCallers()
        self._spawned = spawned or spawn(folder)
        self._guard, self._answers = self._spawned.guard, self._spawned.answers
        frames.send(self._spawned.orders, frames.Begin(settings=settings, language=language))
        threading.Thread(target=self._read, name="crm-lab-answers", daemon=True).start()

    @property
    def alive(self) -> bool:
        """Whether the lab process still answers."""
        return not self._gone

    def about(self) -> frames.About:
        """Tell what the lab is made of; waits until it is ready."""
        about: frames.About = self.ask(frames.Hello())
        return about

    def submit(self, run: Run) -> "Future[Journal]":
        """Begin a run; several may be under way at once."""
        return self._send(frames.Execute(order=frames.Order.of(run)))

    def execute(self, run: Run) -> Journal:
        """Do one run and wait for its journal."""
        journal: Journal = self.wait(self.submit(run))
        return journal

    def open(self, run: Run, listen: tuple[str, int] | None = None) -> tuple[int, Endpoint]:
        """Open the lab for a caller that is driven elsewhere; returns its number and endpoint."""
        opened: tuple[int, Endpoint] = self.ask(frames.Open(order=frames.Order.of(run), listen=listen))
        return opened

    def switch_on(self, opened: int, fault: Fault) -> int:
        """Switch a fault on; returns its number."""
        number: int = self.ask(frames.SwitchOn(opened=opened, fault=fault))
        return number

    def switch_off(self, opened: int, active: int) -> FaultWindow:
        """Switch a fault off again."""
        window: FaultWindow = self.ask(frames.SwitchOff(opened=opened, active=active))
        return window

    def put(self, opened: int, collection: str, fields: Mapping[str, JSON]) -> str:
        """Keep a record in an opened CRM without a request, and return its key."""
        key: str = self.ask(frames.Put(opened=opened, collection=collection, fields=fields))
        return key

    def record(self, opened: int, made: frames.Made) -> Call:
        """Hand over what came of a call that was made here; returns it as the journal keeps it."""
        call: Call = self.ask(frames.Record(opened=opened, made=made))
        return call

    def observe(self, opened: int) -> Observed:
        """Return what was observed so far."""
        observed: Observed = self.ask(frames.Observe(opened=opened))
        return observed

    def watch(self, opened: int, after: Mark) -> News:
        """Return what was finished since a mark; the first one is `Mark()`."""
        news: News = self.ask(frames.Watch(opened=opened, after=after))
        return news

    def close_opened(self, opened: int) -> None:
        """Close what `open` opened."""
        self.ask(frames.Close(opened=opened))

    def open_cases(self, run: Run) -> int:
        """Keep a caller ready for cases; returns its number."""
        number: int = self.ask(frames.OpenCases(order=frames.Order.of(run)))
        return number

    def submit_case(self, opened: int, case: Case) -> "Future[Seen]":
        """Begin a case; several may be under way at once."""
        return self._send(frames.DoCase(opened=opened, case=case))

    def case(self, opened: int, case: Case) -> Seen:
        """Do one case and wait for what was seen."""
        seen: Seen = self.wait(self.submit_case(opened, case))
        return seen

    def close_cases(self, opened: int) -> None:
        """End the caller that `open_cases` kept ready."""
        self.wait(self._send(frames.CloseCases(opened=opened)))

    def ask(self, asked: frames.Asked) -> Any:
        """Send one order and wait for its answer; raises LabGone, or what went wrong in the lab.

        Any thread may ask: only runs call back, and their answers are waited for by `wait`.
        """
        return self._send(asked).result()

    def wait(self, future: "Future[Any]") -> Any:
        """Wait for an answer, and meanwhile make the calls of callers that live in this process."""
        future.add_done_callback(lambda _done: self._callbacks.put(None))
        while not future.done():
            if (asked := self._callbacks.get()) is not None:
                self._tell(0, self._callers.answer(asked))
        return future.result()

    def close(self) -> None:
        """End the lab and everything that it started; safe to call twice."""
        self._spawned.end()

    def _send(self, asked: frames.Asked) -> "Future[Any]":
        future: Future[Any] = Future()
        with self._lock:
            self._numbers += 1
            number = self._numbers
            self._waiting[number] = future
        if self._gone:
            self._lost()
        else:
            self._tell(number, asked)
        return future

    def _tell(self, number: int, what: object) -> None:
        with contextlib.suppress(BrokenPipeError), self._lock:
            frames.send(self._spawned.orders, (number, what))

    def _read(self) -> None:
        with contextlib.suppress(EOFError, OSError):
            while True:
                number, value = _pair(frames.receive(self._answers))
                if isinstance(value, frames.CallBack):
                    self._callbacks.put(value)
                else:
                    _fulfil(self._waiting.pop(number, None), value)
        self._gone = True
        os.close(self._answers)
        self._lost()

    def _lost(self) -> None:
        with self._lock:
            waiting, self._waiting = list(self._waiting.values()), {}
        for future in waiting:
            _fulfil(future, LabGone(_("The lab process ended; its last words stand above.")))


def _pair(value: object) -> tuple[int, object]:
    if not isinstance(value, tuple):
        raise TypeError(value)
    number, answer = value
    return int(number), answer


def _fulfil(future: "Future[Any] | None", value: object) -> None:
    if future is None or future.cancelled():
        return
    if isinstance(value, BaseException):
        future.set_exception(value)
    else:
        future.set_result(value)
