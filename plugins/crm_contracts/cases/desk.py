"""Asks a caller case after case; the caller is kept ready as long as the next items are its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from crm_contracts.host import LabClient
from crm_contracts.model.case import Case, Seen
from crm_contracts.model.consumer import Consumer
from crm_contracts.model.run import Run
from crm_contracts.project.lab_keeper import LabKeeper


@dataclass(frozen=True, slots=True)
class _Ready:
    consumer: Consumer
    lab: LabClient
    number: int


class PayloadDesk:
    """Keeps one consumer ready at a time."""

    def __init__(self, keeper: LabKeeper) -> None:
        self._keeper = keeper
        self._ready: _Ready | None = None

    def ask(self, run: Run, cases: Sequence[Case]) -> list[Seen]:
        """Do these cases, several at once where the consumer allows it, and return what was seen in their order.

        Raises LabGone, and ConsumerFailed where the caller does not start.
        """
        ready = self._opened(run)
        under_way = [ready.lab.submit_case(ready.number, case) for case in cases]
        return [ready.lab.wait(future) for future in under_way]

    def leave(self) -> None:
        """End the caller that was kept ready: somebody else is next."""
        ready, self._ready = self._ready, None
        if ready is not None and ready.lab.alive:
            ready.lab.close_cases(ready.number)

    def _opened(self, run: Run) -> _Ready:
        lab, ready = self._keeper.lab(), self._ready
        if ready is not None and ready.consumer == run.consumer and ready.lab is lab:
            return ready
        self.leave()
        self._ready = ready = _Ready(run.consumer, lab, lab.open_cases(run))
        return ready
