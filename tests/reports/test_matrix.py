"""The table of verdicts."""

from crm_contracts.reports.columns import width
from crm_contracts.reports.matrix import matrix


def test_names_stand_above_their_column():
    """Long names are broken at their hyphens."""
    cells = {("down", "order-sync-fragile"): "failed", ("down", "vac"): "passed", ("slow", "vac"): "unknown"}
    assert matrix(cells, ["down", "slow"]) == [
        "      order-sync-",
        "      fragile      vac",
        "down  failed       passed",
        "slow  -            unknown",
    ]


def test_many_consumers_make_further_blocks():
    """No line is wider than the terminal."""
    rows = ["auth/token-lifetime-cut", "writes/old-strict-parser"]
    cells = {(row, f"consumer-number-{n}"): "passed" for row in rows for n in range(12)}
    lines = matrix(cells, rows, columns=80)
    assert max(map(width, lines)) <= 80
    assert sum(line.startswith("auth/") for line in lines) == 3


def test_wide_letters_do_not_shift_columns():
    """A scenario's file may have a Chinese name."""
    cells = {("断网", "vac"): "passed", ("down", "vac"): "failed"}
    lines = matrix(cells, ["断网", "down"])
    assert [width(line.split("passed")[0].split("failed")[0]) for line in lines[1:]] == [6, 6]


def test_a_very_long_name_is_cut():
    """The verdict is never pushed off the screen."""
    row = "x" * 200
    assert matrix({(row, "vac"): "passed"}, [row], columns=80)[1].endswith("…  passed")
