"""When faults are on: repeated, flapping and growing ones, and what is left of them at the end of the phase."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from crm_contracts.faults.bandwidth import Bandwidth
from crm_contracts.faults.flap import Flap
from crm_contracts.faults.latency import Latency
from crm_contracts.faults.status import Status
from crm_contracts.model.span import Span
from crm_contracts.run.schedule import Schedule
from tests.faults.test_faults import fault
from tests.lab.caller import in_loop


@dataclass
class SlowLab:
    """A lab whose switches take their time, as that of a toxic that is probed does."""

    takes: float = 0.0
    on: list[Any] = field(default_factory=list)
    seen: list[Any] = field(default_factory=list)

    async def switch_on(self, one: Any) -> Any:
        self.on.append(one)
        await asyncio.sleep(self.takes)
        self.seen.append(one)
        return one

    async def switch_off(self, one: Any) -> Any:
        await asyncio.sleep(self.takes)
        self.on.remove(one)
        return one


async def held(lab: SlowLab, one: Any, seconds: float) -> Schedule:
    schedule = Schedule(cast("Any", lab), (one,))
    async with schedule.on():
        await asyncio.sleep(seconds)
    return schedule


@pytest.mark.parametrize("seconds", [0.0, 0.02, 0.05, 0.08, 0.12])
@in_loop
async def test_nothing_stays_on_whenever_the_phase_ends(seconds: float) -> None:
    """Also where a timer was in the middle of switching something on or off."""
    lab = SlowLab(takes=0.03)
    schedule = await held(lab, Status(code=503, flap=Flap(period=Span(0.1), duty=0.3)), seconds)

    assert lab.on == []
    assert len(schedule.windows) == len(lab.seen)


@in_loop
async def test_a_fault_flaps() -> None:
    """It comes again in every period."""
    lab = SlowLab()
    schedule = await held(lab, Status(code=503, flap=Flap(period=Span(0.04))), 0.5)

    assert len(schedule.windows) >= 3


@in_loop
async def test_a_toxic_grows_to_its_setting() -> None:
    """Four weaker steps, then in full; idle connections are closed at the first step alone."""
    lab = SlowLab()
    await held(lab, Latency(latency=Span(1.0), ramp=Span(0.04)), 0.5)

    assert [round(one.latency.seconds, 3) for one in lab.seen] == [0.2, 0.4, 0.6, 0.8, 1.0]
    assert [one.pool for one in lab.seen] == ["fresh", "kept", "kept", "kept", "kept"]
    assert lab.on == []


def test_a_line_grows_narrower() -> None:
    """A ramp of bandwidth begins wide."""
    steps = Bandwidth(rate=100, ramp=Span(1.0)).growing()
    assert [step.rate for step, _seconds in steps] == [500, 250, 167, 125]
    assert list(Bandwidth(rate=100).growing()) == []


def test_flapping_says_for_and_repeat_in_other_words() -> None:
    """On for the duty's share of every period; 50 % where nothing is said."""
    one = fault("{fault: down, flap: {period: 2s, duty: 25%}}")
    assert (one.for_, one.repeat) == (Span(0.5), Span(2.0))
    assert fault("{fault: down, flap: {period: 2s}}").for_ == Span(1.0)
