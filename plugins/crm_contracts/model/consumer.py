"""A consumer: the caller under test, how it is driven, and what it promises."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal

from crm_contracts.model.contract import Effect
from crm_contracts.model.json import JSON, FrozenJSON
from crm_contracts.model.problem import Position
from crm_contracts.model.promises import Promises


class Outcome(StrEnum):
    """What the caller's user experienced."""

    OK = "ok"
    DEGRADED = "degraded"
    QUEUED = "queued"
    REFUSED = "refused"
    CRASHED = "crashed"
    HUNG = "hung"

    @property
    def graceful(self) -> bool:
        """Whether the user was served or told, rather than left with a crash or a hang."""
        return self not in {Outcome.CRASHED, Outcome.HUNG}

    @property
    def accepted(self) -> bool:
        """Whether the user may believe that a write was taken."""
        return self in {Outcome.OK, Outcome.DEGRADED, Outcome.QUEUED}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeRule:
    """One line of `outcomes:`; every condition that is set must hold, the first matching rule wins."""

    outcome: Outcome
    path: str | None = None
    equals: FrozenJSON = None
    has_equals: bool = False
    contains: str | None = None
    status: tuple[int, ...] = ()
    raises: tuple[str, ...] = ()
    exit: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonDriver:
    """A Python object with sync or async methods, made by `factory` (`module:attribute`) in a process of its own."""

    factory: str
    interpreter: str | None = None
    import_: Literal["once", "per_run"] = "once"
    in_process: bool = False
    path: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpDriver:
    """A service that we start (`start`, with `{port}`) or that runs already (`attach`, `listen`). Times are seconds.

    `fresh` is `restart` (a new process per run), `none`, or a request as `("POST", "/test/reset")`. `lanes` is how many
    runs may go side by side (None: any number where each gets a port of its own by `{port}`, else 1).
    """

    start: tuple[str, ...] = ()
    attach: str | None = None
    listen: str | None = None
    ready: str = "/"
    ready_within: float = 30.0
    fresh: str | tuple[str, str] = "restart"
    lanes: int | None = None
    cwd: str | None = None
    env: Mapping[str, str] = field(default_factory=dict)

    @property
    def abreast(self) -> int | None:
        """How many of its runs may go side by side; None: any number."""
        if self.listen:
            return 1
        apart = any("{port}" in word for word in (*self.start, *self.env.values()))
        return self.lanes or (None if apart else 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandDriver:
    """A command that runs once a call: `{call}` and `{args}` (JSON) are put in, JSON is read from stdout."""

    command: tuple[str, ...]
    cwd: str | None = None
    env: Mapping[str, str] = field(default_factory=dict)


Driver = PythonDriver | HttpDriver | CommandDriver


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpCall:
    """The request that makes an http consumer do the call; `{unique}` and `{known...}` are put in as in args."""

    method: str
    path: str
    json: JSON = None
    has_json: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSpec:
    """One call that a consumer offers: the operations it does and the args it takes.

    `effect` is write as soon as one of its operations writes. `reads` are the fields that it reads of the answers (None:
    its file does not say).
    """

    name: str
    does: tuple[str, ...]
    effect: Effect
    args: Mapping[str, JSON] = field(default_factory=dict)
    request: HttpCall | None = None
    reads: tuple[str, ...] | None = None
    position: Position | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumer:
    """A caller under test, bound to its contract; `contract` is the contract's folder."""

    name: str
    file: Path
    contract: Path
    driver: Driver
    calls: Mapping[str, CallSpec]
    outcomes: tuple[OutcomeRule, ...] = ()
    promises: Promises = field(default_factory=Promises)
    contact: str | None = None
    cannot: frozenset[str] = frozenset()
    intercept: tuple[str, ...] = ()
    https: bool = False

    @property
    def reads(self) -> tuple[CallSpec, ...]:
        """Its calls that change nothing."""
        return tuple(call for call in self.calls.values() if call.effect is Effect.READ)

    @property
    def writes(self) -> tuple[CallSpec, ...]:
        """Its calls that change the CRM."""
        return tuple(call for call in self.calls.values() if call.effect is Effect.WRITE)

    @property
    def declares(self) -> frozenset[Outcome]:
        """The outcomes that its file describes."""
        return frozenset(rule.outcome for rule in self.outcomes)
