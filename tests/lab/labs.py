"""Labs with a small contract, for tests that need engine, gateway and CRM together."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from crm_contracts.lab import Lab, LabRun, LabSettings
from crm_contracts.model.consumer import Consumer, PythonDriver
from crm_contracts.model.contract import AuthPolicy, Contract
from crm_contracts.model.run import Run
from crm_contracts.model.scenario import Scenario
from tests.lab.caller import contract

ENGINES = [pytest.param("toxiproxy", marks=pytest.mark.toxiproxy), "embedded"]


def plan(made: Contract | None = None, *, seed: int = 1, name: str = "calm") -> Run:
    """A run of a scenario without faults."""
    made = made or contract()
    consumer = Consumer(
        name="caller",
        file=Path("caller.yaml"),
        contract=made.folder,
        driver=PythonDriver(factory="a:b"),
        calls={},
    )
    scenario = Scenario(name=name, file=f"{name}.yaml", path=Path(f"{name}.yaml"), title="Calm", during=())
    return Run(scenario=scenario, consumer=consumer, contract=made, seed=seed)


def with_auth(policy: AuthPolicy) -> Contract:
    """The small contract with credentials."""
    return replace(contract(), auth=policy)


class Opened:
    """A lab, and what it started."""

    def __init__(self, lab: Lab, pids: list[int]) -> None:
        self.lab = lab
        self.pids = pids

    async def open(self, run: Run | None = None, *, listen: tuple[str, int] | None = None) -> LabRun:
        lab_run = await self.lab.open(run or plan(), listen=listen)
        _LABS[id(lab_run)] = self
        return lab_run

    def kill_engine(self) -> None:
        for pid in self.pids:
            os.kill(pid, signal.SIGKILL)


_LABS: dict[int, Opened] = {}


def run_of(lab_run: LabRun) -> Opened:
    """The lab that a run lies in."""
    return _LABS[id(lab_run)]


@asynccontextmanager
async def opened(engine: str = "embedded", **settings: object) -> AsyncIterator[Opened]:
    """A lab; afterwards no process of it is left."""
    pids: list[int] = []
    lab = await Lab.start(LabSettings(engine=engine, **settings), pids.append)  # type: ignore[arg-type]
    try:
        yield Opened(lab, pids)
    finally:
        await lab.close()
        for pid in pids:
            assert not await _lives(pid)


@asynccontextmanager
async def running(engine: str, run: Run | None = None, **settings: object) -> AsyncIterator[LabRun]:
    """A run in a lab of its own."""
    async with opened(engine, **settings) as lab:
        lab_run = await lab.open(run)
        try:
            yield lab_run
        finally:
            _LABS.pop(id(lab_run), None)


async def _lives(pid: int) -> bool:
    for _ in range(200):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, 0)
            await asyncio.sleep(0.01)
            continue
        return False
    return True
