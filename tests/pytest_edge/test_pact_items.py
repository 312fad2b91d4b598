"""Pacts in a contract's folder as pytest shows them, and the fixture that makes one."""

import json
from pathlib import Path

import pytest

from tests.project.shop import write

PACT = "contracts/tiny-crm/pacts/sound-tiny-crm.json"
ASKED = {"method": "GET", "path": "/orders/O-1"}
GOOD = {"description": "an order", "request": ASKED, "response": {"status": 200}}
BAD = {
    "description": "an order :: by mail",
    "request": {**ASKED, "method": "POST"},
    "response": {"status": 200},
}
RUN = ("--crm-contracts", "--crm-engine", "embedded", "-m", "crm_pact")


def a_pact(shop: Path, *interactions: dict, **more: object) -> None:
    """A pact in the contract's folder."""
    sides = {"consumer": {"name": "sound"}, "provider": {"name": "tiny-crm"}}
    write(shop, PACT, json.dumps({**sides, "interactions": interactions, **more}))


def test_each_interaction_is_an_item(shop: Path, pytester: pytest.Pytester):
    """With an id that selects it, the marker, and both sides where it fails."""
    a_pact(shop, GOOD, BAD)
    result = pytester.runpytest_inprocess(*RUN, "-v")
    result.assert_outcomes(passed=1, failed=1, deselected=7)
    result.stdout.fnmatch_lines(
        [
            f"{PACT}::an order PASSED*",
            f"{PACT}::an order : by mail FAILED*",
            "pact: request: method: /orders/O-1 has no POST; it has GET.",
            "   layer: request (what the caller sent)",
            '   pact      "POST"',
            f"             {PACT}:1:*",
            "   contract  GET",
            f'*--crm-contracts "{PACT}::an order : by mail" --crm-seed 0*',
        ]
    )
    pytester.runpytest_inprocess(*RUN[:3], f"{PACT}::an order").assert_outcomes(passed=1)
    pytester.runpytest_inprocess(*RUN[:3], "-k", "mail").assert_outcomes(failed=1, deselected=8)


def test_a_file_that_cannot_be_read_is_one_failed_item(shop: Path, pytester: pytest.Pytester):
    """With its position, and the rest goes on."""
    write(shop, PACT, '{"consumer": {},}')
    result = pytester.runpytest_inprocess(*RUN[:3], PACT, "contracts/tiny-crm/contract.yaml")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [f"*{PACT}:1:16: A comma stands after the last entry.", f"FAILED {PACT}::readable*"]
    )


def test_pending_and_messages_fail_nobody(shop: Path, pytester: pytest.Pytester):
    """A pending interaction is allowed to be wrong, a message is not compared."""
    pending = {**BAD, "type": "Synchronous/HTTP", "pending": True}
    message = {"type": "Asynchronous/Messages", "description": "a webhook", "contents": {"content": {}}}
    a_pact(shop, pending, message)
    pytester.runpytest_inprocess(*RUN, PACT).assert_outcomes(xfailed=1, skipped=1)


def test_comparing_needs_no_pact_python(shop: Path, pytester: pytest.Pytester):
    """It is part of the core; without the flag nothing is collected."""
    a_pact(shop, GOOD)
    write(shop, "conftest.py", "import sys\n\nsys.modules['pact'] = None\n")
    pytester.runpytest_subprocess(*RUN, PACT).assert_outcomes(passed=1)
    assert pytester.runpytest_subprocess().ret == pytest.ExitCode.NO_TESTS_COLLECTED


BY_HAND = """\
import urllib.request

import pytest


@pytest.mark.crm(consumer="sound")
def test_an_order(crm_pact):
    (crm_pact.upon_receiving("an order").given("order O-1 exists").with_request("GET", "/orders/O-1")
        .will_respond_with(200))
    with crm_pact.serve() as server, urllib.request.urlopen(f"{server.url}/orders/O-1") as answer:
        assert answer.status == WANTED
"""


@pytest.mark.parametrize("wanted", [200, 201])
def test_a_test_gets_a_pact_that_is_ready(shop: Path, pytester: pytest.Pytester, wanted: int):
    """It is written into the contract's folder when the test passed, where it is compared from then on."""
    write(shop, "test_by_hand.py", BY_HAND.replace("WANTED", str(wanted)))
    result = pytester.runpytest_subprocess("test_by_hand.py")
    result.assert_outcomes(passed=wanted == 200, failed=wanted == 201)
    assert (shop / PACT).exists() == (wanted == 200)
    if wanted == 200:
        pytester.runpytest_inprocess(*RUN, PACT).assert_outcomes(passed=1)


def test_a_test_that_tells_nothing_writes_nothing(shop: Path, pytester: pytest.Pytester):
    """An empty pact would say that nobody asks."""
    write(
        shop, "test_by_hand.py", "def test_nothing(crm_pact):\n    assert crm_pact.provider == 'tiny-crm'\n"
    )
    pytester.runpytest_subprocess("test_by_hand.py").assert_outcomes(passed=1)
    assert not (shop / PACT).parent.exists()


def test_a_test_without_pact_python_is_told_how_to_get_it(shop: Path, pytester: pytest.Pytester):
    """In one sentence."""
    write(shop, "test_by_hand.py", BY_HAND)
    write(shop, "conftest.py", "import sys\n\nsys.modules['pact'] = None\n")
    result = pytester.runpytest_subprocess("test_by_hand.py")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(['*pip install "pytest-crm-contracts[[]pact]"*'])
    result.stdout.no_fnmatch_line("*extra.py*")
