"""What crosses the pipes between the runner and its own lab process: length, then a pickled value.

Both ends are our own processes, started from the same files; nothing that a user or a CRM wrote is ever unpickled.
"""

import asyncio
import os
import pickle
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crm_contracts.lab import LabSettings, Mark
from crm_contracts.model.call import CallResult, Phase
from crm_contracts.model.case import Case
from crm_contracts.model.consumer import CallSpec, Consumer
from crm_contracts.model.fault import Fault
from crm_contracts.model.json import JSON
from crm_contracts.model.run import Run
from crm_contracts.model.scenario import Scenario

_LENGTH = struct.Struct(">Q")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A run without its contract, which the lab process reads by itself: contracts can be large and are lazy."""

    scenario: Scenario
    consumer: Consumer
    seed: int
    contract: Path
    variant: str | None

    @classmethod
    def of(cls, run: Run) -> "Order":
        """The order for a run."""
        return cls(
            scenario=run.scenario,
            consumer=run.consumer,
            seed=run.seed,
            contract=run.contract.folder,
            variant=run.contract.variant,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    """The first frame: how the lab is made, and the language of its sentences."""

    settings: LabSettings
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Execute:
    """Do one run and answer with its journal."""

    order: Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """Open the lab for a caller that somebody else drives; answers with its number and endpoint."""

    order: Order
    listen: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchOn:
    """Switch a fault on; answers with its number."""

    opened: int
    fault: Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchOff:
    """Switch a fault off; answers with the window in which it was on."""

    opened: int
    active: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance:
    """Move the lab's clock by seconds."""

    opened: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """Keep a record in the CRM without a request; answers with its key."""

    opened: int
    collection: str
    fields: Mapping[str, JSON]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A call that somebody made by hand, and what came of it; `marker` is the unique value that it was given."""

    spec: CallSpec
    phase: Phase
    result: CallResult
    marker: str
    malformed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Redact and classify a call that was made by hand; answers with it as the journal keeps it."""

    opened: int
    made: Made


@dataclass(frozen=True, slots=True, kw_only=True)
class Observe:
    """Answer with what was observed so far."""

    opened: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Answer with what was finished since a mark, so that watching costs no more the longer it goes on."""

    opened: int
    after: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """Close what was opened."""

    opened: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCases:
    """Keep a caller ready for cases; answers with its number."""

    order: Order


@dataclass(frozen=True, slots=True, kw_only=True)
class DoCase:
    """Do one case; answers with what was seen. Several may be asked for at once."""

    opened: int
    case: Case


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseCases:
    """End what was kept ready."""

    opened: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """Answer with what the lab is made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the lab is made of, and how long it took to start once imported (seconds)."""

    engine: str
    version: str
    why: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBack:
    """The lab asks the runner to make a call on an object that lives in the runner's process (`in_process: true`)."""

    what: str
    key: int
    consumer: Consumer
    name: str = ""
    payload: Any = None


Asked = (
    Execute
    | Open
    | SwitchOn
    | SwitchOff
    | Advance
    | Put
    | Record
    | Observe
    | Watch
    | Close
    | OpenCases
    | DoCase
    | CloseCases
    | Hello
)


def send(descriptor: int, value: object) -> None:
    """Write one frame; raises BrokenPipeError when the other side is gone."""
    data = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    view = memoryview(_LENGTH.pack(len(data)) + data)
    while view:
        view = view[os.write(descriptor, view) :]


def receive(descriptor: int) -> object:
    """Read one frame; raises EOFError when the other side is gone."""
    (length,) = _LENGTH.unpack(_exactly(descriptor, _LENGTH.size))
    return pickle.loads(_exactly(descriptor, length))  # noqa: S301 - our own process wrote it


async def receive_later(stream: asyncio.StreamReader) -> Any:
    """Read one frame from a stream; raises EOFError when the other side is gone."""
    (length,) = _LENGTH.unpack(await stream.readexactly(_LENGTH.size))
    return pickle.loads(await stream.readexactly(length))  # noqa: S301 - our own process wrote it


def _exactly(descriptor: int, count: int) -> bytes:
    parts = []
    while count:
        part = os.read(descriptor, min(count, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
