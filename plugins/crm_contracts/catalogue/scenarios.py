"""Scenarios as entries of the catalogue."""

from collections.abc import Iterator

from crm_contracts.catalogue.entry import Entry
from crm_contracts.model.language import _
from crm_contracts.model.scenario import Scenario, Step

_PHASES = ("before", "during", "after")


def scenario_entry(scenario: Scenario) -> Entry:
    """What a scenario's file says."""
    return Entry(
        kind="scenario",
        name=scenario.name,
        sentence=scenario.title,
        text=(" ".join(scenario.why.split()),) if scenario.why else (),
        facts=tuple(_facts(scenario)),
        source=scenario.source,
    )


def _facts(scenario: Scenario) -> Iterator[tuple[str, str]]:
    yield _("file"), scenario.file
    if scenario.tags:
        yield _("tags"), ", ".join(scenario.tags)
    for fault in scenario.faults:
        yield _("fault"), f"{fault.fault}: {fault.sentence()}"
    for phase in _PHASES:
        if steps := "; ".join(map(step_words, getattr(scenario, phase))):
            yield phase, steps
    if scenario.expect:
        yield _("expects"), ", ".join(check.check for check in scenario.expect)
    if choice := scenario.simulator.strictness or scenario.simulator.variant:
        yield _("simulator"), choice


def step_words(step: Step) -> str:
    """One step in words.

    >>> step_words(Step(call="reads", times=3, concurrency=2))
    'reads, 3 times, 2 at once'
    """
    if step.call is None:
        told = _("wait {time}") if step.wait else _("move the clocks by {time}")
        return told.format(time=step.wait or step.advance)
    return ", ".join((step.call, *_shape(step)))


def _shape(step: Step) -> Iterator[str]:
    if step.times > 1:
        yield _("{count} times").format(count=step.times)
    if step.concurrency > 1:
        yield _("{count} at once").format(count=step.concurrency)
    if step.rate:
        yield _("{rate} a second").format(rate=f"{step.rate:g}")
    if step.every:
        yield _("every {time}").format(time=step.every)
    if step.for_:
        yield _("for {time}").format(time=step.for_)
    if step.until:
        yield _("until {count} {what}").format(count=step.until.count, what=step.until.what)
