"""A journal as a timeline: what the caller's user saw and what the CRM saw, in order of time."""

from collections.abc import Iterator

from crm_contracts.model.call import Call
from crm_contracts.model.exchange import Connection, Exchange
from crm_contracts.model.journal import FaultWindow, Journal
from crm_contracts.model.language import _
from crm_contracts.model.span import human

MOST_LINES = 60
"""A longer timeline keeps its first two thirds and its end."""


def timeline(journal: Journal, *, most: int = MOST_LINES) -> str:
    """The journal, one event a line, times from the run's start.

    Calls stand at the left, under `caller`; what the CRM saw is set in, under `CRM`.
    """
    events = sorted(_events(journal), key=lambda event: event[0])
    lines = [f"{f'+{at - journal.started:.3f} s':>11}  {line}" for at, line in events]
    if len(lines) > most:
        left, right = most * 2 // 3, most // 3
        gap = _("... {count} more ...").format(count=len(lines) - left - right)
        lines = [*lines[:left], f"{'':11}  {gap}", *lines[-right:]]
    return "\n".join(lines)


def _events(journal: Journal) -> Iterator[tuple[float, str]]:
    for window in journal.phases:
        yield window.started, f"--- {window.phase} ---"
    for fault in journal.faults:
        yield from _fault(fault)
    for call in journal.calls:
        yield call.started, _call(call)
    for exchange in journal.exchanges:
        yield exchange.started, _exchange(exchange)
    for connection in journal.connections:
        if connection.exchanges == 0:
            yield connection.accepted, _connection(connection)
    for alert in journal.alerts:
        yield alert.at, "  " + _("alert  {text}").format(text=alert.text[:120])


def _fault(fault: FaultWindow) -> Iterator[tuple[float, str]]:
    yield fault.started, _("fault on: {fault}").format(fault=fault.sentence or fault.fault)
    yield fault.ended, _("fault off: {fault}").format(fault=fault.fault)


def _call(call: Call) -> str:
    took = _("never answered") if call.seconds is None else _("after {time}").format(time=human(call.seconds))
    note = f"  ({call.note})" if call.note else ""
    return f"caller  {call.name} #{call.id}  {call.outcome} {took}{note}"


def _exchange(exchange: Exchange) -> str:
    answer = str(exchange.status) if exchange.status is not None else _("no answer")
    parts = [f"  CRM   {exchange.method} {exchange.target}", answer, *_remarks(exchange)]
    return "  ".join(parts)


def _remarks(exchange: Exchange) -> Iterator[str]:
    if exchange.credential:
        yield f"{exchange.credential.name} ({exchange.credential.state})"
    if exchange.faults:
        yield f"[{', '.join(exchange.faults)}]"
    if not exchange.complete:
        yield _("the request is incomplete")
    if exchange.violations:
        yield "! " + exchange.violations[0].message


def _connection(connection: Connection) -> str:
    who = {"caller": _("closed by the caller"), "gateway": _("closed by the CRM"), None: _("left open")}
    return "  CRM   " + _("a connection without a request, {end}").format(end=who[connection.closed_by])
