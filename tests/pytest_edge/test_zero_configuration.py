"""A consumer's file with three keys is enough: the usual promises are taken for granted, and every report says which."""

import json
import shutil
from pathlib import Path

import pytest

SHORT = """\
consumer: short
driver: {python: "shop:brittle", path: ../../..}
calls:
  find_order: {does: getOrder, args: {order_id: "{known.order.id}"}}
"""
RUN = ("--crm-contracts", "--crm-engine", "embedded")


@pytest.fixture
def short(shop: Path) -> Path:
    """The project with one consumer more, which says only who it is, how it is driven and what it can do."""
    (shop / "contracts/tiny-crm/consumers/short.yaml").write_text(SHORT, encoding="utf-8")
    return shop


def test_three_keys_get_every_scenario(short: Path, pytester: pytest.Pytester) -> None:
    """The baseline, and each scenario of the project that fits its calls."""
    result = pytester.runpytest_inprocess(*RUN, "--collect-only", "-q", "-k", "short")
    assert sum("short" in line and "::" in line for line in result.outlines) == 3


def test_what_was_assumed_is_told(short: Path, pytester: pytest.Pytester) -> None:
    """It is judged by the defaults, and both reports name what nobody wrote."""
    result = pytester.runpytest_inprocess(*RUN, "--crm-report", "reports/crm", "scenarios/away.yaml::short")
    result.assert_outcomes(passed=1)
    report = json.loads((short / "reports/crm/verdicts.json").read_text(encoding="utf-8"))
    assert [run["assumed"] for run in report["runs"]] == [["deadline", "attempts", "recovers_within"]]
    page = (short / "reports/crm/report.md").read_text(encoding="utf-8")
    assert "| short | deadline, attempts, recovers_within |" in page


def test_the_shipped_suite_fits_it(short: Path, pytester: pytest.Pytester) -> None:
    """Without scenarios of one's own it is asked the shipped ones, for each of which the assumed promises are enough."""
    shutil.rmtree(short / "scenarios")
    result = pytester.runpytest_inprocess(*RUN, "--collect-only", "-q", "-k", "short")
    assert sum("short" in line and "::" in line for line in result.outlines) > 10
