"""Success rate and percentiles of each phase, wherever reports tell them (N22)."""

from dataclasses import replace
from typing import Any

from crm_contracts.model.call import Phase
from crm_contracts.model.percentile import percentile
from crm_contracts.reports import RunReport, figures
from crm_contracts.reports.metrics import metrics
from tests.reports.story import journal_of, judged_story


def test_percentiles_are_values_that_were_seen() -> None:
    """The nearest rank: of a hundred times the 99th, of three the last."""
    hundred = [float(number) for number in range(1, 101)]
    assert [percentile(hundred, share) for share in (0.5, 0.95, 0.99)] == [50.0, 95.0, 99.0]
    assert percentile([1.0, 2.0, 3.0], 0.99) == 3.0
    assert percentile([], 0.5) is None


def test_a_phase_has_its_percentiles() -> None:
    """Of a call in a hundred that is slow, the 99th tells nothing and the mean would."""
    journal = journal_of()
    call = journal.calls_in(Phase.DURING)[0]
    calls = tuple(
        replace(call, id=n, result=replace(call.result, started=101.0, ended=101.0 + n / 100))
        for n in range(1, 101)
    )
    during = next(p for p in metrics(replace(journal, calls=calls)) if p.phase is Phase.DURING)
    assert [round(time or 0, 2) for time in (during.p50, during.p95, during.p99)] == [0.5, 0.95, 0.99]


def test_the_terminal_has_a_line_for_each_phase_with_calls() -> None:
    """It fits 80 columns."""
    lines = figures(journal_of()).splitlines()
    assert lines == [
        "before       1 calls  100% served  p50 250 ms   p95 250 ms   p99 250 ms",
        "during       1 calls    0% served  p50 250 ms   p95 250 ms   p99 250 ms",
    ]
    assert all(len(line) <= 80 for line in lines)


def test_verdicts_json_has_them_and_reports_cross_processes_whole() -> None:
    """Each phase with its rate, its percentiles and its counts."""
    report = RunReport.of(judged_story(), "")
    phases: Any = report.public()["metrics"]
    assert [phase["success_rate"] for phase in phases] == [1.0, 0.0]
    assert [phase["p99"] for phase in phases] == [phase["p50"] for phase in phases]
    assert RunReport.unpacked(report.packed()) == report
