"""Callers of the first hour, none of them ours: what goes wrong is told in a sentence, with the next step."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from crm_contracts.lab import LabSettings
from crm_contracts.model.verdict import Verdict
from crm_contracts.project import Conductor, Judged, LabKeeper, Layout, Project
from crm_contracts.reports import diagnosis
from tests.consumers.stage import without_our_packages
from tests.project.shop import CONTRACT, DATA, write

Tell = Callable[..., tuple[Judged, str]]

HARD_WIRED = """\
import urllib.request


class Caller:
    def find_order(self, order_id):
        with urllib.request.urlopen("{url}/orders/" + order_id, timeout=3) as answer:
            return answer.read().decode()


def create():
    return Caller()
"""
WELL = """\
import json
import os
import urllib.request

{before}


class Caller:
    def __init__(self, endpoint=None):
        self.base = {base}

    def find_order(self, order_id):
        {within}
        with urllib.request.urlopen(self.base + "/orders/" + order_id, timeout=3) as answer:
            return json.load(answer)
"""
CALL = (
    'calls:\n  find_order: {does: getOrder, args: {order_id: "{known.order.id}"}}\npromises: {deadline: 2s}\n'
)


@pytest.fixture(scope="module")
def keeper() -> Iterator[LabKeeper]:
    """One lab for all callers."""
    keeper = LabKeeper(LabSettings(engine="embedded"))
    yield keeper
    keeper.close()


@pytest.fixture
def told(keeper: LabKeeper, tmp_path: Path) -> Tell:
    """Do the baseline of the caller with this driver and return it with its diagnosis."""

    def tell(driver: str, *, calls: str = CALL) -> tuple[Judged, str]:
        write(tmp_path, "contracts/tiny-crm/contract.yaml", CONTRACT)
        write(tmp_path, "contracts/tiny-crm/data.yaml", DATA)
        write(
            tmp_path,
            "contracts/tiny-crm/consumers/theirs.yaml",
            f"consumer: theirs\ndriver: {driver}\n{calls}",
        )
        project = Project(layout=Layout.of(tmp_path))
        for file in project.files:
            assert project.problems_of(file) == ()
        planned = project.baseline(project.consumers["theirs"])
        judged = Conductor(keeper, today=date(2026, 1, 1)).judged(planned)
        return judged, diagnosis(judged, "pytest ...")

    return tell


def well(before: str = "", base: str = "endpoint.base_url", within: str = "pass") -> str:
    """A caller that does its work, with something beside it."""
    return WELL.format(before=before, base=base, within=within)


def flat(text: str) -> str:
    """A text without its line breaks."""
    return " ".join(text.split())


@contextmanager
def another_crm() -> Iterator[str]:
    """A CRM that is not the lab's, at a real address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"total": 5}')

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_a_host_that_is_fixed_in_the_program(told, tmp_path):
    """Nothing reached the lab: what was handed over, which host was tried instead, and how to hand it over."""
    write(tmp_path, "theirs.py", HARD_WIRED.format(url="http://127.0.0.2:9"))
    judged, text = told('{python: "theirs:create", path: ../../..}')
    assert judged.verdict.verdict is Verdict.FAILED
    assert text.startswith("outcomes: nothing reached the lab: find_order was refused")
    assert "CRM_BASE_URL http://127.0.0.1:" in flat(text)
    assert "It reached for these hosts instead:\n  127.0.0.2:9" in text
    assert 'env: {MY_CRM_URL: "{endpoint.base_url}"}' in flat(text)
    assert "URLError" in text


def test_a_host_that_is_fixed_and_answers(told, tmp_path):
    """Where somebody else answers well, nothing is held against the caller, but nothing is known either."""
    with another_crm() as url:
        write(tmp_path, "theirs.py", HARD_WIRED.format(url=url))
        judged, text = told('{python: "theirs:create", path: ../../..}')
    assert judged.verdict.verdict is Verdict.UNKNOWN
    assert "nothing reached the lab, although every call was ok" in flat(text)
    assert url.removeprefix("http://") in text


def test_a_caller_that_asks_nobody(told, tmp_path):
    """It answered before it sent anything."""
    write(
        tmp_path,
        "theirs.py",
        "class Caller:\n    def find_order(self, order_id):\n        return {'total': 5}\n",
    )
    judged, text = told('{python: "theirs:Caller", path: ../../..}')
    assert judged.verdict.verdict is Verdict.UNKNOWN
    assert "It looked up no host and began no connection" in text


def test_a_service_that_calls_another_host(told, tmp_path):
    """Where it went is not known of a program that is no Python; what it was given is."""
    write(
        tmp_path,
        "contracts/tiny-crm/consumers/service.py",
        "import sys\nfrom http.server import BaseHTTPRequestHandler, HTTPServer\n\n\n"
        "class Handler(BaseHTTPRequestHandler):\n"
        "    def do_GET(self):\n"
        "        self.send_response(200 if self.path == '/' else 502)\n"
        "        self.end_headers()\n\n\n"
        "HTTPServer(('127.0.0.1', int(sys.argv[1])), Handler).serve_forever()\n",
    )
    calls = "calls:\n  find_order: {does: getOrder, request: GET /orders/1}\npromises: {deadline: 2s}\n"
    _judged, text = told("{http: {start: ['{python}', ./service.py, '{port}']}, cwd: .}", calls=calls)
    assert text.startswith("outcomes: nothing reached the lab: find_order was refused")
    assert "The program was started with this in its environment:" in text
    assert "an address that is fixed in the program or its settings file" in flat(text)


def test_an_environment_that_is_read_at_import(told, tmp_path):
    """It works, at the price of an interpreter a run, and that is said."""
    write(tmp_path, "theirs.py", well(before='BASE = os.environ["CRM_BASE_URL"]', base="BASE"))
    judged, _text = told('{python: "theirs:Caller", path: ../../..}')
    assert judged.verdict.verdict is Verdict.PASSED
    (note,) = judged.verdict.journal.notes
    assert "The module 'theirs' reads CRM_BASE_URL while it is imported" in note
    assert "Read it where the object is made" in note


@pytest.mark.parametrize(
    "text",
    [
        well(before='BASE = os.environ["ACME_URL"]', base="BASE"),
        well(base='os.environ["ACME_URL"]'),
    ],
    ids=["at import", "by the factory"],
)
def test_a_variable_that_nobody_set(told, tmp_path, text):
    """It is named, and how it is set; once it is set, the caller works."""
    write(tmp_path, "theirs.py", text)
    _judged, said = told('{python: "theirs:Caller", path: ../../..}')
    assert "It reads the variable ACME_URL, which is not set here." in flat(said)
    assert 'env: {ACME_URL: "{endpoint.base_url}"}' in flat(said)
    judged, _ = told('{python: "theirs:Caller", path: ../../.., env: {ACME_URL: "{endpoint.base_url}"}}')
    assert judged.verdict.verdict is Verdict.PASSED


def test_a_key_that_is_no_variable(told, tmp_path):
    """Not every KeyError is about the environment."""
    write(tmp_path, "theirs.py", well(before='SETTINGS = {}["ACME_URL"]'))
    _judged, said = told('{python: "theirs:Caller", path: ../../..}')
    assert "cannot be imported: KeyError: 'ACME_URL'" in flat(said)
    assert "It reads the variable" not in flat(said)


def test_a_library_that_the_interpreter_lacks(told, tmp_path):
    """The sentence names the library and the interpreter."""
    python = without_our_packages(tmp_path / "env")
    write(tmp_path, "theirs.py", well(before="import httpx"))
    _judged, said = told(f'{{python: "theirs:Caller", path: ../../.., interpreter: "{python}"}}')
    assert (
        "The module 'theirs' needs one that its interpreter lacks: ModuleNotFoundError: No module named 'httpx'"
        in flat(said)
    )
    assert f"Its interpreter is {python}" in flat(said)


def test_a_caller_that_prints(told, tmp_path):
    """What a Python caller prints is its output, never its answer."""
    write(tmp_path, "theirs.py", well(before='print("{loading")', within='print("looking", order_id)'))
    judged, _text = told('{python: "theirs:Caller", path: ../../..}')
    assert judged.verdict.verdict is Verdict.PASSED
    assert "looking O-1" in judged.verdict.journal.output


COMMAND = """\
import json
import os
import urllib.request

print("begin")
with urllib.request.urlopen(os.environ["CRM_BASE_URL"] + "/orders/O-1", timeout=3) as answer:
    order = json.load(answer)
print("[debug] found one")
{last}
"""


@pytest.mark.parametrize("last", ["print(json.dumps(order))", "print(json.dumps(order, indent=2))"])
def test_a_command_that_prints_before_its_answer(told, tmp_path, last):
    """The answer is what stands at the end, on one line or on many."""
    write(tmp_path, "contracts/tiny-crm/consumers/theirs.py", COMMAND.format(last=last))
    judged, text = told("{command: ['{python}', ./theirs.py], cwd: .}")
    assert judged.verdict.verdict is Verdict.PASSED, text
    assert judged.verdict.journal.calls[0].result.value["total"] == 5


def test_a_command_that_prints_after_its_answer(told, tmp_path):
    """Nobody can tell which part is the answer, and the next step is said."""
    write(
        tmp_path,
        "contracts/tiny-crm/consumers/theirs.py",
        COMMAND.format(last='print(json.dumps(order))\nprint("done")'),
    )
    _judged, text = told("{command: ['{python}', ./theirs.py], cwd: .}")
    assert "its stdout is no JSON" in flat(text)
    assert "Print the answer as JSON at the end of stdout, and everything else to stderr." in flat(text)


SLOW = """\
import os
import sys
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path != "/healthz":
            urllib.request.urlopen(os.environ["CRM_BASE_URL"] + "/orders/O-1", timeout=3).close()
        self.send_response(200)
        self.end_headers()

    def log_message(self, *words):
        pass


print("warming up", flush=True)
time.sleep(1.5)
HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


@pytest.mark.parametrize("within, well", [("500ms", False), ("60s", True)])
def test_a_service_that_needs_long_to_start(told, tmp_path, within, well):
    """It is waited for as long as its file says (default 30 s); else the sentence says how to give it longer."""
    write(tmp_path, "contracts/tiny-crm/consumers/slow.py", SLOW)
    driver = f"{{http: {{start: ['{{python}}', ./slow.py, '{{port}}'], ready: /healthz, ready_within: {within}}}, cwd: .}}"
    calls = "calls:\n  find_order: {does: getOrder, request: GET /orders/1}\npromises: {deadline: 2s}\n"
    judged, text = told(driver, calls=calls)
    assert (judged.verdict.verdict is Verdict.PASSED) == well, text
    if not well:
        assert "/healthz with a status below 500 within 500 ms" in flat(text)
        assert "ready_within: 60s" in flat(text)
        assert "warming up" in text
