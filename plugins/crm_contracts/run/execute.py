"""Drive one run through its phases and gather its journal. Whatever happens, everything is undone."""

import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from crm_contracts.consumers import ConsumerFailed, Driver, handed_over
from crm_contracts.lab import Lab, LabError, LabRun
from crm_contracts.lab.names import Resolver
from crm_contracts.model.call import Phase
from crm_contracts.model.contact import Contact
from crm_contracts.model.contract import Effect
from crm_contracts.model.endpoint import Endpoint
from crm_contracts.model.journal import Alert, Journal, PhaseWindow
from crm_contracts.model.language import _
from crm_contracts.model.run import Run
from crm_contracts.model.scenario import Step
from crm_contracts.run.alerting import Alerting
from crm_contracts.run.capture import Capture
from crm_contracts.run.control import Control
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
    alerting: Alerting | None = None
    control: tuple[float, ...] = ()

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
    try:
        lab_run = await lab.open(run, listen=listen)
    except LabError as error:
        return Journal(run=run.id, started=watch.started, rest=time.monotonic(), trouble=str(error))
    try:
        driver = open_driver(run)
        capture = Capture(run.consumer, lab_run.secrets)
        drive = Drive(run, lab_run, driver, capture, watch)
        schedule, story = Schedule(lab_run, run.scenario.faults), _Story()
        try:
            if _is_reached(run, lab_run, driver):
                await _live(drive, schedule, story, lab_run.endpoint)
        finally:
            with watch.excused():
                await driver.stop()
        return _journal(drive, schedule, story)
    finally:
        await lab_run.close()


def _is_reached(run: Run, lab_run: LabRun, driver: Driver) -> bool:
    """Whether the caller can be given what the run's faults alter; where it cannot, that is the run's trouble."""
    if not run.named:
        return True
    if not isinstance(driver, Resolver):
        lab_run.fail(_("The resolver of this caller is out of reach."))
        return False
    lab_run.resolver = driver
    if why := driver.cannot_resolve():
        lab_run.fail(why)
    return why is None


async def _live(drive: Drive, schedule: Schedule, story: _Story, endpoint: Endpoint) -> None:
    story.alerting = alerting = Alerting(drive)

    async def start() -> None:
        with drive.watch.excused():
            await drive.driver.start(endpoint)
            await alerting.look()

    try:
        async with alerting.on():
            await _phases(drive, schedule, story, start)
            await alerting.told()
    except ConsumerFailed as failed:
        # Its words may hold what it was given.
        story.dead = drive.capture.output(str(failed))


async def _phases(
    drive: Drive, schedule: Schedule, story: _Story, start: Callable[[], Awaitable[None]]
) -> None:
    scenario = drive.run.scenario
    if scenario.starts is Phase.BEFORE:
        await start()
    async with story.phase(Phase.BEFORE):
        await _steps(drive, scenario.before, Phase.BEFORE)
        await _again(drive)
    async with schedule.on():
        drive.malformed = schedule.malforms
        if scenario.starts is Phase.DURING:
            await start()
        control = Control(drive.run)
        async with story.phase(Phase.DURING), control.beside():
            await _steps(drive, scenario.during, Phase.DURING)
        story.control = tuple(control.waits)
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


async def _again(drive: Drive) -> None:
    """Read a second time what faults may touch: what differs now differs by itself (JUDGING, truth without a mapping)."""
    scenario = drive.run.scenario
    if not scenario.faults:
        return
    made = Counter(call.name for call in drive.capture.calls)
    during = {spec.name for spec in drive.run.drives(scenario.during)}
    for spec in drive.run.drives(scenario.before):
        if spec.effect is Effect.READ and spec.name in during and made[spec.name] == 1:
            await drive.call(spec, Phase.BEFORE)


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
        alerts=tuple(sorted((*seen.alerts, *_noticed(story)), key=lambda alert: alert.at)),
        alerts_unseen=story.alerting.unseen if story.alerting else "",
        output=output,
        dead=story.dead,
        trouble=seen.trouble,
        heal=story.heal,
        overhead=drive.watch.overhead(),
        notes=(*drive.driver.notes, *drive.unmoved),
        handed=_handed(drive),
        contacts=drive.driver.contacts,
        refused=tuple(dict.fromkeys((*_turned_back(drive), *drive.lab.refused()))),
        advances=tuple(drive.advances),
        control=story.control,
    )


def _turned_back(drive: Drive) -> Sequence[Contact]:
    return [contact for contact in drive.driver.contacts or () if contact.refused]


def _noticed(story: _Story) -> Sequence[Alert]:
    return story.alerting.seen if story.alerting else ()


def _handed(drive: Drive) -> dict[str, str]:
    given = handed_over(drive.run.consumer.driver, drive.lab.endpoint)
    return {name: drive.lab.secrets.redact_text(value) for name, value in given.items()}
