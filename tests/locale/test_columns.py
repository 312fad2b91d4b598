"""Columns on a terminal of 80, with sentences of wide letters."""

from collections.abc import Iterator

import pytest

from crm_contracts.model.language import choose_language
from crm_contracts.model.problem import Position, Problem
from crm_contracts.project import Judged
from crm_contracts.reports import RunReport, diagnosis, matrix, timeline
from crm_contracts.reports.columns import width
from tests.reports.story import journal_of, judged_story


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    """Chinese for one test."""
    choose_language("zh_CN")
    yield
    choose_language("en")


@pytest.fixture
def judged() -> Judged:
    """A run that failed."""
    return judged_story()


def test_verdicts_stand_below_each_other(judged: Judged):
    """In the matrix, whether a row's name is wide or not."""
    cells = {("（基线）", "vac"): "passed", ("令牌/有效期缩短", "vac"): "failed", ("away", "vac"): "unknown"}
    rows = list(dict.fromkeys(row for row, _consumer in cells))
    head, *lines = matrix(cells, rows, columns=80)
    assert {width(line[: line.index(cells[row, "vac"])]) for row, line in zip(rows, lines, strict=True)} == {
        width(head[: head.index("vac")])
    }
    assert RunReport.of(judged, "").row == "http/away"


def test_a_matrix_with_wide_names_fits_the_terminal():
    """Consumers that do not fit beside each other follow below."""
    rows = ["令牌/安全团队把令牌的有效期从二十四小时改为一小时没有告诉任何人", "away"]
    cells = {(row, f"订单同步-{n}"): "unknown" for row in rows for n in range(9)}
    lines = matrix(cells, rows, columns=80)
    assert max(map(width, lines)) <= 80
    assert sum("unknown" in line for line in lines) > len(rows)


def test_calls_and_what_the_crm_saw_keep_their_columns():
    """In the timeline, as in English."""
    chinese = timeline(journal_of()).splitlines()
    choose_language("en")
    english = timeline(journal_of()).splitlines()
    for word in ("find_order", "GET"):
        places = {width(line[: line.index(word)]) for line in (*chinese, *english) if word in line}
        assert len(places) == 1
    assert any("调用方  find_order #1  ok 用时 250 ms" in line for line in chinese)


def test_a_diagnosis_fits_the_terminal(judged: Judged):
    """No line is wider than 80, and labels end below each other."""
    text = diagnosis(judged, "pytest ...")
    lines = text.splitlines()
    assert max(map(width, lines)) <= 80
    assert "场景: The CRM answers 503 | for a while (N11)" in lines
    table = [line for line in lines if line.startswith(("passed:", "未执行:", "按默认值:"))]
    starts = {width(line) - width(line.partition(":")[2].lstrip()) for line in table}
    assert (len(table), len(starts)) == (3, 1)


@pytest.mark.parametrize(
    "source, letter",
    [
        ("during: [{call: reads, tmes: 2}]", "tmes"),
        ("title: 断网三秒之后, 恢复: x", "恢复"),
        ("\t说明: 全角（括号）！ x", "x"),
        ("title: e\u0301te\u0301: x", "x"),
    ],
)
def test_the_caret_stands_under_its_letter(source: str, letter: str):
    """Also behind wide letters, tabs and combining marks."""
    column = source.index(letter) + 1
    problem = Problem(position=Position(file="a.yaml", column=column), message="坏了", source=source)
    _message, line, caret = str(problem).splitlines()
    assert caret.endswith("^")
    assert width(caret) - 1 == width(line[: line.index(letter)])
    assert caret.count("\t") == source[: column - 1].count("\t")
