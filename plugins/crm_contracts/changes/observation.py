"""Which fields a caller reads, found by taking each away: where its call comes out otherwise, the field is used.

A field whose absence changed nothing that its user or the CRM saw is not seen to be used; it may still be read in a case
that no call of its file makes.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from crm_contracts.changes.usage import KnownBy, Use
from crm_contracts.contracts.json_scanner import escape
from crm_contracts.faults.schema_drift import SchemaDrift
from crm_contracts.host import LabClient
from crm_contracts.model.consumer import CallSpec, Consumer, Outcome
from crm_contracts.model.contract import Contract
from crm_contracts.model.exchange import Exchange
from crm_contracts.model.journal import Journal
from crm_contracts.model.json import JSON
from crm_contracts.model.run import Run
from crm_contracts.model.scenario import Scenario, Step

ABREAST = 4
"""So many runs go side by side."""
AFTERWARDS = 0.3
"""Seconds that a write has to arrive after a call: here nobody waits for a queue."""
MOST_FIELDS = 60
"""So many fields of one answer are tried."""

Change = Literal["removed", "type_changed"]
Seen = dict[str, JSON]
_CHANGES: tuple[Change, ...] = ("removed", "type_changed")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trial:
    """One run: a call, and the field that is taken away from the answers of an operation (None: nothing is)."""

    call: CallSpec
    operation: str = ""
    field: str | None = None
    change: Change = "removed"

    def run(self, consumer: Consumer, contract: Contract) -> Run:
        promises = consumer.promises
        hasty = replace(promises, delivers_within=min(promises.delivers_within or 0.0, AFTERWARDS))
        caller = replace(consumer, promises=hasty, calls={self.call.name: self.call})
        faults: tuple[SchemaDrift, ...] = ()
        if self.field is not None:
            faults = (SchemaDrift(field=self.field, change=self.change, operations=(self.operation,)),)
        scenario = Scenario(
            name="impact",
            file="impact",
            path=consumer.file,
            title=self.call.name,
            during=(Step(call=self.call.name),),
            faults=faults,
        )
        return Run(scenario=scenario, consumer=caller, contract=contract)


class Observation:
    """Observes consumers in a lab; each trial is a run of its own, in a fresh process of the caller."""

    def __init__(self, lab: LabClient) -> None:
        self._lab = lab
        self.runs = 0

    def uses(
        self, consumer: Consumer, contract: Contract, *, operation: str = "", field: str = ""
    ) -> Iterator[Use]:
        """Yield what each call of a consumer uses, of one operation or of all, of one field's name or of all.

        `known_by` is `nobody` for a call that fails when nothing is wrong.
        """
        for call in consumer.calls.values():
            names = tuple(name for name in dict.fromkeys(call.does) if operation in {"", name})
            if names:
                yield from self._of_call(consumer, contract, call, names, field)

    def _of_call(
        self, consumer: Consumer, contract: Contract, call: CallSpec, names: tuple[str, ...], asked: str
    ) -> Iterator[Use]:
        journals = list(self._journals(consumer, contract, [_Trial(call=call)] * 2))
        plain, other = map(_seen, journals)
        shaky = {place for place in plain.keys() | other.keys() if plain.get(place) != other.get(place)}
        if not all(map(_is_well, journals)):
            yield from (Use(consumer=consumer, call=call.name, operation=name) for name in names)
            return
        for operation in names:
            fields = dict(islice(_fields(journals[0].exchanges, operation).items(), MOST_FIELDS))
            if asked:
                fields = {name: empty for name, empty in fields.items() if name == asked}
            found: set[str] = set()
            for change in _CHANGES:
                trials = [
                    _Trial(call=call, operation=operation, field=field, change=change)
                    for field, empty in fields.items()
                    # One that is empty may look the same when it is gone: only another type shows who reads it.
                    if change == "removed" or (empty and field not in found)
                ]
                pairs = zip(trials, self._journals(consumer, contract, trials), strict=True)
                found |= {trial.field or "" for trial, journal in pairs if _differs(journal, plain, shaky)}
            # Without an answer to look at nothing is known.
            known: KnownBy = "observed" if fields else "nobody"
            read = frozenset(found)
            yield Use(consumer=consumer, call=call.name, operation=operation, fields=read, known_by=known)

    def _journals(self, consumer: Consumer, contract: Contract, trials: list[_Trial]) -> Iterator[Journal]:
        at_once = _abreast(consumer)
        for start in range(0, len(trials), at_once):
            batch = trials[start : start + at_once]
            under_way = [self._lab.submit(trial.run(consumer, contract)) for trial in batch]
            self.runs += len(under_way)
            yield from (self._lab.wait(future) for future in under_way)


def _abreast(consumer: Consumer) -> int:
    most = getattr(consumer.driver, "abreast", None)
    return ABREAST if most is None else max(1, min(ABREAST, int(most)))


def _is_well(journal: Journal) -> bool:
    served = {Outcome.OK, Outcome.QUEUED}
    return bool(journal.calls) and not journal.trouble and all(one.outcome in served for one in journal.calls)


def _differs(journal: Journal, plain: Seen, shaky: set[str]) -> bool:
    if journal.trouble or journal.dead is not None or not any(fault.touched for fault in journal.faults):
        return False
    now = _seen(journal)
    return any(now.get(place, _NO) != plain.get(place, _NO) for place in (now.keys() | plain.keys()) - shaky)


_NO = "(not there)\0"


def _seen(journal: Journal) -> Seen:
    """What its user and the CRM saw: outcome, value, and what it asked, as flat values."""
    told: Seen = {}
    for call in journal.calls:
        failure = call.result.failure.type if call.result.failure else None
        told |= _flat([call.outcome.value, call.result.value, call.result.status, failure], "call")
    asked = [one for one in journal.exchanges if one.purpose == "operation"]
    for number, exchange in enumerate(asked):
        told |= _flat([exchange.method, exchange.target, _value(exchange.body.kept)], f"asked/{number}")
    return told


def _fields(exchanges: Iterable[Exchange], operation: str) -> dict[str, bool]:
    """The names of all fields in the successful answers of an operation, and whether one of them was empty."""
    names: dict[str, bool] = {}
    for exchange in exchanges:
        if exchange.operation == operation and exchange.status is not None and exchange.status < 300:
            for name, empty in _names(_value(exchange.answer.kept)):
                names[name] = names.get(name, False) or empty
    return names


def _names(value: JSON) -> Iterator[tuple[str, bool]]:
    if isinstance(value, dict):
        yield from ((name, not part) for name, part in value.items())
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _names(part)


def _value(body: bytes) -> JSON:
    try:
        value: JSON = json.loads(body)
    except (ValueError, RecursionError):
        return body.decode("utf-8", "replace")
    return value


def _flat(value: JSON, place: str) -> Seen:
    if isinstance(value, dict) and value:
        parts = [(f"{place}/{escape(name)}", part) for name, part in value.items()]
    elif isinstance(value, list) and value:
        parts = [(f"{place}/{index}", part) for index, part in enumerate(value)]
    else:
        return {place: value}
    return {name: leaf for inner, part in parts for name, leaf in _flat(part, inner).items()}
