"""How many callers a scenario drives, and how closely things follow each other."""

from collections.abc import Iterable, Iterator

from crm_contracts.model.consumer import CallSpec
from crm_contracts.model.run import Run
from crm_contracts.model.scenario import Step

MANY = 10
"""Rounds of calls side by side, or at a rate, from which a step is load."""


def rounds(step: Step) -> int:
    """How many times its calls are begun side by side: callers at once, or all those of a rate.

    >>> from crm_contracts.model.span import Span
    >>> rounds(Step(call="reads", rate=20, for_=Span(1.5))), rounds(Step(call="reads", times=3))
    (30, 1)
    """
    if step.rate is None:
        return step.concurrency
    return int(step.rate * step.for_.seconds) if step.for_ is not None else step.times


def under_load(run: Run, least: int = MANY) -> tuple[CallSpec, ...]:
    """The calls that at least so many callers make while the faults are on."""
    return run.drives(step for step in run.scenario.during if rounds(step) >= least)


def busiest(moments: Iterable[float], within: float) -> int:
    """The most moments in any span of so many seconds.

    >>> busiest([0.0, 0.05, 0.3, 0.31, 0.39], 0.1)
    3
    """
    ordered, first, most = sorted(moments), 0, 0
    for last, moment in enumerate(ordered):
        while moment - ordered[first] > within:
            first += 1
        most = max(most, last - first + 1)
    return most


def at_once(spans: Iterable[tuple[float, float]]) -> int:
    """The most spans that overlap at any one moment; one that begins where another ends does not overlap it.

    >>> at_once([(0.0, 1.0), (0.5, 2.0), (2.0, 3.0)])
    2
    """
    now = most = 0
    for _moment, step in sorted(_edges(spans)):
        now += step
        most = max(most, now)
    return most


def _edges(spans: Iterable[tuple[float, float]]) -> Iterator[tuple[float, int]]:
    for started, ended in spans:
        yield started, 1
        yield ended, -1
