"""What tests of drivers need: consumers made by hand, an endpoint, and an eye on what is left behind."""

import asyncio
import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

from crm_contracts.consumers import Driver, DriverPool, open_driver
from crm_contracts.model.call import CallResult
from crm_contracts.model.consumer import CallSpec, CommandDriver, Consumer, HttpCall, HttpDriver, PythonDriver
from crm_contracts.model.contract import Effect
from crm_contracts.model.endpoint import Endpoint, Tenant
from crm_contracts.model.json import JSON

T = TypeVar("T")
CALLERS = Path(__file__).parent / "callers"
PATIENCE = 20.0
"""Seconds after which a test's call is given up; no test waits for it."""

ENDPOINT = Endpoint(
    base_url="http://127.0.0.1:9/crm/v3",
    token_url="http://127.0.0.1:9/oauth/token",
    tenants=(
        Tenant(name="one", client_id="client-one", client_secret="secret-one"),
        Tenant(name="two", client_id="client-two", client_secret="secret-two"),
    ),
)


def consumer(driver: PythonDriver | HttpDriver | CommandDriver, *calls: str) -> Consumer:
    """A consumer whose file lies among the callers of these tests."""
    return Consumer(
        name="caller",
        file=CALLERS / "caller.yaml",
        contract=CALLERS,
        driver=driver,
        calls={name: CallSpec(name=name, does=(), effect=Effect.READ) for name in calls},
    )


class Stage:
    """One lab process's worth of drivers, and the process groups that they started."""

    def __init__(self) -> None:
        self.groups: list[int] = []
        self.pool = DriverPool(self.groups.append)

    @contextlib.asynccontextmanager
    async def run(self, consumer: Consumer, endpoint: Endpoint = ENDPOINT) -> AsyncIterator["Wheel"]:
        """One run of a consumer."""
        driver = open_driver(consumer, self.pool, self.groups.append)
        try:
            await driver.start(endpoint)
            yield Wheel(consumer, driver)
        finally:
            await driver.stop()


class Wheel:
    """Makes the calls of one run."""

    def __init__(self, consumer: Consumer, driver: Driver) -> None:
        self.consumer, self.driver = consumer, driver

    async def call(
        self, name: str, *, request: HttpCall | None = None, within: float = PATIENCE, **args: JSON
    ) -> CallResult:
        """Make one call by name."""
        return await self.driver.call(self.consumer.calls[name], args, request, within)

    async def value(self, name: str, **args: JSON) -> JSON:
        """The value of a call that returned."""
        result = await self.driver.call(self.consumer.calls[name], args, None, PATIENCE)
        assert result.returned, result
        return result.value


def played(play: Callable[[Stage], Awaitable[T]]) -> T:
    """Play a test on a stage of its own; afterwards every process that was started is gone."""

    async def whole() -> tuple[T, list[int]]:
        stage = Stage()
        try:
            return await play(stage), stage.groups
        finally:
            await stage.pool.close()

    result, groups = asyncio.run(whole())
    assert [group for group in groups if not is_gone(group)] == []
    return result


def is_gone(group: int, within: float = 5.0) -> bool:
    """Whether a process group is gone, or will be soon."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        if not any(state != "Z" for state in _members(group)):
            return True
        time.sleep(0.01)
    return False


def _members(group: int) -> Iterator[str]:
    """The states of a group's processes: a zombie does nothing but wait to be counted by its parent."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _parent, its_group = stat.read_text().rpartition(")")[2].split()[:3]
            if int(its_group) == group:
                yield state


def without_our_packages(folder: Path, python: Path | str = sys.executable) -> Path:
    """The interpreter of a new environment that holds nothing but the standard library."""
    base = subprocess.run(
        [str(python), "-c", "import sys; print(sys._base_executable)"],
        capture_output=True,
        text=True,
        check=True,
    )
    subprocess.run(
        [base.stdout.strip(), "-m", "venv", "--without-pip", str(folder)], check=True, capture_output=True
    )
    return folder / "bin" / "python"


def oldest_python() -> Path | None:
    """The oldest other Python from 3.8 on that works here."""
    for minor in range(8, sys.version_info.minor):
        for candidate in _pythons(f"python3.{minor}"):
            asked = [str(candidate), "-c", "import sys; print(sys.version_info[1])"]
            answer = subprocess.run(asked, capture_output=True, text=True, check=False)
            if answer.stdout.strip() == str(minor):
                return candidate
    return None


def _pythons(name: str) -> Iterator[Path]:
    if found := shutil.which(name):
        yield Path(found)
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    yield from versions.glob(f"*/bin/{name}")
