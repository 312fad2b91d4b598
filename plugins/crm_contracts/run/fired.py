"""Whether the faults of a run met the caller at all (JUDGING: what is observed)."""

from collections.abc import Iterator

from crm_contracts.model.call import Call
from crm_contracts.model.consumer import Outcome
from crm_contracts.model.contract import Effect
from crm_contracts.model.exchange import Exchange
from crm_contracts.model.fault import Place, Reply, TokenRule
from crm_contracts.model.journal import FaultWindow, Journal
from crm_contracts.model.run import Run


def silent(run: Run, journal: Journal) -> FaultWindow | None:
    """The first fault that never fired and was kept away by nothing legal; one that repeats needs to fire once."""
    return next((fault for fault in _idle(journal) if not _is_kept_away(fault, run, journal)), None)


def kept_away(run: Run, journal: Journal) -> FaultWindow | None:
    """The first fault that met no request because a cache, a queue or an open breaker made none, which is legal."""
    return next((fault for fault in _idle(journal) if _is_kept_away(fault, run, journal)), None)


def _idle(journal: Journal) -> Iterator[FaultWindow]:
    fired = {(fault.fault, fault.sentence) for fault in journal.faults if _fired(fault, journal)}
    yield from (fault for fault in journal.faults if (fault.fault, fault.sentence) not in fired)


def _fired(fault: FaultWindow, journal: Journal) -> bool:
    """A toxic that our own probe met has fired only where a call was made in its window, too; so with an endpoint fault."""
    if fault.place not in {Place.TOXIC, Place.ENDPOINT}:
        return fault.fired
    return fault.fired and any(_overlaps(call, fault) for call in journal.calls)


def _is_kept_away(fault: FaultWindow, run: Run, journal: Journal) -> bool:
    """Whether calls that it is for were made while it was on and sent nothing, though such calls reach the CRM otherwise."""
    if fault.place == Place.TOXIC or (effect := _effect(fault, run)) is None:
        return False
    windows = [one for one in journal.faults if (one.fault, one.sentence) == (fault.fault, fault.sentence)]
    kept = (call for call in journal.calls if call.effect in effect and _may_send_nothing(call, run))
    sent = [seen.started for seen in journal.exchanges if _is_for(seen, run, effect)]
    met = any(_overlaps(call, one) for call in kept for one in windows)
    inside = any(one.started <= moment < one.ended for moment in sent for one in windows)
    return met and bool(sent) and not inside


def _may_send_nothing(call: Call, run: Run) -> bool:
    """Whether a cache or a queue served it, or a promised breaker may have refused it."""
    breaks = run.consumer.promises.breaker is not None
    return call.outcome.accepted or (breaks and call.outcome is Outcome.REFUSED)


def _effect(fault: FaultWindow, run: Run) -> frozenset[Effect] | None:
    """Which calls a fault is for; None where it is for particular operations, or for the token endpoint."""
    declared = [one for one in run.scenario.faults if one.fault == fault.fault]
    if len(declared) != 1:
        return None
    if not isinstance(declared[0], Reply | TokenRule):
        return frozenset(Effect) if declared[0].place is Place.ENDPOINT else None
    selector = declared[0].selector()
    if selector.operations:
        return None
    return frozenset(Effect) if selector.effect is None else frozenset({selector.effect})


def _is_for(seen: Exchange, run: Run, effect: frozenset[Effect]) -> bool:
    operation = run.contract.operations.get(seen.operation or "")
    here = not seen.stray and not seen.spare
    return here and operation is not None and operation.effect in effect and not seen.spare


def _overlaps(call: Call, fault: FaultWindow) -> bool:
    return call.started < fault.ended and (call.ended is None or call.ended > fault.started)
