"""Drive one run through its phases and gather its journal. Whatever happens, everything is undone."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from crm_contracts.consumers import ConsumerFailed, Driver, handed_over
from crm_contracts.lab import Lab
from crm_contracts.model.call import Phase
from crm_contracts.model.endpoint import Endpoint
from crm_contracts.model.journal import Journal, PhaseWindow
from crm_contracts.model.run import Run
from crm_contracts.model.scenario import Step
from crm_contracts.run.capture import Capture
from crm_contracts.run.drive import Drive
from crm_contracts.run.schedule import Schedule
from crm_contracts.run.settle import deliver, settle
from crm_contracts.run.stopwatch import Stopwatch

OpenDriver = Callable[[Run], Driver]


@dataclass(slots=True)
class _Story:
    """What is known of a run while it goes on."""

    phases: list[PhaseWindow] = field(default_factory=list)
    heal: float | None = None
    dead: str | None = None

    @asynccontextmanager
    async def phase(self, phase: Phase) -> AsyncIterator[None]:
        began = time.monotonic()
        try:
            yield
        finally:
            self.phases.append(PhaseWindow(phase=phase, started=began, ended=time.monotonic()))


async def execute(
    run: Run, lab: Lab, open_driver: OpenDriver, *, listen: tuple[str, int] | None = None
) -> Journal:
    """Return the journal of one run.

    The caller gets a fresh process, port, credentials and simulator state. A consumer that does not start or dies is in
    the journal (`dead`), a failure of the lab too (`trouble`): neither raises. `listen` is the fixed address of a caller
    that runs already.
    """
    watch = Stopwatch()
    lab_run = await lab.open(run, listen=listen)
    try:
        driver = open_driver(run)
        capture = Capture(run.consumer, lab_run.secrets)
        drive = Drive(run, lab_run, driver, capture, watch)
        schedule, story = Schedule(lab_run, run.scenario.faults), _Story()
        try:
            await _live(drive, schedule, story, lab_run.endpoint)
        finally:
            with watch.excused():
                await driver.stop()
        return _journal(drive, schedule, story)
    finally:
        await lab_run.close()


async def _live(drive: Drive, schedule: Schedule, story: _Story, endpoint: Endpoint) -> None:
    try:
        with drive.watch.excused():
            await drive.driver.start(endpoint)
        await _phases(drive, schedule, story)
    except ConsumerFailed as failed:
        # Its words may hold what it was given.
        story.dead = drive.capture.output(str(failed))


async def _phases(drive: Drive, schedule: Schedule, story: _Story) -> None:
    scenario = drive.run.scenario
    async with story.phase(Phase.BEFORE):
        await _steps(drive, scenario.before, Phase.BEFORE)
    async with schedule.on():
        drive.malformed = schedule.malforms
        async with story.phase(Phase.DURING):
            await _steps(drive, scenario.during, Phase.DURING)
    drive.malformed = False
    story.heal = time.monotonic()
    if scenario.faults and not drive.run.stays_refused:
        async with story.phase(Phase.SETTLE):
            await settle(drive, drive.run.drives(scenario.after))
    async with story.phase(Phase.AFTER):
        await _steps(drive, scenario.after, Phase.AFTER)
    await deliver(drive, story.heal)


async def _steps(drive: Drive, steps: tuple[Step, ...], phase: Phase) -> None:
    for step in steps:
        await drive.step(step, phase)


def _journal(drive: Drive, schedule: Schedule, story: _Story) -> Journal:
    output = drive.capture.output(drive.driver.output)
    seen = drive.lab.observed()
    return Journal(
        run=drive.run.id,
        started=drive.watch.started,
        rest=time.monotonic(),
        phases=tuple(story.phases),
        calls=drive.capture.in_order(),
        connections=seen.connections,
        exchanges=seen.exchanges,
        grants=seen.grants,
        ledger=seen.ledger,
        faults=tuple(schedule.windows),
        leaks=(*seen.leaks, *drive.capture.leaks),
        alerts=seen.alerts,
        output=output,
        dead=story.dead,
        trouble=seen.trouble,
        heal=story.heal,
        overhead=drive.watch.overhead(),
        notes=(*drive.driver.notes, *drive.unmoved),
        handed=_handed(drive),
        contacts=drive.driver.contacts,
    )


def _handed(drive: Drive) -> dict[str, str]:
    given = handed_over(drive.run.consumer.driver, drive.lab.endpoint)
    return {name: drive.lab.secrets.redact_text(value) for name, value in given.items()}
