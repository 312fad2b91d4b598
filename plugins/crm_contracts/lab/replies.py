"""The reply faults that are on, and which exchanges each of them takes."""

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from random import Random

from crm_contracts.model.contract import Effect, Operation, Refusal
from crm_contracts.model.delivery import Delivery
from crm_contracts.model.exchange import Answer, Request
from crm_contracts.model.fault import Reply, Selector

_READING = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(slots=True, kw_only=True, eq=False)
class ActiveReply:
    """A reply fault that is on, with its counters and its own dice."""

    fault: Reply
    dice: Random
    selector: Selector = field(init=False)
    met: int = 0
    touched: int = 0

    def __post_init__(self) -> None:
        self.selector = self.fault.selector()

    @property
    def strikes_first(self) -> bool:
        """Whether the CRM never sees the request (`processed: after`)."""
        return self.fault.processed != "before"

    @property
    def refusal(self) -> Refusal | None:
        """The error that is to be written in the contract's own envelope, if the fault has one."""
        return self.fault.refusal()

    def takes(self, request: Request, operation: Operation | None, *, tokens: bool) -> bool:
        """Meet an exchange and tell whether the fault takes it.

        `every_nth` counts the exchanges that operations and effect select, `first` those that it took. A token request
        is taken by a fault that names it only: an outage of the CRM's data is none of its token endpoint.
        """
        wanted = self.selector
        if not self._means(wanted, request, operation, tokens=tokens):
            return False
        self.met += 1
        if wanted.every_nth and self.met % wanted.every_nth:
            return False
        if wanted.probability is not None and self.dice.random() >= wanted.probability:
            return False
        if wanted.first is not None and self.touched >= wanted.first:
            return False
        self.touched += 1
        return True

    def deliver(self, request: Request, answer: Answer | None, wall: float) -> Delivery:
        """Return what goes onto the wire."""
        return self.fault.deliver(request, answer, self.dice, wall)

    @staticmethod
    def _means(wanted: Selector, request: Request, operation: Operation | None, *, tokens: bool) -> bool:
        if not wanted.operations:
            return not tokens and wanted.effect in {None, _effect(request, operation)}
        if wanted.effect not in {None, _effect(request, operation)}:
            return False
        names = _names(request, operation)
        return any(fnmatchcase(name, pattern) for pattern in wanted.operations for name in names)


class Replies:
    """All reply faults of one run; of several that would take an exchange, the first that came on takes it."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._on: list[ActiveReply] = []
        self._count = 0

    def __bool__(self) -> bool:
        return bool(self._on)

    def switch_on(self, fault: Reply) -> ActiveReply:
        """Put a fault on; its choices follow from the seed and its number in the run."""
        self._count += 1
        active = ActiveReply(fault=fault, dice=Random(f"{self._seed}/reply/{self._count}"))
        self._on.append(active)
        return active

    def switch_off(self, active: ActiveReply) -> None:
        """Take a fault off; exchanges that it has taken are delivered as it decided."""
        if active in self._on:
            self._on.remove(active)

    def taking(
        self, request: Request, operation: Operation | None, *, tokens: bool = False
    ) -> ActiveReply | None:
        """Return the fault that takes this exchange, if one does."""
        return next((active for active in self._on if active.takes(request, operation, tokens=tokens)), None)


def _effect(request: Request, operation: Operation | None) -> Effect:
    if operation is not None:
        return operation.effect
    return Effect.READ if request.method in _READING else Effect.WRITE


def _names(request: Request, operation: Operation | None) -> tuple[str, ...]:
    sent = f"{request.method} {request.path}"
    if operation is None:
        return (sent,)
    return (operation.id, f"{operation.method} {operation.path}", sent)
