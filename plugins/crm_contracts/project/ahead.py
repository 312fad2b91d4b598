"""Runs ahead: several at once, each told in its turn, as a runner that asks for one after another needs it."""

from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, Future, wait

from crm_contracts.host import LabGone
from crm_contracts.model.journal import Journal
from crm_contracts.project.conductor import Conductor, Judged, observed
from crm_contracts.project.plan import Planned

BEGUN = 4
"""Runs for each lane that may be begun and not yet asked for: one that takes long does not hold up the others."""


class Ahead:
    """Begins so many runs at once before their turn; each verdict is as in the serial run.

    `expect` names the runs that may be begun early, in the order in which they will be asked for. A consumer's runs wait
    for its baseline. Everything happens in the thread that asks.
    """

    def __init__(self, conductor: Conductor, lanes: int) -> None:
        self._conductor = conductor
        self._lanes = lanes
        self._queue: dict[str, Planned] = {}
        self._begun: dict[str, Future[Journal]] = {}
        self._running: set[Future[Journal]] = set()

    def expect(self, planned: Iterable[Planned]) -> None:
        """Name the runs that may be begun before they are asked for; nothing begins yet."""
        if self._lanes > 1:
            self._queue |= {run.item: run for run in planned if not run.is_baseline and not run.lives_here}

    def judged(self, planned: Planned) -> Judged:
        """Judge a run that was begun, or do it now; one that fell with the lab of others is done again by itself."""
        if self._queue.pop(planned.item, None) is None and planned.item not in self._begun:
            return self._conductor.judged(planned)
        if unreached := self._conductor.unreached(planned):
            return unreached
        journal = observed(planned.run, lambda: self._waited_for(planned))
        del self._begun[planned.item]
        return (
            self._conductor.judged(planned)
            if journal.trouble
            else self._conductor.concluded(planned, journal)
        )

    def _waited_for(self, planned: Planned) -> Journal:
        future = self._begun.get(planned.item) or self._begin(planned)
        self._top_up()
        while not future.done():
            wait(self._running, return_when=FIRST_COMPLETED)
            self._top_up()
        return future.result()

    def _top_up(self) -> None:
        self._running = {future for future in self._running if not future.done()}
        while (
            self._has_room
            and (run := next(iter(self._queue.values()), None))
            and self._conductor.reached(run)
        ):
            self._begin(self._queue.pop(run.item))

    @property
    def _has_room(self) -> bool:
        return len(self._running) < self._lanes and len(self._begun) < self._lanes * BEGUN

    def _begin(self, planned: Planned) -> "Future[Journal]":
        try:
            future = self._conductor.submit(planned)
        except LabGone as gone:
            future = Future()
            future.set_exception(gone)
        self._begun[planned.item] = future
        self._running.add(future)
        return future
