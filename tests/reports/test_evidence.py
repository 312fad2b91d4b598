"""Words that a program under test chose, on a terminal and in a report."""

from dataclasses import replace

import pytest

from crm_contracts.model.verdict import Finding, Verdict
from crm_contracts.project import Judged
from crm_contracts.reports import Report, RunReport, diagnosis, timeline
from crm_contracts.reports.columns import width
from crm_contracts.reports.evidence import first_lines, last_lines, narrowed, visible
from crm_contracts.reports.markdown import markdown
from tests.reports.story import journal_of, judged_story

CODES = "\x1b]0;owned\x07\x1b[2J\x00\x9b31m\x7f\u202e"
LONG = "/home/build/agents/" + "very-long-folder-name/" * 6 + "crm_driver.py"
TRACEBACK = f"""\
Traceback (most recent call last):
  File "{LONG}", line 214, in find_order
    {"answer = self._client." * 5}send(request)["total"]
    {" " * 110}^^^^^^^^^^^^^^^^^^^^^^
  File "{LONG}", line 7, in total
    return row["total"]
           ^^^^^^^^^^^^
KeyError: 'total'"""


@pytest.mark.parametrize(
    "code, shown",
    [("\x1b", r"\x1b"), ("\x07", r"\x07"), ("\x00", r"\x00"), ("\x9b", r"\x9b"), ("\r", r"\x0d")],
)
def test_control_codes_are_shown_by_number(code: str, shown: str):
    """A terminal obeys none of them; what people write stays."""
    assert visible(f"a{code}b\n\t部分") == f"a{shown}b\n\t部分"


def test_line_ends_of_other_systems_are_line_ends():
    """No number at the end of each line."""
    assert visible("one\r\ntwo\r\n") == "one\ntwo\n"


def test_long_lists_say_what_is_left_out():
    """At the end or at the beginning."""
    text = "\n".join(map(str, range(100)))
    assert list(first_lines(text, 2)) == ["0", "1", "... 98 more lines"]
    assert list(last_lines(text, 2)) == ["... 98 earlier lines ...", "98", "99"]
    assert list(first_lines("", 2)) == []


def test_a_line_without_end_is_cut():
    """A megabyte in one line is as many characters as a page."""
    (line,) = first_lines("x" * 1_000_000, 3)
    assert line.endswith("x ... 998000 more characters")


def test_a_traceback_fits():
    """File, line number and the marked place are still to be read."""
    lines = list(narrowed(iter(TRACEBACK.splitlines()), 76))
    assert max(map(width, lines)) <= 76
    assert lines[1].startswith('  File "…')
    assert lines[1].endswith('crm_driver.py", line 214, in find_order')
    at = lines[3].index("^")
    assert lines[2][at : at + 5] == "send("
    assert lines[5:7] == TRACEBACK.splitlines()[5:7]


def test_a_failure_is_told_without_codes(judged: Judged):
    """The diagnosis, the timeline and the report, wherever the words came from."""
    finding = Finding(
        check="outcomes", verdict=Verdict.FAILED, reason=f"it said {CODES}", evidence=f"{CODES}\n{TRACEBACK}"
    )
    told = judged_story(finding)
    journal = journal_of()
    calls = tuple(replace(call, note=CODES) for call in journal.calls)
    report = Report(started="now", seed=0, engine="e", runs=(RunReport.of(told, "replay"),))
    for text in (diagnosis(told, "replay"), timeline(replace(journal, calls=calls)), markdown(report)):
        assert r"\x1b]0;owned\x07\x1b[2J\x00\x9b31m\x7f\u202e" in text
        assert not set(CODES[:1] + "\x07\x00\x9b\x7f\u202e") & set(text)
    evidence = diagnosis(told, "replay").partition("evidence:")[2].splitlines()
    assert max(map(width, evidence)) <= 80
