"""A journal as a timeline: what the caller's user saw and what the CRM saw, in order of time."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from operator import itemgetter
from typing import TypeAlias

from crm_contracts.model.call import Call
from crm_contracts.model.exchange import Connection, Exchange
from crm_contracts.model.journal import Alert, Journal
from crm_contracts.model.language import _
from crm_contracts.model.span import human
from crm_contracts.reports.columns import padded
from crm_contracts.reports.evidence import visible
from crm_contracts.reports.words import phase_name

_Event: TypeAlias = tuple[float, Callable[[], str]]

MOST_LINES = 60
"""A longer timeline keeps its first two thirds and its end."""


def timeline(journal: Journal, *, most: int = MOST_LINES) -> str:
    """The journal, one event a line, times from the run's start.

    Calls stand at the left, under `caller`; what the CRM saw is set in, under `CRM`.
    """
    events = sorted(_events(journal), key=itemgetter(0))
    if len(events) <= most:
        return "\n".join(_lines(events, journal))
    left, right = most * 2 // 3, most // 3
    gap = _("... {count} more ...").format(count=len(events) - left - right)
    kept = (*_lines(events[:left], journal), f"{'':11}  {gap}", *_lines(events[-right:], journal))
    return "\n".join(kept)


def _lines(events: Iterable[_Event], journal: Journal) -> Iterator[str]:
    for at, told in events:
        yield f"{f'+{at - journal.started:.3f} s':>11}  {visible(told())}"


def _events(journal: Journal) -> Iterator[_Event]:
    # A journal may have a hundred thousand exchanges: only what is shown is put into words.
    for window in journal.phases:
        yield window.started, partial("--- {} ---".format, phase_name(window.phase))
    for fault in journal.faults:
        yield fault.started, partial(_fault, _("fault on: {fault}"), fault.sentence or fault.fault)
        yield fault.ended, partial(_fault, _("fault off: {fault}"), fault.fault)
    for call in journal.calls:
        yield call.started, partial(_call, call)
    for exchange in journal.exchanges:
        yield exchange.started, partial(_exchange, exchange)
    for connection in journal.connections:
        if connection.exchanges == 0:
            yield connection.accepted, partial(_connection, connection)
    for alert in journal.alerts:
        yield alert.at, partial(_alert, alert)


def _fault(sentence: str, fault: str) -> str:
    return sentence.format(fault=fault)


def _alert(alert: Alert) -> str:
    return "  " + _("alert  {text}").format(text=alert.text[:120])


def _call(call: Call) -> str:
    took = _("never answered") if call.seconds is None else _("after {time}").format(time=human(call.seconds))
    note = f"  ({call.note})" if call.note else ""
    return f"{padded(_('caller'), 6)}  {call.name} #{call.id}  {call.outcome} {took}{note}"


def _exchange(exchange: Exchange) -> str:
    return f"  CRM   {exchange_words(exchange)}"


def exchange_words(exchange: Exchange) -> str:
    """One exchange in a line: what was asked, what was answered, with which credential, and what was remarkable."""
    answer = str(exchange.status) if exchange.status is not None else _("no answer")
    return "  ".join((f"{exchange.method} {exchange.target}", answer, *_remarks(exchange)))


def _remarks(exchange: Exchange) -> Iterator[str]:
    if exchange.credential:
        yield f"{exchange.credential.name} ({exchange.credential.state})"
    if exchange.faults:
        yield f"[{', '.join(exchange.faults)}]"
    if exchange.spare:
        yield _("at the spare")
    if not exchange.complete:
        yield _("the request is incomplete")
    if exchange.violations:
        yield "! " + exchange.violations[0].message


def _connection(connection: Connection) -> str:
    return f"  CRM   {connection_words(connection)}"


def connection_words(connection: Connection) -> str:
    """A connection that brought no request, in a line."""
    who = {"caller": _("closed by the caller"), "gateway": _("closed by the CRM"), None: _("left open")}
    told = _("a connection without a request, {end}").format(end=who[connection.closed_by])
    shaken = connection.handshake
    if shaken is None:
        return told
    shown = _("certificate: {problem}").format(problem=shaken.certificate.replace("_", " "))
    word = _("the caller's word: {alerts}").format(alerts=shaken.alert)
    return "  ".join((told, *([shown] if shaken.certificate else []), *([word] if shaken.alert else [])))
