"""Figures: what is enough, what is missed, and what nobody could measure."""

import pytest

from tools.bench.figure import Figure


@pytest.mark.parametrize(
    "values, at_least, word",
    [
        ((9.0,), False, "ok"),
        ((10.0,), False, "ok"),
        ((11.0,), False, "missed"),
        ((11.0,), True, "ok"),
        ((9.0,), True, "missed"),
        ((), False, "not measured"),
    ],
)
def test_a_target_is_kept_or_missed(values: tuple[float, ...], at_least: bool, word: str):
    """A figure with a target is ok up to it, or from it on where more is better."""
    assert Figure(title="t", unit="ms", target=10.0, values=values, at_least=at_least).word == word


def test_the_median_counts():
    """One slow moment of the machine does not decide."""
    figure = Figure(title="t", unit="ms", target=10.0, values=(1.0, 2.0, 900.0))
    assert (figure.measured, figure.word) == (2.0, "ok")


def test_the_line_tells_target_median_spread_and_verdict():
    """Everything that a reader compares stands in one line, and what explains it below."""
    figure = Figure(title="lab start", unit="ms", target=150.0, values=(20.0, 30.0, 40.0), detail="why")
    first, second = figure.line.splitlines()
    assert first.split() == [
        "lab",
        "start",
        "<=",
        "150",
        "ms",
        "30.0",
        "ms",
        "20.0",
        "..",
        "40.0",
        "(3)",
        "ok",
    ]
    assert second.strip() == "why"


def test_a_figure_survives_the_pipe():
    """What a measurement's process writes is what is printed."""
    figure = Figure(title="t", unit="x", target=1.0, values=(0.5, 0.25), at_least=True, detail="d")
    assert Figure.unpacked(figure.packed()) == figure
