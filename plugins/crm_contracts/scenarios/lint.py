"""What is wrong with a scenario only in the light of the consumers and contracts around it."""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from crm_contracts.documents import Document, Place, read
from crm_contracts.model.consumer import Consumer
from crm_contracts.model.contract import Contract
from crm_contracts.model.fault import Reply, TokenRule
from crm_contracts.model.language import _
from crm_contracts.model.problem import Position, Problem, Problems, nearest
from crm_contracts.model.scenario import Scenario
from crm_contracts.scenarios.binding import matches
from crm_contracts.scenarios.form import GROUPS

_PHASES = ("before", "during", "after")


def unmatched_calls(scenario: Scenario, consumers: Iterable[Consumer]) -> tuple[Problem, ...]:
    """Every call and consumer that a scenario names and nobody has: such a scenario would silently ask nobody."""
    consumers = tuple(consumers)
    names = tuple(dict.fromkeys(consumer.name for consumer in consumers))
    asked = [
        consumer for consumer in consumers if consumer.name in (scenario.consumers or names)
    ] or consumers
    calls = tuple(dict.fromkeys((*(call for consumer in asked for call in consumer.calls), *GROUPS)))
    found = [
        *(
            _Unmatched(("consumers", index), _("consumer"), name, names)
            for index, name in enumerate(scenario.consumers)
            if name not in names
        ),
        *(_Unmatched(place, _("call"), name, calls) for place, name in _calls(scenario) if name not in calls),
    ]
    return _told(scenario, found)


def unmatched_operations(scenario: Scenario, contracts: Iterable[Contract]) -> tuple[Problem, ...]:
    """Every operation that a fault selects and no contract has."""
    contracts = tuple(contracts)
    known = [operation for contract in contracts for operation in contract.operations.values()]
    ids = tuple(dict.fromkeys(operation.id for operation in known))
    found = [
        _Unmatched(("faults", index, "operations", number), _("operation"), pattern, ids)
        for index, fault in enumerate(scenario.faults)
        if isinstance(fault, Reply | TokenRule)
        for number, pattern in enumerate(fault.selector().operations)
        if not any(matches(pattern, operation) for operation in known)
        and not _is_token_path(pattern, contracts)
    ]
    return _told(scenario, found)


def _is_token_path(pattern: str, contracts: Iterable[Contract]) -> bool:
    # It stands in the auth policy, and not always in the document.
    return any(fnmatchcase(f"POST {contract.auth.token_path}", pattern) for contract in contracts)


class _Unmatched:
    """A word of a scenario that means nothing here."""

    def __init__(self, place: Place, kind: str, name: str, known: tuple[str, ...]) -> None:
        self.place, self.kind, self.name, self.known = place, kind, name, known

    def problem(self, document: Document | None, scenario: Scenario) -> Problem:
        message = _("Unknown {kind} {name!r}.").format(kind=self.kind, name=self.name)
        suggestion = nearest(self.name, self.known)
        if document is not None:
            return document.problem(self.place, message, allowed=self.known, suggestion=suggestion)
        position = scenario.position or Position(file=scenario.file)
        return Problem(position=position, message=message, allowed=self.known, suggestion=suggestion)


def _calls(scenario: Scenario) -> Iterator[tuple[Place, str]]:
    for phase in _PHASES:
        for index, step in enumerate(getattr(scenario, phase)):
            # A phase that was not written has no place of its own, and nothing that `during` has not.
            if step.call is not None and phase in scenario.positions:
                yield (phase, index, "call"), step.call


def _told(scenario: Scenario, found: list[_Unmatched]) -> tuple[Problem, ...]:
    document = _document(scenario) if found else None
    return tuple(unmatched.problem(document, scenario) for unmatched in found)


def _document(scenario: Scenario) -> Document | None:
    try:
        return read(scenario.path, shown=scenario.file)
    except Problems:
        # The file went away or was changed since; the words can still be told.
        return None
