"""What is served: for each consumer an open run of the lab, and the faults that are on in it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from crm_contracts.host import LabClient
from crm_contracts.lab import Mark, News
from crm_contracts.model.endpoint import Endpoint
from crm_contracts.model.fault import Fault
from crm_contracts.model.journal import FaultWindow
from crm_contracts.model.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Switched:
    """A fault that is on: `number` is the lab's, `since` and `until` are moments of the monotonic clock."""

    fault: Fault
    number: int
    since: float
    until: float | None = None


@dataclass(slots=True)
class Served:
    """One consumer's part of a served lab; everything goes through the lab process."""

    lab: LabClient
    run: Run
    listen: tuple[str, int] | None = None
    on: list[Switched] = field(default_factory=list)
    _opened: int = 0
    _endpoint: Endpoint | None = None
    _mark: Mark = field(default_factory=Mark)

    @property
    def name(self) -> str:
        """The consumer's name."""
        return self.run.consumer.name

    @property
    def endpoint(self) -> Endpoint:
        """Where it listens and the credentials that it takes."""
        assert self._endpoint is not None
        return self._endpoint

    def open(self) -> None:
        """Open it; raises LabError where its address is taken."""
        self._opened, self._endpoint = self.lab.open(self.run, self.listen)

    def switch_on(self, fault: Fault, now: float) -> Switched:
        """Switch a fault on; one that says `for` is due to go off by itself."""
        until = now + fault.for_.seconds if fault.for_ is not None else None
        switched = Switched(
            fault=fault, number=self.lab.switch_on(self._opened, fault), since=now, until=until
        )
        self.on.append(switched)
        return switched

    def switch_off(self, switched: Switched) -> FaultWindow:
        """Switch it off and tell what became of it."""
        self.on.remove(switched)
        return self.lab.switch_off(self._opened, switched.number)

    def due(self, now: float) -> Iterator[Switched]:
        """The faults whose time is over."""
        return (one for one in tuple(self.on) if one.until is not None and one.until <= now)

    def news(self) -> News:
        """What was finished since it was asked last."""
        news = self.lab.watch(self._opened, self._mark)
        self._mark = news.mark
        return news
