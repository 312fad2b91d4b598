"""A scenario: the calls of three phases, the faults that are on during the second, and what is expected."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from crm_contracts.model.call import Phase
from crm_contracts.model.fault import Fault, Trait
from crm_contracts.model.problem import Position
from crm_contracts.model.span import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Until:
    """A condition that ends a step early: so many `token requests`, `exchanges` or `calls` were seen in it."""

    count: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One entry of a phase: a call (by name, or `each`, `reads`, `writes`), a wait, or a move of the clocks.

    `rate` is calls a second; `concurrency` callers at once; a step with `for_` repeats until that time is over.
    """

    call: str | None = None
    wait: Span | None = None
    advance: Span | None = None
    times: int = 1
    every: Span | None = None
    concurrency: int = 1
    rate: float | None = None
    for_: Span | None = None
    until: Until | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatorChoice:
    """How the simulator differs from the contract's own defaults in this scenario."""

    strictness: str | None = None
    variant: str | None = None


class Expectation(Protocol):
    """A check with the settings that a scenario gives it; how it judges is in `model.check`."""

    @property
    def check(self) -> str:
        """Its name in YAML."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What goes wrong, who is asked, and what is expected; `file` is its path as item ids show it.

    `starts` is the phase in which the caller is started: with `during` the faults are on already.
    """

    name: str
    file: str
    path: Path
    title: str
    during: tuple[Step, ...]
    faults: tuple[Fault, ...] = ()
    before: tuple[Step, ...] = ()
    after: tuple[Step, ...] = ()
    why: str = ""
    source: str = ""
    tags: tuple[str, ...] = ()
    consumers: tuple[str, ...] = ()
    attempts: int | None = None
    promises: tuple[str, ...] = ()
    starts: Phase = Phase.BEFORE
    simulator: SimulatorChoice = field(default_factory=SimulatorChoice)
    expect: tuple[Expectation, ...] = ()
    skip: str | None = None
    xfail: str | None = None
    position: Position | None = None
    baseline: bool = False
    positions: Mapping[str, Position] = field(default_factory=dict, compare=False, repr=False)

    def traits(self) -> frozenset[Trait]:
        """What all its faults together do to a caller."""
        return frozenset().union(*(fault.traits() for fault in self.faults))
