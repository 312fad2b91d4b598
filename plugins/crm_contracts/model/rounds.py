"""How often a scenario makes a call while its faults are on, from declarations alone."""

from crm_contracts.model.run import Run
from crm_contracts.model.scenario import Step


def rounds(run: Run, name: str) -> float:
    """The most calls of a name that `during` makes; infinite where only a time bounds calls that follow each other."""
    steps = (step for step in run.scenario.during if any(call.name == name for call in run.calls_of(step)))
    return sum(map(_times, steps))


def most_rounds(run: Run) -> float:
    """The same of the call that is made most often; 0 where none is made."""
    names = {call.name for call in run.drives(run.scenario.during)}
    return max((rounds(run, name) for name in names), default=0.0)


def _times(step: Step) -> float:
    # A time or a condition bounds a step; a number of times bounds it where it is given or where nothing else is.
    if step.for_ is None:
        return step.times * step.concurrency
    every = 1 / step.rate if step.rate else step.every.seconds if step.every else 0.0
    fit = 1 + step.for_.seconds / every if every else float("inf")
    return min(fit, step.times if step.times > 1 else fit) * step.concurrency
