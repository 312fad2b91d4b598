"""Positions in a document."""

from crm_contracts.documents import parse

TEXT = b"""\
scenario: cut
during:
  - call: reads
    times: 2
  - {wait: 2s}
"""


def test_a_value_and_its_key_have_positions() -> None:
    """Lines and columns count from one, as editors do."""
    document = parse(TEXT, file="a.yaml")

    assert str(document.position(("during", 0, "times"))) == "a.yaml:4:12"
    assert str(document.position(("during", 0, "times"), key=True)) == "a.yaml:4:5"
    assert str(document.position(("during", 1, "wait"))) == "a.yaml:5:12"
    assert str(document.position(())) == "a.yaml:1:1"


def test_what_does_not_exist_is_shown_where_it_would_stand() -> None:
    """A missing key is shown at the mapping that lacks it."""
    document = parse(TEXT, file="a.yaml")

    assert str(document.position(("during", 1, "every", "x"))) == "a.yaml:5:5"
    assert str(document.position(("during", 7), key=True)) == "a.yaml:3:3"


def test_a_problem_shows_its_line() -> None:
    """The source line is filled in, so that the caret has something to stand under."""
    problem = parse(TEXT, file="a.yaml").problem(
        ("during", 0, "call"), "No call is named so.", remedy="Name one."
    )

    assert str(problem) == (
        "a.yaml:3:11: No call is named so.\n      - call: reads\n              ^\n  Name one."
    )


def test_a_very_long_line_is_cut() -> None:
    """A minified file does not flood the terminal."""
    document = parse(b'{"a": 1, "b": "' + b"x" * 1000 + b'", "c": 2}', file="a.json", json=True)

    assert len(document.problem(("a",), "here").source) == 201
    assert document.problem(("c",), "there").source == ""
