"""What the caller's user experienced. Times are seconds of the system's monotonic clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from crm_contracts.model.consumer import Outcome
from crm_contracts.model.contract import Effect
from crm_contracts.model.json import JSON


class Phase(StrEnum):
    """The phases of a run; `settle` begins `after` and is judged by recovery alone."""

    BEFORE = "before"
    DURING = "during"
    SETTLE = "settle"
    AFTER = "after"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An exception that left the caller: its type, all its bases by qualified name, and where it came from.

    `own` tells that its type is the caller's: of its package or distribution, or neither installed nor part of Python.
    """

    type: str
    bases: tuple[str, ...] = ()
    message: str = ""
    traceback: str = ""
    distribution: str | None = None
    own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CallResult:
    """What came back from a driver, before anybody says what it means.

    Exactly one of these holds: it returned (`returned`), raised (`failure`), answered HTTP (`status`), exited
    (`exit`), died (`died`) or did neither in time (`hung`, with the stack as evidence). `value` is JSON where
    `comparable`, else a repr. `started` and `ended` are the caller's own stamps.
    """

    started: float
    ended: float | None
    returned: bool = False
    value: JSON = None
    comparable: bool = True
    failure: Failure | None = None
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    exit: int | None = None
    signal: int | None = None
    died: bool = False
    hung: bool = False
    output: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of a run: what was asked, what came back, and the outcome that the declarations give it.

    `marker` is the fresh value of `{unique}`; `records` are the ids of known records it was given; `note` says why an
    undeclared result got its outcome.
    """

    id: int
    name: str
    phase: Phase
    does: tuple[str, ...]
    effect: Effect
    outcome: Outcome
    result: CallResult
    args: Mapping[str, JSON] = field(default_factory=dict)
    marker: str | None = None
    records: tuple[str, ...] = ()
    note: str = ""

    @property
    def started(self) -> float:
        """When it began."""
        return self.result.started

    @property
    def ended(self) -> float | None:
        """When its outcome stood; None for a hung call."""
        return self.result.ended

    @property
    def seconds(self) -> float | None:
        """How long its user waited; None for a hung call."""
        return None if self.ended is None else self.ended - self.started


def is_well(call: Call, calls: Iterable[Call]) -> bool:
    """Whether a call came out as it does when nothing is wrong: ok, or queued where it was queued before, too.

    A caller that gives all its writes to a queue has no other word for success; that they arrive is judged elsewhere.
    """
    if call.outcome is not Outcome.QUEUED:
        return call.outcome is Outcome.OK
    before = [one.outcome for one in calls if one.name == call.name and one.phase is Phase.BEFORE]
    return bool(before) and all(outcome is Outcome.QUEUED for outcome in before)
