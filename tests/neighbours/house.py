"""A user's project that has more plugins than ours: run by pytest in a process of its own, and looked at afterwards."""

import contextlib
import os
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.project.shop import write, write_shop

ITEM = "scenarios/away.yaml::sound"
BY_HAND = "tests/test_by_hand.py"
# What our own environment has for other reasons and slows every start; the neighbours themselves load as they do for users.
QUIET = ("hypothesispytest", "schemathesis", "pact", "anyio", "pytester")

TESTS = """\
import urllib.request


def find(endpoint):
    with urllib.request.urlopen(endpoint.base_url + "/orders/O-1", timeout=5) as answer:
        return answer.status


def test_an_order_is_found(crm_endpoint, crm_journal, crm_verdicts):
    with crm_journal.call("find_order") as call:
        call.value = find(crm_endpoint)
    assert [seen.status for seen in crm_journal().exchanges] == [200]
    crm_verdicts.assert_passed()


def test_a_fault_strikes(crm_endpoint, crm_fault, crm_journal):
    with crm_fault("latency", latency="150ms") as slow, crm_journal.call("find_order"):
        find(crm_endpoint)
    (call,) = crm_journal().calls
    assert slow.window.fired and 0.1 < call.seconds < 60
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A pytest process that has ended, and the processes that it left behind."""

    code: int
    text: str
    left: tuple[str, ...]

    def count(self, word: str) -> int:
        """How many items `passed`, `failed` or had `errors`."""
        found = re.findall(rf"(\d+) {word}\b", self.text.splitlines()[-1] if self.text else "")
        return int(found[-1]) if found else 0

    def well(self, passed: int) -> None:
        """Assert that so many items passed, nothing else happened, and nothing is left."""
        assert (self.code, self.count("passed"), self.count("warning")) == (0, passed, 0), self.text
        assert self.left == ()


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The project: a shop whose own tests use the fixtures."""

    root: Path

    @classmethod
    def build(cls, root: Path) -> "House":
        """Write it."""
        write_shop(root, "sound")
        house = cls(root=root)
        house.settings()
        house.write(BY_HAND, TESTS)
        return house

    def write(self, file: str, text: str) -> None:
        """Write one more file."""
        write(self.root, file, text)

    def settings(self, *lines: str) -> None:
        """Write pytest.ini with further lines."""
        addopts = " ".join(f"-p no:{name}" for name in QUIET)
        text = "\n".join(["[pytest]", f"addopts = --strict-markers --strict-config {addopts}", *lines, ""])
        self.write("pytest.ini", text)

    def pytest(self, *words: str, env: dict[str, str] | None = None) -> Ended:
        """Run pytest in it."""
        mark = uuid.uuid4().hex
        command = [sys.executable, "-m", "pytest", "-q", *words]
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
        run = subprocess.run(
            command,
            cwd=self.root,
            env={**ours, "LANG": "C.UTF-8", **(env or {}), "HOUSE_MARK": mark},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=180,
            check=False,
        )
        return Ended(code=run.returncode, text=run.stdout.strip(), left=_left(mark))


def _left(mark: str, within: float = 5.0) -> tuple[str, ...]:
    """The processes that carry a mark and do not go within some seconds."""
    end = time.monotonic() + within
    while (left := tuple(_marked(mark))) and time.monotonic() < end:
        time.sleep(0.05)
    return left


def _marked(mark: str) -> Iterator[str]:
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"HOUSE_MARK={mark}".encode() in (folder / "environ").read_bytes():
                yield (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
