"""Lanes: several runs at once, each verdict as in the serial run."""

from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from queue import SimpleQueue

from crm_contracts.host import LabGone
from crm_contracts.model.journal import Journal
from crm_contracts.project import Conductor, Judged, Planned
from crm_contracts.project.conductor import nothing_seen


class Lanes:
    """Does planned runs, so many at once; a consumer's baseline goes before its other runs."""

    def __init__(self, conductor: Conductor, count: int) -> None:
        self._conductor = conductor
        self._count = max(1, count)

    def judged(self, planned: Iterable[Planned]) -> Iterator[Judged]:
        """Give each run as soon as it is judged."""
        waiting: list[Planned] = []
        for run in planned:
            if run.is_baseline or (unreached := self._conductor.unreached(run)) is None:
                waiting.append(run)
            else:
                yield unreached
        apart = [run for run in waiting if run.is_baseline or run.lives_here]
        yield from map(self._conductor.judged, apart)
        yield from self._together([run for run in waiting if run not in apart])

    def _together(self, runs: list[Planned]) -> Iterator[Judged]:
        done: SimpleQueue[tuple[Planned, Future[Journal]]] = SimpleQueue()
        left, open_runs = list(reversed(runs)), 0
        while left or open_runs:
            while left and open_runs < self._count:
                self._begin(left.pop(), done)
                open_runs += 1
            run, future = done.get()
            open_runs -= 1
            yield self._conductor.concluded(run, _journal(run, future))

    def _begin(self, run: Planned, done: "SimpleQueue[tuple[Planned, Future[Journal]]]") -> None:
        try:
            future = self._conductor.submit(run)
        except LabGone as gone:
            future = Future()
            future.set_exception(gone)
        future.add_done_callback(lambda ended: done.put((run, ended)))


def _journal(run: Planned, future: "Future[Journal]") -> Journal:
    try:
        return future.result()
    except LabGone as gone:
        return nothing_seen(run.run, trouble=str(gone))
