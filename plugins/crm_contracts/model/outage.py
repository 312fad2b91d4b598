"""Failures in a row, as users see them, and by when somebody must have been told of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from crm_contracts.model.call import Call, Phase, is_well
from crm_contracts.model.promises import Promises


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """The failures after which an alert is due `by` a moment, at the latest; alerts count `since` the first failure."""

    calls: tuple[Call, ...]
    since: float
    by: float


def outage(calls: Sequence[Call], promises: Promises) -> Outage | None:
    """The first row of failures that is long enough for an alert; None where none is, or none is promised.

    Each kind of call is counted by itself, the finest that a caller may count. Where a breaker is promised, each of the
    failures is granted its open time, for a caller may count only what reached the CRM.
    """
    promise = promises.alerts
    if promise is None:
        return None
    during = [call for call in calls if call.phase is Phase.DURING]
    failing = [call.started for call in during if not is_well(call, calls)]
    rows = [_row([c for c in during if c.name == name], calls, promise.after) for name in _names(during)]
    found = [row for row in rows if row]
    if not found:
        return None
    first = min(found, key=lambda row: _end(row[-1], promises))
    granted = promise.after * promises.breaker.half_open_after if promises.breaker else 0.0
    by = _end(first[-1], promises) + promise.within + granted
    return Outage(calls=first, since=min(failing), by=by)


def _row(kind: Sequence[Call], calls: Sequence[Call], length: int) -> tuple[Call, ...]:
    row: list[Call] = []
    for call in sorted(kind, key=lambda call: call.ended or float("inf")):
        row = [] if is_well(call, calls) else [*row, call]
        if len(row) == length:
            return tuple(row)
    return ()


def _names(calls: Sequence[Call]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(call.name for call in calls))


def _end(call: Call, promises: Promises) -> float:
    # A call that hangs has failed for its user when it is given up, at two deadlines.
    return call.ended if call.ended is not None else call.started + 2 * (promises.deadline or 10.0)
