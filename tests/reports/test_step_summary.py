"""The report on the page of a CI run."""

from dataclasses import replace
from pathlib import Path

from crm_contracts.project import Judged
from crm_contracts.reports import Report, RunReport, append_step_summary
from crm_contracts.reports.step_summary import LONGEST


def report_of(*judged: Judged) -> Report:
    runs = tuple(RunReport.of(one, "pytest ...") for one in judged)
    return Report(started="2026-11-23T10:00:00+00:00", seed=7, engine="toxiproxy 2.12.0", runs=runs)


def test_what_stands_in_the_summary_already_is_kept(tmp_path: Path, judged: Judged):
    """Another step's words stay; the table and what needs eyes follow, the figures do not."""
    summary = tmp_path / "summary.md"
    summary.write_text("# Build\n")
    append_step_summary(report_of(judged), {"GITHUB_STEP_SUMMARY": str(summary)})
    text = summary.read_text()
    assert text.startswith("# Build\n# CRM contracts: 1 failed")
    assert "## What needs eyes" in text
    assert "## Figures" not in text


def test_nothing_is_written_where_nobody_asks_or_nothing_ran(tmp_path: Path, judged: Judged):
    """Neither without the variable nor without a run."""
    append_step_summary(report_of(judged), {})
    append_step_summary(report_of(), {"GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")})
    assert not list(tmp_path.iterdir())


def test_a_summary_stays_below_the_limit(tmp_path: Path, judged: Judged):
    """A step whose summary is larger than 1 MiB would have none at all."""
    report = report_of(judged)
    (run,) = report.runs
    long = replace(run, checks=tuple(replace(check, evidence="evidence\n" * 200_000) for check in run.checks))
    summary = tmp_path / "summary.md"
    append_step_summary(replace(report, runs=(long,)), {"GITHUB_STEP_SUMMARY": str(summary)})
    assert LONGEST <= summary.stat().st_size + 200 <= LONGEST + 400
    assert summary.read_text().endswith("The rest is in the report that `--crm-report=DIR` writes.\n")
