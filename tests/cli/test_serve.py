"""`crm-contracts serve` and `crm-contracts fault`: two terminals and a program of anybody's."""

import contextlib
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from crm_contracts.cli.serving import afterwards
from crm_contracts.model.fault import TokenTerms
from crm_contracts.model.journal import FaultWindow
from tests.cli.conftest import Command

CLI = (sys.executable, "-m", "crm_contracts.cli")
WITHIN = 60.0


class Terminal:
    """The first terminal: what `serve` prints, line by line."""

    def __init__(self, folder: Path, *words: str) -> None:
        environ = {**os.environ, "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(
            [*CLI, "serve", "--engine", "embedded", *words],
            cwd=folder,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(iter(self.process.stdout.readline, ""))

    @property
    def text(self) -> str:
        return "".join(self.lines)

    def wait_for(self, pattern: str) -> str:
        """The first match of a pattern in what was printed."""
        end = time.monotonic() + WITHIN
        while not (found := re.search(pattern, self.text, re.MULTILINE)):
            assert time.monotonic() < end, self.text
            assert self.process.poll() is None, self.text
            time.sleep(0.05)
        return found[0]

    def environment(self) -> dict[str, str]:
        """What its `export` lines say, as a shell reads them."""
        self.wait_for(r"fault off( --serve \w+)?$")
        exports = re.findall(r"^export (\w+)=(.*)$", self.text, re.MULTILINE)
        return {name: shlex.split(value)[0] for name, value in exports}

    def end(self, number: int = signal.SIGINT) -> int:
        """Ctrl-C; returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(WITHIN)


@contextlib.contextmanager
def serving(folder: Path, *words: str) -> Iterator[Terminal]:
    terminal = Terminal(folder, *words)
    try:
        yield terminal
    finally:
        terminal.end(signal.SIGKILL)


@pytest.fixture
def project(shop: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shop, with a runtime folder of its own."""
    (shop / "run").mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(shop / "run"))
    for name in ("LANG", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    return shop


def status(url: str) -> int:
    """What a program of anybody's is answered."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.parametrize(
    "terms, stays",
    [
        (TokenTerms(says=60, held_for=0.0), True),
        (TokenTerms(says=60, refused_after=3.0), True),
        (TokenTerms(says=60, pause=2.0), False),
        (None, False),
    ],
)
def test_what_stays_after_a_fault_of_tokens_is_told(terms: TokenTerms | None, stays: bool):
    """A token keeps the life that it was given; who tries the old one again would take the fault for on."""
    window = FaultWindow(
        fault="f", place="token", sentence="f", started=0.0, ended=1.0, fired=True, terms=terms
    )
    assert (list(afterwards(window)) != []) is stays
    assert all("get a new token" in line for line in afterwards(window))


@pytest.mark.slow
def test_two_terminals(project: Path, call: Command):
    """The lab is reached by anybody, breaks when it is told to, logs what comes, and leaves nothing behind."""
    with serving(project) as terminal:
        environ = terminal.environment()
        order = f"{environ['CRM_BASE_URL']}/orders/O-1"
        assert status(order) == 200
        terminal.wait_for(r"^\d\d:\d\d:\d\d\.\d{3}  GET /orders/O-1  200  [\d.]+ m?s$")

        assert call("fault", "list").stdout == "No fault is on.\n"
        on = call("fault", "on", "status", "--code", "503", "--first", "2")
        assert (on.returncode, on.stdout) == (0, "status  the CRM answers 503 (the first 2) (on for 0 s)\n")
        assert [status(order) for _ in range(3)] == [503, 503, 200]
        assert "status  the CRM answers 503" in call("fault", "list").stdout
        off = call("fault", "off", "status")
        assert (off.returncode, off.stdout) == (0, "fault off: status; exchanges touched: 2\n")
        assert call("fault", "off").stdout == "No fault is on.\n"
        terminal.wait_for(r"GET /orders/O-1  503  \[status\]")

        family = psutil.Process(terminal.process.pid).children(recursive=True)
        assert terminal.end() == 0
    assert terminal.lines[-1] == "Ended: nothing listens any more.\n"
    assert "Traceback" not in terminal.text
    assert not any(process.is_running() for process in family)
    with pytest.raises(OSError, match="refused"):
        status(order)
    assert list((project / "run").iterdir()) == []
    assert "No lab is served. Start one in another terminal:" in call("fault", "list").stderr


@pytest.mark.slow
def test_what_is_wrong_in_an_order_is_told_in_the_second_terminal(project: Path, call: Command):
    """The served lab goes on."""
    with serving(project, "--name", "mine") as terminal:
        base = terminal.environment()["CRM_BASE_URL"]
        assert "fault on status --code 503 --serve mine" in terminal.text
        wrong = call("fault", "on", "status", "--code", "5o3")
        assert wrong.returncode == 1
        assert "command line:1:15: Expected a whole number, found text '5o3'." in wrong.stderr
        assert "Unknown fault 'statu'" in call("fault", "on", "statu").stderr
        for words, told in (
            (("on", "token_expired"), "this contract asks for no credential"),
            (("on", "status", "--code", "503", "--at", "3s"), "`at` has no meaning here"),
            (
                ("on", "status", "--code", "503", "--consumers", "x"),
                "'x' is not served here. Served: tiny-crm.",
            ),
            (("off", "status"), "status is not on."),
        ):
            answer = call("fault", *words)
            assert (answer.returncode, told in answer.stdout) == (1, True), answer
        for nonsense, said in (
            (("of",), "Unknown action 'of'."),
            (("on",), "Which fault? "),
            (("list", "--serve", "min"), "No lab is served under the name 'min'.\n  Did you mean 'mine'?"),
            (("off", "status", "--code", "3"), "unrecognized arguments: --code 3"),
        ):
            answer = call("fault", *nonsense)
            assert (answer.returncode, said in answer.stderr) == (4, True), answer
        assert status(f"{base}/orders/O-1") == 200


@pytest.mark.slow
def test_each_consumer_has_an_address_of_its_own(project: Path, call: Command):
    """Faults touch all of them or the named one; promises give durations; `for` switches a fault off."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with serving(project, "--consumers", "brittle,sound", "--port", str(port)) as terminal:
        terminal.environment()
        brittle, sound = (f"http://127.0.0.1:{number}/orders/O-1" for number in (port, port + 1))
        words = ("on", "status", "--code", "503", "--retry-after", "2 * deadline", "--consumers", "sound")
        assert call("fault", *words).stdout.startswith("status  sound: the CRM answers 503, Retry-After 4 s")
        assert (status(brittle), status(sound)) == (200, 503)
        terminal.wait_for(r"^\S+  sound  GET /orders/O-1  503  \[status\]")
        call("fault", "off")
        both = call("fault", "on", "status", "--code", "500", "--for", "1s")
        assert both.stdout.splitlines()[1].startswith(
            "status  sound: the CRM answers 500 (on for 0 s, 1 s left)"
        )
        assert status(brittle) == 500
        terminal.wait_for(r"brittle  fault off: status; exchanges touched: 1")
        assert (status(brittle), status(sound)) == (200, 200)
        assert terminal.end(signal.SIGTERM) == 0


@pytest.mark.slow
def test_a_shipped_contract_in_an_empty_folder(tmp_path: Path, project: Path):
    """The printed curl line is a real one."""
    (tmp_path / "empty").mkdir()
    with serving(tmp_path / "empty", "--contract", "acme-crm") as terminal:
        environ = terminal.environment()
        line = terminal.wait_for(r'curl -H "Authorization: Bearer \$CRM_ACCESS_TOKEN" "\$CRM_BASE_URL/\w+"')
        words = shlex.split(line)
        header, url = (re.sub(r"\$(\w+)", lambda name: environ[name[1]], word) for word in words[2:])
        name, value = header.split(": ")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(urllib.request.Request(url, headers={name: value}), timeout=10) as answer:
            assert json.load(answer)["results"]


@pytest.mark.slow
def test_a_port_that_is_taken(project: Path):
    """Its holder is named, and the exit code is 1."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        words = ("serve", "--engine", "embedded", "--port", str(taken.getsockname()[1]))
        answer = subprocess.run(
            [*CLI, *words], cwd=project, capture_output=True, text=True, timeout=WITHIN, check=False
        )
    assert answer.returncode == 1
    assert "is taken by" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    "words, sentence",
    [
        (("--contract", "tiny-cmr"), "There is no contract 'tiny-cmr'.\n  Did you mean 'tiny-crm'?"),
        (("--contract", "tiny-crm", "--consumers", "sound"), "--contract and --consumers exclude each other"),
        (("--consumers", "sund"), "There is no consumer 'sund'.\n  Did you mean 'sound'?"),
        (("--port", "70000"), "--port 70000: a port is a number from 1 to 65535."),
        (("--name", "a/b"), "'a/b' is no name; write letters"),
    ],
)
def test_words_that_mean_nothing(project: Path, call: Command, words: tuple[str, ...], sentence: str):
    """Exit 4 before anything is started."""
    result = call("serve", *words)
    assert (result.returncode, result.stdout) == (4, "")
    assert sentence in result.stderr


def test_where_no_contract_is(tmp_path: Path, project: Path, call: Command, monkeypatch: pytest.MonkeyPatch):
    """The next step is told."""
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    (tmp_path / "empty" / "pytest.ini").write_text("[pytest]\n")
    assert "No contract is here. Write one: " in call("serve").stderr
