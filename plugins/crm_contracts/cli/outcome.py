"""What came of one call, for a person at a terminal."""

import json
from collections.abc import Iterator
from dataclasses import replace

from crm_contracts.model.call import Call
from crm_contracts.model.journal import Journal
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _
from crm_contracts.model.run import Run
from crm_contracts.model.span import human
from crm_contracts.reports import timeline
from crm_contracts.reports.columns import wrapped
from crm_contracts.reports.evidence import first_lines, last_lines, narrowed, visible
from crm_contracts.reports.unreached import elsewhere, unreached

COLUMNS = 80
MOST = 20
"""Lines of a value, and of what a program printed."""


def well(run: Run, journal: Journal) -> bool:
    """Whether the call's user was served or told, by way of the lab."""
    graceful = all(call.outcome.graceful for call in journal.calls)
    return bool(journal.calls) and graceful and not journal.trouble and not unreached(run, journal)


def lines(run: Run, journal: Journal) -> Iterator[str]:
    """The outcome, the value, what the program said, and each attempt."""
    if journal.trouble:
        yield from wrapped(visible(journal.trouble), COLUMNS)
    if journal.dead:
        yield _("{consumer} did not come to its call.").format(consumer=run.consumer.name)
        yield from _dead(journal.dead)
    for call in journal.calls:
        yield from _call(run, call)
    if not journal.dead:
        yield from _said(journal.output)
    yield from _faults(journal)
    if journal.calls and not journal.dead:
        yield ""
        began = min((*(one.started for one in journal.calls), *(one.started for one in journal.faults)))
        yield timeline(replace(journal, phases=(), started=began))
    yield from _ways(run, journal)


def _dead(why: str) -> Iterator[str]:
    """Its first line is ours and says why; the others are the program's own."""
    reason, _end, words = why.partition("\n")
    yield from wrapped(visible(reason), COLUMNS)
    yield from _said(words)


def _call(run: Run, call: Call) -> Iterator[str]:
    took = _("never answered") if call.seconds is None else _("after {time}").format(time=human(call.seconds))
    note = f" ({visible(call.note)})" if call.note else ""
    told = f"{run.consumer.name}.{call.name}: {call.outcome} {took}{note}"
    yield from first_lines("\n".join(wrapped(told, COLUMNS)), MOST)
    result = call.result
    if result.failure:
        yield from _block(_("raised"), f"{result.failure.type}: {result.failure.message}")
        if not call.outcome.graceful:
            yield from _block(_("from"), result.failure.traceback)
    elif result.hung:
        yield from _block(_("stuck at"), result.output)
    elif result.returned or result.value is not None:
        yield from _block(_("value"), _pretty(result.value))
    if result.status is not None:
        yield from _block(_("status"), str(result.status))
    if result.exit is not None:
        yield from _block(_("exit code"), str(result.exit))


def _pretty(value: JSON) -> str:
    short = json.dumps(value, ensure_ascii=False)
    return short if len(short) <= 60 else json.dumps(value, ensure_ascii=False, indent=2)


def _block(label: str, text: str) -> Iterator[str]:
    """A text beside its label, or below it where it has several lines; of a long one the end is left out."""
    said = list(narrowed(first_lines(text, MOST), COLUMNS - 4))
    if not said:
        return
    if len(said) == 1:
        yield f"  {label}: {said[0]}"
        return
    yield f"  {label}:"
    yield from (f"    {line}" for line in said)


def _said(output: str) -> Iterator[str]:
    if output.strip():
        yield f"  {_('it printed')}:"
        yield from (f"    {line}".rstrip() for line in narrowed(last_lines(output, MOST), COLUMNS - 4))


def _faults(journal: Journal) -> Iterator[str]:
    for fault in journal.faults:
        if not fault.fired:
            told = _("the fault {fault} never fired: {why}").format(fault=fault.fault, why=fault.why)
            yield from wrapped(told, COLUMNS, indent="  ")


def _ways(run: Run, journal: Journal) -> Iterator[str]:
    if told := unreached(run, journal):
        yield from ("", *told)
    elif others := elsewhere(journal):
        hosts = ", ".join(map(str, others))
        yield ""
        yield from wrapped(_("Beside the lab it reached for: {hosts}").format(hosts=hosts), COLUMNS)
