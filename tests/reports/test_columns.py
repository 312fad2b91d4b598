"""Columns of a terminal with wide letters."""

import pytest

from crm_contracts.reports.columns import cut, padded, width, wrapped


@pytest.mark.parametrize(
    "text, columns",
    [("order", 5), ("部分功能受限", 12), ("e\u0301", 1), ("“中”", 4), ("", 0), ("｡", 1), ("！", 2)],
)
def test_width_counts_columns(text: str, columns: int):
    """Chinese letters take two, combining marks none."""
    assert width(text) == columns


def test_padding_and_cutting_agree_on_width():
    """Whatever is in a cell, the next column starts at the same place."""
    for text in ("short", "部分功能受限", "a-rather-long-scenario-name"):
        assert width(padded(cut(text, 11), 11)) == 11


def test_words_are_kept_together_and_chinese_is_broken_anywhere():
    """No line is wider than asked; a closing mark never begins a line."""
    english = wrapped("the quick brown fox jumps over the lazy dog", 15)
    chinese = wrapped("安全团队把令牌的有效期从二十四小时改为一小时，没有告诉任何人。", 14)
    assert max(map(width, (*english, *chinese))) <= 16
    assert " ".join(english) == "the quick brown fox jumps over the lazy dog"
    assert "".join(chinese) == "安全团队把令牌的有效期从二十四小时改为一小时，没有告诉任何人。"
    assert not [line for line in chinese if line[0] in "，。"]


def test_a_word_that_is_longer_than_the_line_stays_whole():
    """A path that is broken cannot be pasted."""
    assert wrapped("see /a/very/long/path/that/does/not/fit now", 10) == [
        "see",
        "/a/very/long/path/that/does/not/fit",
        "now",
    ]


def test_indentation_and_paragraphs_are_kept():
    """Each line that is given begins a line, with its own indentation."""
    assert wrapped("first\n  second", 40, indent="> ") == ["> first", ">   second"]
