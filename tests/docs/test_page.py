"""The reader of pages finds what differs: a page that lies must not pass."""

from pathlib import Path

import pytest

from tests.docs.page import blocks, commands, missing

PRINTED = "began\n\na 1.2 ms\nb\nc\nended\n"


@pytest.mark.parametrize(
    "shown",
    [
        "...",
        "began\n...",
        "...\na 97 s\nb\n...",
        "began\n...\nc\nended",
        "be...\na 1 ms\nb\nc\nended",
        "...\nended",
    ],
)
def test_what_is_printed_may_be_shown_shortened(shown: str):
    """Numbers differ from run to run, and `...` leaves lines out."""
    assert missing(tuple(shown.splitlines()), PRINTED) is None


@pytest.mark.parametrize(
    ("shown", "lie"),
    [
        ("a 1 ms\n...", "a 1 ms"),
        ("...\na 1 ms\nc\n...", "c"),
        ("...\nc\n...\nb\n...", "b"),
        ("began\n...\nc", "c"),
    ],
)
def test_what_is_not_printed_there_is_told(shown: str, lie: str):
    """A line that was not printed, lines that are no neighbours, another order, an end that is none."""
    assert missing(tuple(shown.splitlines()), PRINTED) == lie


def test_a_page_has_files_and_terminals(tmp_path: Path):
    """A block is the file that the sentence before it names, or a terminal; notes hold for the next block alone."""
    page = tmp_path / "page.md"
    page.write_text(
        "Write `a/b.yaml`, which says:\n\n```yaml\nx: 1\n```\n\n<!-- exit: 1 -->\n```console\n$ one \\\n> two\nout\n"
        "$ three\n```\n\n```yaml\nnot: a file\n```\n"
    )
    file, terminal, other = blocks(page)
    assert (file.file, file.text) == ("a/b.yaml", "x: 1\n")
    assert terminal.is_terminal
    assert terminal.notes == {"exit": "1"}
    assert [(c.words, c.shown) for c in commands(terminal)] == [("one two", ("out",)), ("three", ())]
    assert other.file is None
    assert other.notes == {}
