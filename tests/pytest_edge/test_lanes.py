"""Several runs at once, each told in its turn."""

import re
from pathlib import Path

import pytest

from crm_contracts.port import free_port
from tests.project.shop import CONSUMER, known_issue, write


def outcomes(pytester: pytest.Pytester, *words: str) -> list[str]:
    """Each item with its outcome, in the order in which pytest told it."""
    result = pytester.runpytest_inprocess("--crm-contracts", "-v", *words)
    return [
        re.sub(r" +\[.*", "", line) for line in result.outlines if re.search(r"::.* (PASS|FAIL|XFA)", line)
    ]


def test_verdicts_and_their_order_are_those_of_the_serial_run(shop: Path, pytester: pytest.Pytester):
    """Lanes make a run shorter and nothing else different, also where a failure is known."""
    write(shop, "known_issues.yaml", known_issue("half-answers", "brittle", "outcomes"))
    for number in range(4):
        write(shop, f"scenarios/slow-{number}.yaml", WAITS.replace("NAME", f"slow-{number}"))
    assert outcomes(pytester, "--crm-lanes", "3") == outcomes(pytester)


MEETING = """

class Meeting(Sound):
    \"\"\"Answers once two runs are under way.\"\"\"

    def find_order(self, order_id):
        import os, pathlib, time

        here = pathlib.Path(__file__).parent / "met"
        here.mkdir(exist_ok=True)
        (here / str(os.getpid())).touch()
        until = time.monotonic() + LONGEST
        while 1 < len(list(here.iterdir())) < 3:
            if time.monotonic() > until:
                raise Away("nobody came")
            time.sleep(0.01)
        return super().find_order(order_id)


def meeting(endpoint):
    return Meeting(endpoint)
"""
"""The first process is its baseline's, which need not wait."""

WAITS = """\
scenario: NAME
title: A slow line
during: [{call: reads}]
faults: [{fault: latency, latency: 1ms}]
"""


def meet(shop: Path, *, longest: float) -> None:
    """A project with two runs that pass only side by side."""
    callers = (shop / "shop.py").read_text() + MEETING.replace("LONGEST", str(longest))
    write(shop, "shop.py", callers)
    write(shop, "contracts/tiny-crm/consumers/meeting.yaml", CONSUMER.replace("NAME", "meeting"))
    for name in ("one", "two"):
        write(shop, f"scenarios/{name}.yaml", WAITS.replace("NAME", name))


def test_runs_are_begun_before_their_turn(shop: Path, pytester: pytest.Pytester):
    """Two callers that wait for each other pass."""
    meet(shop, longest=30)
    result = pytester.runpytest_inprocess(
        "--crm-contracts", "--crm-lanes", "2", "-k", "meeting and (one or two)"
    )
    result.assert_outcomes(passed=2)


def test_a_fixture_of_the_user_keeps_runs_in_their_turn(shop: Path, pytester: pytest.Pytester):
    """What a conftest sets up for each item stands before its run begins."""
    meet(shop, longest=0.2)
    write(shop, "conftest.py", "import pytest\n@pytest.fixture(autouse=True)\ndef stage():\n    yield\n")
    result = pytester.runpytest_inprocess(
        "--crm-contracts", "--crm-lanes", "2", "-k", "meeting and (one or two)"
    )
    result.assert_outcomes(failed=1, passed=1)


def test_the_first_failure_ends_the_rest(shop: Path, pytester: pytest.Pytester):
    """With -x what was begun ahead is given up, and nothing is told of it."""
    result = pytester.runpytest_inprocess(
        "--crm-contracts", "--crm-lanes", "3", "-x", "-k", "brittle and not baseline"
    )
    result.assert_outcomes(failed=1)


SERVICE = """\
import http.server, os, sys, urllib.request


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b"{}"
        if self.path != "/ready":
            body = urllib.request.urlopen(os.environ["CRM_BASE_URL"] + "/orders/O-1", timeout=2).read()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)


http.server.HTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
"""

SERVED = """\
consumer: served
driver: {http: {start: ["{python}", service.py], ready: "http://127.0.0.1:PORT/ready"}, cwd: ../../..}
calls:
  find_order: {does: getOrder, request: {method: GET, path: /order}}
promises: {deadline: 5s}
"""


def test_runs_of_a_service_with_one_port_wait_for_each_other(shop: Path, pytester: pytest.Pytester):
    """The second is started when the first has given the port back."""
    number = str(free_port())
    write(shop, "service.py", SERVICE.replace("PORT", number))
    write(shop, "contracts/tiny-crm/consumers/served.yaml", SERVED.replace("PORT", number))
    for name in ("one", "two"):
        write(shop, f"scenarios/{name}.yaml", WAITS.replace("NAME", name))
    result = pytester.runpytest_inprocess(
        "--crm-contracts", "--crm-lanes", "2", "-k", "served and (one or two)"
    )
    result.assert_outcomes(passed=2)


@pytest.mark.parametrize("words", [("--crm-lanes", "0"), ("--crm-lanes", "some")])
def test_a_wrong_number_of_lanes_is_a_usage_error(
    shop: Path, pytester: pytest.Pytester, words: tuple[str, ...]
):
    """Exit 4, and nothing runs."""
    assert pytester.runpytest_inprocess("--crm-contracts", *words).ret == pytest.ExitCode.USAGE_ERROR
