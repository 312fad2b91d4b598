"""What runs end as, and what is told of them; every run has a real caller, gateway and engine."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.project.shop import write, write_consumer, write_settings

RUN = ("--crm-contracts", "--crm-engine", "embedded")


def test_a_run_of_everything(shop: Path, pytester: pytest.Pytester):
    """A sound caller passes, a brittle one fails, and the table at the end says so."""
    result = pytester.runpytest_inprocess(*RUN, "-ra")
    result.assert_outcomes(passed=5, failed=2)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "crm-contracts: engine: embedded (asked for), seed 0",
            "*= CRM contracts =*",
            "*brittle  sound",
            "(baseline)*passed   passed",
            "away*failed   passed",
            "deep/half-answers*failed   passed",
            "4 passed, 2 failed; engine: embedded (asked for), seed 0",
            "FAILED scenarios/away.yaml::brittle - outcomes: during: find_order was*",
        ]
    )


def test_a_failure_is_a_diagnosis(shop: Path, pytester: pytest.Pytester):
    """What failed, where to look first, the evidence, what mends it, what was assumed, the replay; and no traceback of ours."""
    result = pytester.runpytest_inprocess(*RUN, "--crm-seed", "7", "scenarios/away.yaml::brittle")
    result.stdout.fnmatch_lines(
        [
            "outcomes: during: find_order was crashed*",
            "scenario: The CRM answers 503 (N11)",
            "consumer: brittle",
            "fault: the CRM answers 503*",
            "outcomes failed",
            "  look here first: the caller",
            "  layer: HTTP",
            "  evidence:",
            "    +* s  find_order  crashed *HTTPError*503*",
            "  what usually mends it:",
            "passed:*",
            "not run:*",
            "Replay exactly this run:",
            '  * --crm-contracts "scenarios/away.yaml::brittle" --crm-seed 7 --crm-engine embedded',
            "*Captured crm journal call*",
            "*--- during ---",
            "*caller  find_order*crashed*",
            "*CRM   GET /orders/O-1  503*[[]status[]]",
            "*Captured crm lab call*",
            "embedded *",
        ]
    )
    result.stdout.no_fnmatch_line("*pytest_items*")
    story = result.outlines[: result.outlines.index("  evidence:")]
    assert not [line for line in story[story.index("consumer: brittle") :] if len(line) > 80], "80 columns"


def test_the_replay_command_runs_as_pasted(shop: Path, pytester: pytest.Pytester):
    """It does the same run again, in a shell, with the same end."""
    result = pytester.runpytest_inprocess(*RUN, "scenarios/away.yaml::brittle")
    at = result.outlines.index("Replay exactly this run:") + 1
    again = pytester.run("sh", "-c", result.outlines[at].strip())
    again.assert_outcomes(failed=1)
    again.stdout.fnmatch_lines(["outcomes: during: find_order was crashed*"])


def test_the_replay_command_is_seen_from_where_pytest_was_called(
    shop: Path, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
):
    """Ids begin at the root, paths where somebody stands."""
    monkeypatch.chdir(shop / "scenarios")
    result = pytester.runpytest_inprocess(*RUN, "--rootdir", str(shop), "away.yaml::brittle")
    result.stdout.fnmatch_lines(['  * --crm-contracts "away.yaml::brittle" --crm-seed 0*'])


def test_a_caller_that_does_not_pass_its_baseline(shop: Path, pytester: pytest.Pytester):
    """Its other items are unknown, in a line that leads to the baseline; the whole story is told there, once."""
    write_consumer(shop, "broken")
    result = pytester.runpytest_inprocess(*RUN, "-k", "broken", "-ra")
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(
        [
            "outcomes: before: find_order was crashed*",
            "steady state not reached: without any fault the caller did not pass",
            "contracts/tiny-crm/consumers/broken.yaml::baseline",
            "away*unknown*",
            "1 failed, 2 unknown;*",
        ]
    )
    assert sum("Replay exactly" in line for line in result.outlines) == 1


def test_one_item_alone_has_its_baseline_done_before_it(shop: Path, pytester: pytest.Pytester):
    """Also a single run is unknown where nothing works without any fault."""
    write_consumer(shop, "broken")
    result = pytester.runpytest_inprocess(*RUN, "scenarios/away.yaml::broken")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["steady state not reached*"])


def test_a_fault_that_never_fires_is_unknown(shop: Path, pytester: pytest.Pytester):
    """Nothing is known about the caller, so the item fails; it is not called failed."""
    write(
        shop,
        "scenarios/late.yaml",
        "scenario: late\ntitle: Too late\nduring: [{call: reads}]\nfaults: [{fault: status, code: 503, every_nth: 50}]\n",
    )
    result = pytester.runpytest_inprocess(*RUN, "scenarios/late.yaml::sound")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*never fired*", "*is unknown", "late*unknown"])


def test_stop_at_the_first_failure_and_start_with_the_last_one(shop: Path, pytester: pytest.Pytester):
    """-x and --lf work by id."""
    result = pytester.runpytest_inprocess(*RUN, "-x")
    result.assert_outcomes(passed=3, failed=1)
    again = pytester.runpytest_inprocess(*RUN, "--lf", "-v")
    again.assert_outcomes(failed=1)
    again.stdout.fnmatch_lines(["scenarios/away.yaml::brittle FAILED*"])


def test_the_last_failed_shipped_scenario_is_found_again(shop: Path, pytester: pytest.Pytester):
    """--lf with a shipped scenario beside a failed test of the project."""
    (shop / "scenarios").rename(shop / "elsewhere")
    write(shop, "test_own.py", "def test_own(): assert False")
    wanted = ("test_own.py", "builtin/http/unavailable.yaml::brittle")
    pytester.runpytest_inprocess(*RUN, *wanted).assert_outcomes(failed=2)
    again = pytester.runpytest_inprocess(*RUN, "--lf", "--collect-only", "-q")
    assert [line for line in again.outlines if "::" in line] == [
        "test_own.py::test_own",
        "builtin/http/unavailable.yaml::brittle",
    ]


def test_two_workers_come_to_the_same_verdicts(shop: Path, pytester: pytest.Pytester):
    """-n 2: every worker has a lab; the controller has the table and the report."""
    result = pytester.runpytest_inprocess(*RUN, "-n", "2", "--crm-report", "out", "-ra")
    result.assert_outcomes(passed=5, failed=2)
    result.stdout.fnmatch_lines(
        [
            "away*failed   passed",
            "4 passed, 2 failed;*",
            "report: *out",
            "FAILED scenarios/away.yaml::brittle - outcomes: during: find_order was*",
        ]
    )
    verdicts = json.loads((shop / "out/verdicts.json").read_text())
    assert sorted((run["scenario"], run["consumer"], run["verdict"]) for run in verdicts["runs"]) == [
        ("away", "brittle", "failed"),
        ("away", "sound", "passed"),
        ("baseline", "brittle", "passed"),
        ("baseline", "sound", "passed"),
        ("half-answers", "brittle", "failed"),
        ("half-answers", "sound", "passed"),
    ]
    runs = {json.loads(line)["run"] for line in (shop / "out/journal.jsonl").read_text().splitlines()}
    assert {"scenarios/away.yaml::brittle", "scenarios/deep/half-answers.yaml::sound"} <= runs


def test_junit_carries_the_diagnosis(shop: Path, pytester: pytest.Pytester):
    """The message is one line, the text all of it, a property the run as JSON."""
    pytester.runpytest_inprocess(*RUN, "--junitxml", "junit.xml", "scenarios/away.yaml")
    cases = {case.get("name"): case for case in ET.parse(shop / "junit.xml").iter("testcase")}
    failure = cases["brittle"].find("failure")
    assert failure is not None
    assert failure.get("message", "").startswith("outcomes: during: find_order was crashed")
    assert "\n" not in failure.get("message", "")
    assert "Replay exactly this run:" in (failure.text or "")
    (value,) = (p.get("value", "") for p in cases["sound"].iter("property") if p.get("name") == "crm_run")
    assert json.loads(value)["verdict"] == "passed"


def test_one_line_summaries_on_ci_stay_one_line(
    shop: Path, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
):
    """On CI pytest prints messages whole; the diagnosis is not told twice."""
    monkeypatch.setenv("CI", "true")
    result = pytester.runpytest_inprocess(*RUN, "scenarios/away.yaml::brittle")
    assert sum("Replay exactly" in line for line in result.outlines) == 1


def test_skip_and_xfail_of_a_scenario(shop: Path, pytester: pytest.Pytester):
    """What the YAML says is what pytest does; a doubt is no expected failure."""
    away = (shop / "scenarios/away.yaml").read_text()
    write(shop, "scenarios/away.yaml", away + "skip: not before spring\n")
    half = (shop / "scenarios/deep/half-answers.yaml").read_text()
    write(shop, "scenarios/deep/half-answers.yaml", half + "xfail: nobody copes\n")
    result = pytester.runpytest_inprocess(*RUN, "scenarios", "-rsx")
    result.assert_outcomes(skipped=2, xfailed=1, xpassed=1)
    result.stdout.fnmatch_lines(
        ["SKIPPED*not before spring", "XFAIL*half-answers.yaml::brittle - nobody copes"]
    )


def test_the_consumers_output_is_a_section(shop: Path, pytester: pytest.Pytester):
    """What the caller printed stands beside what it did."""
    callers = (shop / "shop.py").read_text()
    write(
        shop,
        "shop.py",
        callers.replace("def brittle(endpoint):", "def brittle(endpoint):\n    print('shop opens')"),
    )
    result = pytester.runpytest_inprocess(*RUN, "scenarios/away.yaml::brittle")
    result.stdout.fnmatch_lines(["*Captured consumer output call*", "*shop opens*"])


def test_a_consumer_that_does_not_start(shop: Path, pytester: pytest.Pytester):
    """Its baseline fails with its own words."""
    write(shop, "shop.py", "raise RuntimeError('no till')")
    result = pytester.runpytest_inprocess(*RUN, "contracts/tiny-crm/consumers/sound.yaml")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*no till*"])


def test_a_lab_that_dies_is_unknown_and_the_next_run_gets_another(shop: Path, pytester: pytest.Pytester):
    """Somebody kills the lab's process before a run; nothing is held against anybody."""
    pytester.makeconftest(LAB_KILLER)
    result = pytester.runpytest_inprocess(*RUN, "-k", "sound", "-v")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        ["scenarios/away.yaml::sound FAILED*", "*half-answers.yaml::sound PASSED*", "*lab is unknown"]
    )


LAB_KILLER = """
import threading
import psutil
import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    if item.nodeid.endswith("away.yaml::sound"):
        crm = item.case.crm
        lab = crm.keeper.lab()
        guard = psutil.Process(lab._guard.pid)
        (process,) = guard.children()
        process.kill()
        # The run is to meet the lab that dies, also where its end was noticed before.
        crm.keeper.lab = lambda: lab
        try:
            return (yield)
        finally:
            del crm.keeper.lab
    return (yield)
"""


def test_lint_of_a_contract_is_an_item(shop: Path, pytester: pytest.Pytester):
    """What is wrong with a contract that can be read is told there; everything else runs."""
    write(shop, "contracts/tiny-crm/data.yaml", "known:\n  order: {in: oders, id: O-1, total: 5}\n")
    result = pytester.runpytest_inprocess(*RUN, "contracts/tiny-crm/contract.yaml")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*contracts/tiny-crm/*.yaml:*:*"])


def test_nothing_to_run(shop: Path, pytester: pytest.Pytester):
    """Exit 5, as pytest has it."""
    result = pytester.runpytest_inprocess(*RUN, "-k", "nobody")
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_an_engine_that_cannot_be_had(shop: Path, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch):
    """Asked for: a usage error. Not asked for: the embedded one, said in one clear line."""
    monkeypatch.setenv("CRM_TOXIPROXY_BIN", "/nowhere/toxiproxy-server")
    asked = pytester.runpytest_inprocess("--crm-contracts", "--crm-engine", "toxiproxy")
    assert asked.ret == pytest.ExitCode.USAGE_ERROR
    result = pytester.runpytest_inprocess("--crm-contracts", "scenarios/away.yaml::sound")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        ["crm-contracts: engine: embedded, because no toxiproxy-server is installed*"]
    )


def test_sentences_in_chinese_are_asked_for_by_option(shop: Path, pytester: pytest.Pytester):
    """The option is taken; the catalogue itself is another test's matter."""
    write_settings(shop)
    result = pytester.runpytest_inprocess(*RUN, "--crm-lang", "zh-CN", "scenarios/away.yaml::sound")
    result.assert_outcomes(passed=1)


def test_workers_tell_the_same_as_one_process(shop: Path, pytester: pytest.Pytester):
    """Rows in the order of the plan, and the engine that was used, whoever finished first."""

    def table(*words: str) -> tuple[list[str], str]:
        chosen = ("-k", "baseline or away")
        lines = pytester.runpytest_inprocess(*RUN, "--crm-report", "report", *chosen, *words).outlines
        begin = next(index for index, line in enumerate(lines) if "CRM contracts" in line)
        end = next(index for index, line in enumerate(lines) if index > begin and not line.strip())
        rows = [line.split()[0] for line in lines[begin + 2 : end]]
        return rows, json.loads((shop / "report/verdicts.json").read_text())["engine"]

    serial, workers = table(), table("-n", "2")
    assert workers == serial
    assert serial[0][0] == "(baseline)"
    assert serial[1].startswith("embedded ")
