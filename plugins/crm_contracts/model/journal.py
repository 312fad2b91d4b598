"""The journal of one run: everything that was observed on both sides of the caller, and nothing that was concluded.

Times are seconds of the system's monotonic clock; `started` is the run's own zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from crm_contracts.model.call import Call, Phase
from crm_contracts.model.contact import Contact
from crm_contracts.model.contract import Effect
from crm_contracts.model.exchange import Connection, Exchange, Grant, LedgerEntry
from crm_contracts.model.fault import TokenTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseWindow:
    """When a phase began and ended."""

    phase: Phase
    started: float
    ended: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultWindow:
    """When a fault was on, and whether it fired.

    A toxic fired when our own probe met it at the start and a call was made in the window; a reply or token rule when
    it was applied. `touched` counts the exchanges that it was applied to, `why` says why it did not fire.
    """

    fault: str
    place: str
    sentence: str
    started: float
    ended: float
    fired: bool
    touched: int = 0
    why: str = ""
    terms: TokenTerms | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """A secret seen where it does not belong (`where`), by its run-keyed name; the secret itself is never kept."""

    name: str
    where: str
    at: float
    call: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """An alert that the caller sent to the lab's sink, printed, or counted in its metric."""

    at: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance:
    """A move of the clocks by so many seconds; `followed` tells whether all of the caller's clocks went with the CRM's."""

    at: float
    seconds: float
    followed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """What happened in one run, in order of time.

    `heal` is when the last fault was off; `rest` when observation ended; `trouble` is a failure of the lab itself, which
    makes every verdict unknown; `dead` tells that the consumer did not start or died, with its words in `output`.
    `handed` is the environment that the caller was given, secrets as names; `contacts` are the hosts that it reached for,
    None where its driver cannot know them, `refused` those that the lab did not let through. `alerts_unseen` says why alerts could not be looked for. `control` are waits of our own timers beside the caller, all of one length.
    """

    run: str
    started: float
    rest: float
    phases: tuple[PhaseWindow, ...] = ()
    calls: tuple[Call, ...] = ()
    connections: tuple[Connection, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    grants: tuple[Grant, ...] = ()
    ledger: tuple[LedgerEntry, ...] = ()
    faults: tuple[FaultWindow, ...] = ()
    leaks: tuple[Leak, ...] = ()
    alerts: tuple[Alert, ...] = ()
    alerts_unseen: str = ""
    output: str = ""
    dead: str | None = None
    trouble: str | None = None
    heal: float | None = None
    overhead: float = 0.0
    notes: tuple[str, ...] = field(default=())
    advances: tuple[Advance, ...] = ()
    handed: Mapping[str, str] = field(default_factory=dict)
    contacts: tuple[Contact, ...] | None = None
    refused: tuple[Contact, ...] = ()
    control: tuple[float, ...] = ()

    def window(self, phase: Phase) -> PhaseWindow | None:
        """When a phase was, or None where the run did not come to it."""
        return next((window for window in self.phases if window.phase is phase), None)

    def calls_in(self, *phases: Phase) -> tuple[Call, ...]:
        """The calls of these phases, in order."""
        return tuple(call for call in self.calls if call.phase in phases)

    def exchanges_in(self, phase: Phase) -> tuple[Exchange, ...]:
        """The exchanges that started in a phase and are this run's own."""
        window = self.window(phase)
        if window is None:
            return ()
        return tuple(e for e in self.exchanges if window.started <= e.started < window.ended and not e.stray)

    def ledger_of(self, call: Call) -> tuple[LedgerEntry, ...]:
        """The accepted writes that carry this call's marker."""
        if call.marker is None or call.effect is Effect.READ:
            return ()
        return tuple(entry for entry in self.ledger if call.marker in entry.markers)
