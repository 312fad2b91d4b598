"""The report as files."""

import json
from pathlib import Path

from crm_contracts.project import Expected, Judged
from crm_contracts.reports import Report, RunReport, timeline, write_report
from crm_contracts.reports.folder import journal_part, start
from crm_contracts.reports.markdown import markdown
from crm_contracts.reports.report import commit_of
from tests.reports.story import journal_of, judged_story, long_story


def report_of(*judged: Judged, interrupted: bool = False) -> Report:
    runs = tuple(RunReport.of(one, "pytest ...") for one in judged)
    return Report(
        started="2026-11-23T10:00:00+00:00",
        seed=7,
        engine="toxiproxy 2.12.0",
        runs=runs,
        interrupted=interrupted,
    )


def test_verdicts_json_is_schema_1(tmp_path: Path, judged: Judged):
    """Exactly the keys that others build on."""
    write_report(tmp_path, report_of(judged))
    verdicts = json.loads((tmp_path / "verdicts.json").read_text())
    assert list(verdicts) == ["schema", "tool", "commit", "started", "seed", "engine", "runs"]
    (run,) = verdicts["runs"]
    assert list(run) == [
        *("contract", "consumer", "scenario", "title", "verdict", "expected", "seconds"),
        *("checks", "not_run", "assumed", "faults", "replay", "metrics"),
    ]
    assert (verdicts["schema"], run["verdict"], run["expected"], run["seconds"]) == (1, "failed", False, 2.5)
    assert run["checks"][0] == {
        "check": "outcomes",
        "verdict": "failed",
        "layer": "http",
        "side": "caller",
        "reason": "during: find_order was crashed; allowed there: ok",
        "evidence": "+1.000 s  find_order  crashed\n``` a fence of its own",
        "remedy": "Catch this where the CRM is called.",
    }
    assert run["not_run"] == [{"check": "lost_writes", "reason": "it writes nothing"}]
    assert run["faults"] == [{"fault": "status", "fired": True}]


def test_a_run_crosses_between_processes_unchanged(judged: Judged):
    """Packed, written as JSON, read, unpacked: nothing is lost."""
    report = RunReport.of(judged, "pytest ...")
    assert RunReport.unpacked(json.loads(json.dumps(report.packed()))) == report


def test_the_journal_is_put_together_from_its_parts(tmp_path: Path):
    """Each process writes its own; what an earlier, interrupted session left there is gone."""
    journal_part(tmp_path, "gw9").add("old", journal_of())
    start(tmp_path)
    journal_part(tmp_path, "gw0").add("a::x", journal_of())
    journal_part(tmp_path, "gw1").add("b::y", journal_of())
    write_report(tmp_path, report_of())
    lines = [json.loads(line) for line in (tmp_path / "journal.jsonl").read_text().splitlines()]
    assert [(line["run"], line["kind"]) for line in lines] == [
        (run, kind) for run in ("a::x", "b::y") for kind in ("call", "exchange", "call", "exchange")
    ]
    assert lines[1]["started"] == 0.01
    assert lines[3]["credential"] == "token#1"
    assert lines[0]["value"] == {"总计": 5}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["journal.jsonl", "report.md", "verdicts.json"]


def test_markdown_tells_what_needs_eyes_and_the_figures(judged: Judged):
    """A table, a section for each unexpected run, what is known, the figures of each phase."""
    known = judged_story(
        expected=Expected(as_expected=True, known=("outcomes",), sentence="known until 2030: slow")
    )
    text = markdown(report_of(judged, known, interrupted=True))
    assert text.startswith(
        "# CRM contracts: 1 failed, 1 failed as known\n\n**Interrupted: this is the report so far.**"
    )
    assert "### scenarios/http/away.yaml::order-sync" in text
    assert "(layer: HTTP; look here first: the caller)" in text
    assert "````text" in text, "evidence with a fence of its own is fenced more"
    assert "| scenarios/http/away.yaml::order-sync | outcomes | known until 2030: slow |" in text
    assert "| during | 1 | 0% | 250 ms | 250 ms | 250 ms | 1 x crashed | 1 x 503 | 1 |" in text
    assert "| before | 1 | 100% | 250 ms | 250 ms | 250 ms | 1 x ok | 1 x 200 | 0 |" in text


def test_a_run_that_passes_although_a_failure_is_known_is_no_plain_pass():
    """Its word in the table says so."""
    from crm_contracts.model.verdict import Finding, Verdict

    passed = Finding(check="outcomes", verdict=Verdict.PASSED)
    judged = judged_story(
        passed, expected=Expected(as_expected=False, known=("outcomes",), sentence="mended")
    )
    assert RunReport.of(judged, "").word == "xpassed"


def test_a_folder_without_git_has_no_commit(tmp_path: Path):
    """None, and no noise."""
    assert commit_of(tmp_path) is None


def test_the_timeline_tells_both_sides():
    """What the user saw and what the CRM saw, in order of time."""
    assert timeline(journal_of()).splitlines() == [
        "   +0.000 s  --- before ---",
        "   +0.000 s  caller  find_order #1  ok after 250 ms",
        "   +0.010 s    CRM   GET /orders/O-1  200  token#1 (valid)",
        "   +1.000 s  --- during ---",
        "   +1.000 s  fault on: the CRM answers 503",
        "   +1.000 s  caller  find_order #2  crashed after 250 ms",
        "   +1.010 s    CRM   GET /orders/O-1  503  token#1 (expired)  [status]",
        "   +2.000 s  fault off: status",
    ]


def test_a_long_timeline_is_bounded():
    """Its beginning and its end are kept."""
    lines = timeline(long_story(5000), most=30).splitlines()
    assert len(lines) == 31
    assert "4976 more" in lines[20]
    assert "+4.999 s" in lines[-1]
