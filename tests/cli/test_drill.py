"""The drill: real callers, a real lab, a report."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

from crm_contracts.project import Layout, Project
from tests.cli.conftest import Command
from tests.project.shop import known_issue, write, write_consumer

DRILL = ("drill", "--engine", "embedded")


def report_in(shop: Path) -> Path:
    (folder,) = (shop / "reports").iterdir()
    return folder


def test_a_drill_reports_what_it_found(shop: Path, call: Command):
    """Exit 1; a line a run, diagnoses, the table; three files in a folder of this day."""
    result = call(*DRILL, "--seed", "5", "--lanes", "2")
    assert result.returncode == 1, result.stdout + result.stderr
    assert "[1/6]" in result.stdout
    assert "[6/6]" in result.stdout
    assert 'scenarios/away.yaml::brittle" --crm-seed 5 --crm-engine embedded' in result.stdout
    assert "away               failed   passed" in result.stdout
    assert "4 passed, 2 failed; engine embedded" in result.stdout
    folder = report_in(shop)
    assert sorted(path.name for path in folder.iterdir()) == ["journal.jsonl", "report.md", "verdicts.json"]
    verdicts = json.loads((folder / "verdicts.json").read_text())
    assert verdicts["seed"] == 5
    assert len(verdicts["runs"]) == 6


def test_known_issues_are_expected_failures(shop: Path, call: Command):
    """Exit 0."""
    write(
        shop,
        "known_issues.yaml",
        known_issue("away", "brittle", "outcomes") + known_issue("half-answers", "brittle", "outcomes"),
    )
    result = call(*DRILL)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "4 passed, 2 failed as known" in result.stdout


def test_verdicts_are_those_of_the_serial_run(shop: Path, call: Command):
    """However many lanes there are."""
    seen = []
    for lanes in ("1", "6"):
        call(*DRILL, "--lanes", lanes, "--out", f"out-{lanes}")
        (folder,) = (shop / f"out-{lanes}").iterdir()
        runs = json.loads((folder / "verdicts.json").read_text())["runs"]
        seen.append(sorted((run["scenario"], run["consumer"], run["verdict"]) for run in runs))
    assert seen[0] == seen[1]


def test_a_caller_without_a_steady_state_is_not_drilled(shop: Path, call: Command):
    """Its runs are unknown; the others are judged."""
    write_consumer(shop, "broken")
    result = call(*DRILL, "-k", "broken")
    assert result.returncode == 1
    assert "1 failed, 2 unknown" in result.stdout
    assert result.stdout.count("steady state not reached") == 2


def test_scenarios_are_chosen_by_tag_and_word(shop: Path, call: Command):
    """--tag and -k; nothing chosen is exit 5."""
    result = call(*DRILL, "--tag", "ci", "-k", "sound")
    assert result.returncode == 0
    assert "2 passed" in result.stdout
    assert call(*DRILL, "--tag", "nonsense").returncode == 5


def test_a_file_that_cannot_be_read_is_told_and_the_rest_is_drilled(shop: Path, call: Command):
    """Exit 1."""
    write(shop, "scenarios/broken.yaml", "scenario: broken\n")
    result = call(*DRILL, "--tag", "ci", "-k", "sound")
    assert result.returncode == 1
    assert "scenarios/broken.yaml:1:" in result.stderr
    assert "2 passed" in result.stdout


def test_two_drills_of_a_day_have_two_reports(shop: Path, call: Command):
    """The second one's folder has the time, too."""
    for _time in range(2):
        call(*DRILL, "--tag", "ci", "-k", "sound")
    assert len(list((shop / "reports").iterdir())) == 2


def test_ctrl_c_writes_the_report_so_far(shop: Path):
    """Exit 2; nothing is left running."""
    write(
        shop,
        "scenarios/slow.yaml",
        "scenario: slow\ntitle: T\ntags: [slow]\nduring: [{call: reads, every: 100ms, for: 60s}]\nfaults: [{fault: down}]\n",
    )
    command = [sys.executable, "-m", "crm_contracts.cli", *DRILL, "--tag", "slow"]
    process = subprocess.Popen(
        command, cwd=shop, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    end = time.monotonic() + 60
    while time.monotonic() < end and len(list((shop / "reports").glob("*/journal.*.part"))) < 1:
        time.sleep(0.05)
    time.sleep(0.5)
    started = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, signal.SIGINT)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 2, output
    assert "Interrupted: this is the report so far." in output
    verdicts = json.loads((report_in(shop) / "verdicts.json").read_text())
    assert {run["scenario"] for run in verdicts["runs"]} == {"baseline"}
    _gone, alive = psutil.wait_procs(started, timeout=10)
    assert started
    assert not alive


def test_the_project_of_the_tests_has_a_drill(shop: Path):
    """So that the numbers above mean something."""
    project = Project(layout=Layout.of(shop))
    assert [scenario.tags for scenario in project.scenarios] == [("ci", "drill", "http-layer"), ("drill",)]
