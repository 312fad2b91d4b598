"""Why a run did not end as expected, told so that somebody who was never here knows where to look first."""

from collections.abc import Iterable, Iterator

from crm_contracts.model.journal import FaultWindow
from crm_contracts.model.language import _
from crm_contracts.model.verdict import Finding, Verdict
from crm_contracts.project.conductor import STEADY_STATE, Judged
from crm_contracts.reports.columns import padded, width, wrapped
from crm_contracts.reports.evidence import last_lines, narrowed, visible
from crm_contracts.reports.unreached import unreached
from crm_contracts.reports.words import layer_name, side_name
from crm_contracts.run.judge import RunVerdict

__all__ = ["diagnosis", "headline", "layer_name", "side_name", "titled"]

COLUMNS = 80
_FEW = 3
_MOST_EVIDENCE = 24
"""Lines of evidence; checks keep it small by themselves, a consumer that did not start may have said a lot."""


def headline(judged: Judged) -> str:
    """The run in one line: what does not hold any more of a known issue, else the first finding that matters."""
    return visible(_headline(judged))


def _headline(judged: Judged) -> str:
    expected, verdict = judged.expected, judged.verdict
    if expected.sentence and not expected.as_expected:
        return expected.sentence
    first = _first(judged)
    if first is None:
        return _("passed")
    if first.check == STEADY_STATE:
        return first.reason
    others = len(verdict.failed or verdict.unknown) - 1
    more = _(" (and {count} more)").format(count=others) if others else ""
    return f"{first.check}: {_said(first)[0]}{more}"


def diagnosis(judged: Judged, replay: str) -> str:
    """The whole text: headline, what went wrong in the scenario, each finding with its remedy, and the replay command.

    It fits into 80 columns where words allow it, and is the same on a terminal, in a JUnit file and in a report.
    """
    verdict, first = judged.verdict, _first(judged)
    if first is not None and first.check == STEADY_STATE:
        # The baseline tells the story, once.
        return visible("\n".join(wrapped(first.reason, COLUMNS)))
    parts = [
        wrapped(headline(judged), COLUMNS),
        list(_story(verdict)),
        *(list(_failed(finding, told=finding is first)) for finding in verdict.failed),
        *(list(_unknown(finding, told=finding is first)) for finding in verdict.unknown),
        list(_elsewhere(verdict)),
        list(_rest(verdict)),
        [_("Replay exactly this run:"), f"  {replay}"],
    ]
    return visible("\n\n".join("\n".join(part) for part in parts if part))


def _first(judged: Judged) -> Finding | None:
    """The finding that the headline tells, unless it tells of a known issue."""
    expected, verdict = judged.expected, judged.verdict
    if expected.sentence and not expected.as_expected:
        return None
    return next(iter(verdict.failed or verdict.unknown), None)


def _story(verdict: RunVerdict) -> Iterator[str]:
    run = verdict.run
    yield from _labelled(_("scenario"), titled(run.scenario.title, run.scenario.source))
    if run.scenario.why:
        yield from _labelled(_("why"), " ".join(run.scenario.why.split()))
    yield from _labelled(_("consumer"), _who(verdict))
    for fault in verdict.journal.faults:
        yield from _labelled(_("fault"), _fault(fault))


def _who(verdict: RunVerdict) -> str:
    consumer = verdict.run.consumer
    contact = _(" (contact: {contact})").format(contact=consumer.contact) if consumer.contact else ""
    return f"{consumer.name}{contact}"


def _fault(fault: FaultWindow) -> str:
    sentence = fault.sentence or fault.fault
    if not fault.fired:
        why = f": {fault.why}" if fault.why else ""
        return _("{fault} - it never fired{why}").format(fault=sentence, why=why)
    return sentence


def _failed(finding: Finding, *, told: bool) -> Iterator[str]:
    yield _("{check} failed").format(check=finding.check)
    if not told:
        yield from wrapped(_said(finding)[0], COLUMNS, indent="  ")
    if finding.side:
        yield from _labelled(_("look here first"), side_name(finding.side), indent="  ")
    if finding.layer:
        yield from _labelled(_("layer"), layer_name(finding.layer), indent="  ")
    yield from _evidence("\n".join((*_said(finding)[1:], finding.evidence)))
    if finding.remedy:
        yield f"  {_('what usually mends it')}:"
        yield from wrapped(finding.remedy, COLUMNS, indent="    ")


def _unknown(finding: Finding, *, told: bool) -> Iterator[str]:
    yield _("{check} is unknown").format(check=finding.check)
    if not told:
        yield from wrapped(_said(finding)[0], COLUMNS, indent="  ")
    yield from _evidence("\n".join((*_said(finding)[1:], finding.evidence)))


def _said(finding: Finding) -> list[str]:
    """A reason may end with a program's own words: the first line is the reason, the others are evidence."""
    return finding.reason.splitlines() or [""]


def _evidence(evidence: str) -> Iterator[str]:
    # Evidence keeps its shape: a caret stands under its byte, a column under its column.
    if not evidence.strip():
        return
    yield f"  {_('evidence')}:"
    shown = narrowed(last_lines(evidence.lstrip("\n"), _MOST_EVIDENCE), COLUMNS - 4)
    yield from (f"    {line}".rstrip() for line in shown)


def _elsewhere(verdict: RunVerdict) -> Iterator[str]:
    """Of a caller that never came to the lab: what it was given, where it went instead, and the next step."""
    journal = verdict.journal
    if verdict.run.scenario.baseline and journal.calls and not journal.dead:
        # The headline says already that nothing reached the lab.
        yield from unreached(verdict.run, journal)[2:]


def _rest(verdict: RunVerdict) -> Iterator[str]:
    passed = [f.check for f in verdict.findings if f.verdict is Verdict.PASSED]
    rows = (
        (_("passed"), ", ".join(passed)),
        (_("not run"), "; ".join(_left_out(verdict))),
        (_("assumed"), _assumed(verdict.assumed)),
    )
    yield from _table((label, text) for label, text in rows if text)


def _left_out(verdict: RunVerdict) -> Iterator[str]:
    """Why checks were not run; where they are many, of those that the scenario does not name only how many they are."""
    asked = {one.check for one in verdict.run.scenario.expect}
    many = len(verdict.not_run) > _FEW
    own = [one for one in verdict.not_run if not many or one.check in asked]
    yield from (f"{one.check} ({one.reason})" for one in own)
    if others := len(verdict.not_run) - len(own):
        yield _("{count} checks do not apply here (`--crm-report` tells why)").format(count=others)


def _assumed(names: tuple[str, ...]) -> str:
    if not names:
        return ""
    sentence = _("{promises} (not written in the consumer's file: the defaults were taken)")
    return sentence.format(promises=", ".join(names))


def _labelled(label: str, text: str, *, indent: str = "") -> Iterator[str]:
    hanging = " " * (width(label) + 2)
    first, *others = wrapped(text, COLUMNS - width(indent) - len(hanging)) or [""]
    yield f"{indent}{label}: {first}"
    yield from (f"{indent}{hanging}{line}" for line in others)


def _table(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    known = list(rows)
    column = max((width(label) for label, _text in known), default=0) + 2
    for label, text in known:
        first, *others = wrapped(text, COLUMNS - column) or [""]
        yield f"{padded(label + ':', column)}{first}"
        yield from (" " * column + line for line in others)


def titled(title: str, source: str) -> str:
    """A scenario's title with its source, unless the title names it already."""
    return f"{title} ({source})" if source and source not in title else title
