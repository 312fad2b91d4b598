"""A report as plain Markdown: readable in an editor, a ticket and a chat."""

from collections.abc import Iterable, Iterator, Sequence

from crm_contracts.model.language import _
from crm_contracts.model.span import human
from crm_contracts.model.verdict import Layer, Side
from crm_contracts.reports.diagnosis import titled
from crm_contracts.reports.evidence import visible
from crm_contracts.reports.matrix import NOT_RUN
from crm_contracts.reports.metrics import PhaseMetrics
from crm_contracts.reports.report import TOOL, Report
from crm_contracts.reports.run_report import CheckReport, RunReport
from crm_contracts.reports.words import layer_name, phase_name, side_name, verdict_name


def markdown(report: Report) -> str:
    """The report: the table of verdicts first, then what needs eyes, what is known, and the figures of each phase."""
    return _joined(*_verdicts(report), _assumed(report.runs), _figures(report.runs), _not_run(report.runs))


def brief(report: Report) -> str:
    """The part of the report that somebody reads who asks only whether it went well."""
    return _joined(*_verdicts(report))


def _verdicts(report: Report) -> tuple[Iterator[str], ...]:
    return _head(report), _table(report.runs), _unexpected(report), _known(report)


def _joined(*parts: Iterable[str]) -> str:
    return visible("\n".join(line for part in parts for line in (*part, ""))).rstrip() + "\n"


def _head(report: Report) -> Iterator[str]:
    yield f"# {_('CRM contracts')}: {report.counts()}"
    yield ""
    if report.interrupted:
        yield f"**{_('Interrupted: this is the report so far.')}**"
        yield ""
    commit = f", {_('commit')} `{report.commit[:12]}`" if report.commit else ""
    yield _("{tool}, started {started}, engine {engine}, seed {seed}{commit}").format(
        tool=TOOL, started=report.started, engine=report.engine, seed=report.seed, commit=commit
    )


def _table(runs: Sequence[RunReport]) -> Iterator[str]:
    consumers = sorted({run.consumer for run in runs})
    cells = {(run.row, run.consumer): run.word for run in runs}
    yield from _rows(
        [_("scenario"), *consumers],
        (
            [row, *(verdict_name(cells.get((row, name), NOT_RUN)) for name in consumers)]
            for row in _in_order(runs)
        ),
    )


def _in_order(runs: Sequence[RunReport]) -> list[str]:
    return list(dict.fromkeys(run.row for run in runs))


def _unexpected(report: Report) -> Iterator[str]:
    if not report.unexpected:
        return
    yield f"## {_('What needs eyes')}"
    for run in report.unexpected:
        yield from ("", *_run(run))


def _run(run: RunReport) -> Iterator[str]:
    yield f"### {run.item}"
    yield ""
    yield titled(run.title, run.source)
    if run.expected.sentence:
        yield from ("", f"**{run.expected.sentence}**")
    if run.contact:
        yield from (
            "",
            _("Contact of {consumer}: {contact}").format(consumer=run.consumer, contact=run.contact),
        )
    for check in run.checks:
        if check.verdict != "passed":
            yield from ("", *_check(check))
    yield from ("", f"{_('Replay')}: `{run.replay}`")


def _check(check: CheckReport) -> Iterator[str]:
    where = ""
    if check.side and check.layer:
        sentence = _(" (layer: {layer}; look here first: {side})")
        where = sentence.format(layer=layer_name(Layer(check.layer)), side=side_name(Side(check.side)))
    yield f"- **{check.check}: {verdict_name(check.verdict)}**{where}: {check.reason}"
    if check.evidence:
        yield from ("", *_fenced(check.evidence), "")
    if check.remedy:
        yield f"  {_('What usually mends it')}: {check.remedy}"


def _fenced(text: str) -> Iterator[str]:
    fence = "```"
    while fence in text:
        fence += "`"
    yield f"  {fence}text"
    yield from (f"  {line}".rstrip() for line in text.splitlines())
    yield f"  {fence}"


def _known(report: Report) -> Iterator[str]:
    if not report.known:
        return
    yield f"## {_('Known issues that are still there')}"
    yield ""
    yield from _rows(
        [_("run"), _("checks"), _("issue")],
        ([run.item, ", ".join(run.expected.known), run.expected.sentence] for run in report.known),
    )


def _assumed(runs: Sequence[RunReport]) -> Iterator[str]:
    promises: dict[str, dict[str, None]] = {}
    for run in runs:
        promises.setdefault(run.consumer, {}).update(dict.fromkeys(run.assumed))
    assumed = {consumer: names for consumer, names in promises.items() if names}
    if not assumed:
        return
    yield f"## {_('Promises that were assumed')}"
    yield ""
    yield _("They are not written in the consumer's file: the defaults were taken.")
    yield ""
    rows = ([consumer, ", ".join(names)] for consumer, names in assumed.items())
    yield from _rows([_("consumer"), _("promises")], rows)


def _figures(runs: Sequence[RunReport]) -> Iterator[str]:
    measured = [(run, phase) for run in runs for phase in run.metrics if phase.calls]
    if not measured:
        return
    yield f"## {_('Figures')}"
    yield ""
    head = [_("run"), _("phase"), _("calls"), _("success rate"), "p50", "p95", "p99", _("outcomes")]
    head += [_("CRM answers"), _("refused tokens")]
    yield from _rows(head, (_figure(run, phase) for run, phase in measured))


def _figure(run: RunReport, phase: PhaseMetrics) -> list[str]:
    rate = "" if phase.success_rate is None else f"{phase.success_rate:.0%}"
    return [
        run.item,
        phase_name(phase.phase),
        str(phase.calls),
        rate,
        "" if phase.p50 is None else human(phase.p50),
        "" if phase.p95 is None else human(phase.p95),
        "" if phase.p99 is None else human(phase.p99),
        _counts(phase.outcomes.items()),
        _counts(phase.statuses.items()),
        str(phase.refused_tokens),
    ]


def _counts(pairs: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{count} x {what}" for what, count in pairs)


def _not_run(runs: Sequence[RunReport]) -> Iterator[str]:
    reasons: dict[tuple[str, str], list[str]] = {}
    for run in runs:
        for not_run in run.not_run:
            reasons.setdefault((not_run.check, not_run.reason), []).append(run.item)
    if not reasons:
        return
    yield f"## {_('Checks that could not apply')}"
    yield ""
    rows = ([check, reason, str(len(items))] for (check, reason), items in reasons.items())
    yield from _rows([_("check"), _("reason"), _("runs")], rows)


def _rows(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(map(_cell, head))} |"
    yield f"|{'|'.join(' --- ' for _name in head)}|"
    yield from (f"| {' | '.join(map(_cell, row))} |" for row in rows)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
