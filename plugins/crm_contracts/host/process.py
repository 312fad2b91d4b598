"""The lab process: one event loop on which gateway, simulator, engine and callers' drivers live.

It takes orders from the runner, does runs, and goes when the runner or the guard is gone.
"""

import asyncio
import contextlib
import os
import resource
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from crm_contracts.consumers import Driver, DriverPool, open_driver
from crm_contracts.contracts import load_contract
from crm_contracts.host import frames
from crm_contracts.host.in_runner import InRunner
from crm_contracts.lab import Active, Lab, LabRun, News
from crm_contracts.model.case import Seen
from crm_contracts.model.consumer import HttpDriver, PythonDriver
from crm_contracts.model.endpoint import Endpoint
from crm_contracts.model.journal import FaultWindow
from crm_contracts.model.language import choose_language
from crm_contracts.model.run import Run
from crm_contracts.run.capture import Capture
from crm_contracts.run.cases import Cases
from crm_contracts.run.execute import execute

DESCRIPTORS = 8192
"""Open files that the lab may have: 200 callers at once take 800, and the usual limits are 256 and 1024."""


@dataclass(slots=True)
class _Opened:
    lab_run: LabRun
    capture: Capture
    active: dict[int, Active] = field(default_factory=dict)


@dataclass(slots=True)
class _Ready:
    cases: Cases
    turn: contextlib.AsyncExitStack
    spawned: list[int]


class Process:
    """Answers the runner's orders; runs of a program that has one port wait for each other, all others go side by side."""

    def __init__(self, lab: Lab, notes: int, answers: int, seconds: float) -> None:
        self._lab = lab
        self._notes = notes
        self._answers = answers
        self._seconds = seconds
        self._pool = DriverPool(self.on_spawn)
        self._opened: dict[int, _Opened] = {}
        self._ready: dict[int, _Ready] = {}
        self._numbers = 0
        self._turns: dict[str, asyncio.Semaphore] = {}
        self.in_runner = InRunner(partial(frames.send, answers))

    def on_spawn(self, pid: int) -> None:
        """Tell the guard of a process group that we started."""
        _note(self._notes, pid)

    async def answer(self, number: int, asked: frames.Asked) -> None:
        """Do what was asked and send the result, or the exception, under its number."""
        try:
            result: object = await self._do(asked)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 - it is the runner's to raise
            result = error
        frames.send(self._answers, (number, result))

    async def close(self) -> None:
        """End everything that is open."""
        for opened in self._opened.values():
            await opened.lab_run.close()
        for ready in self._ready.values():
            await ready.cases.close()
        await self._pool.close()
        await self._lab.close()

    async def _do(self, asked: Any) -> object:
        actions: dict[type, Callable[[Any], Awaitable[object]]] = {
            frames.Execute: self._execute,
            frames.Open: self._open,
            frames.SwitchOn: self._switch_on,
            frames.SwitchOff: self._switch_off,
            frames.Advance: self._advance,
            frames.Record: self._record,
            frames.Observe: self._observe,
            frames.Put: self._put,
            frames.Watch: self._watch,
            frames.Close: self._close,
            frames.OpenCases: self._open_cases,
            frames.DoCase: self._do_case,
            frames.CloseCases: self._close_cases,
            frames.Hello: self._hello,
        }
        return await actions[type(asked)](asked)

    async def _hello(self, _: frames.Hello) -> frames.About:
        engine = self._lab.engine
        return frames.About(engine=engine.name, version=engine.version, why=engine.why, seconds=self._seconds)

    async def _execute(self, asked: frames.Execute) -> object:
        run = _run(asked.order)
        spawned: list[int] = []
        async with self._turn(run):
            try:
                return await execute(run, self._lab, partial(self._driver, spawned), listen=_listen(run))
            finally:
                self._ended(spawned)

    def _driver(self, spawned: list[int], run: Run) -> Driver:
        driver = run.consumer.driver
        if isinstance(driver, PythonDriver) and driver.in_process:
            return self.in_runner.driver(run.consumer)

        def on_spawn(pid: int) -> None:
            spawned.append(pid)
            self.on_spawn(pid)

        return open_driver(run.consumer, self._pool, on_spawn)

    def _ended(self, pids: list[int]) -> None:
        """Tell the guard which groups are gone: their numbers may soon be somebody else's."""
        os.write(self._notes, "".join(f"-{pid}\n" for pid in pids).encode())

    @contextlib.asynccontextmanager
    async def _turn(self, run: Run) -> Any:
        driver = run.consumer.driver
        abreast = driver.abreast if isinstance(driver, HttpDriver) else None
        if abreast is None:
            yield
            return
        address = getattr(driver, "listen", None) or run.consumer.name
        async with self._turns.setdefault(address, asyncio.Semaphore(abreast)):
            yield

    async def _open(self, asked: frames.Open) -> tuple[int, Endpoint]:
        run = _run(asked.order)
        lab_run = await self._lab.open(run, listen=asked.listen)
        number = self._number()
        self._opened[number] = _Opened(lab_run, Capture(run.consumer, lab_run.secrets))
        return number, lab_run.endpoint

    async def _switch_on(self, asked: frames.SwitchOn) -> int:
        opened, number = self._opened[asked.opened], self._number()
        opened.active[number] = await opened.lab_run.switch_on(asked.fault)
        return number

    async def _switch_off(self, asked: frames.SwitchOff) -> FaultWindow:
        opened = self._opened[asked.opened]
        return await opened.lab_run.switch_off(opened.active.pop(asked.active))

    async def _advance(self, asked: frames.Advance) -> None:
        await self._opened[asked.opened].lab_run.advance(asked.seconds)

    async def _put(self, asked: frames.Put) -> str:
        return self._opened[asked.opened].lab_run.put(asked.collection, asked.fields)

    async def _record(self, asked: frames.Record) -> object:
        capture, made = self._opened[asked.opened].capture, asked.made
        return capture.add(
            capture.number(),
            made.spec,
            made.phase,
            made.result,
            args={},
            marker=made.marker,
            records=(),
            malformed=made.malformed,
        )

    async def _observe(self, asked: frames.Observe) -> object:
        opened = self._opened[asked.opened]
        seen = opened.lab_run.observed()
        return replace(seen, leaks=(*seen.leaks, *opened.capture.leaks))

    async def _watch(self, asked: frames.Watch) -> News:
        return self._opened[asked.opened].lab_run.since(asked.after)

    async def _close(self, asked: frames.Close) -> None:
        await self._opened.pop(asked.opened).lab_run.close()

    async def _open_cases(self, asked: frames.OpenCases) -> int:
        run, turn = _run(asked.order), contextlib.AsyncExitStack()
        spawned: list[int] = []
        # A program that listens for one address only is nobody else's until the last case is done.
        await turn.enter_async_context(self._turn(run))
        cases = Cases(run, self._lab, partial(self._driver, spawned), _listen(run))
        number = self._number()
        self._ready[number] = _Ready(cases, turn, spawned)
        return number

    async def _do_case(self, asked: frames.DoCase) -> Seen:
        return await self._ready[asked.opened].cases.case(asked.case)

    async def _close_cases(self, asked: frames.CloseCases) -> None:
        ready = self._ready.pop(asked.opened)
        async with ready.turn:
            try:
                await ready.cases.close()
            finally:
                self._ended(ready.spawned)

    def _number(self) -> int:
        self._numbers += 1
        return self._numbers


def _run(order: frames.Order) -> Run:
    contract = load_contract(order.contract, variant=order.variant)
    return Run(scenario=order.scenario, consumer=order.consumer, contract=contract, seed=order.seed)


def _listen(run: Run) -> tuple[str, int] | None:
    driver = run.consumer.driver
    if not isinstance(driver, HttpDriver) or not driver.listen:
        return None
    host, _colon, port = driver.listen.rpartition(":")
    return host or "127.0.0.1", int(port)


async def serve(begin: frames.Begin, orders: int, answers: int, notes: int, guarded: int) -> None:
    """Take orders until the runner or the guard is gone."""
    loop, gone = asyncio.get_running_loop(), asyncio.Event()
    began = time.monotonic()
    lab = await Lab.start(begin.settings, partial(_note, notes), partial(_note_folder, notes))
    if prefix := getattr(lab.engine, "prefix", None):
        os.write(notes, f"~{getattr(lab.engine, 'url', '')} {prefix}\n".encode())
    process = Process(lab, notes, answers, time.monotonic() - began)
    loop.add_reader(guarded, gone.set)
    loop.add_signal_handler(signal.SIGTERM, gone.set)
    reader = asyncio.create_task(_orders(orders, process, gone))
    try:
        await gone.wait()
    finally:
        reader.cancel()
        await asyncio.gather(reader, return_exceptions=True)
        await process.close()


async def _orders(orders: int, process: Process, gone: asyncio.Event) -> None:
    tasks: set[asyncio.Task[None]] = set()
    stream = await _stream(orders)
    try:
        while True:
            number, asked = await frames.receive_later(stream)
            if isinstance(asked, frames.CallBack):
                process.in_runner.answered(asked)
                continue
            task = asyncio.create_task(process.answer(number, asked))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
    except EOFError:
        gone.set()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _stream(orders: int) -> asyncio.StreamReader:
    stream = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stream), os.fdopen(orders, "rb", 0))
    return stream


def _note(notes: int, pid: int) -> None:
    os.write(notes, f"+{pid}\n".encode())


def _note_folder(notes: int, folder: Path) -> None:
    os.write(notes, os.fsencode(folder) + b"\n")


def main() -> None:
    """Start the lab process; its last four arguments are file descriptors."""
    # A handler, not SIG_IGN: what is ignored stays ignored in every program that we start.
    signal.signal(signal.SIGINT, lambda *_: None)
    orders, answers, notes, guarded = (int(word) for word in sys.argv[-4:])
    try:
        begin = frames.receive(orders)
    except EOFError:
        return  # Whoever started us thought better of it.
    if not isinstance(begin, frames.Begin):
        raise TypeError(begin)
    choose_language(begin.language)
    _allow_many_connections()
    with contextlib.suppress(BrokenPipeError, EOFError):
        asyncio.run(serve(begin, orders, answers, notes, guarded))


def _allow_many_connections() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(DESCRIPTORS, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        # A system may allow less than it says; then what was allowed before must do.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


if __name__ == "__main__":
    main()
