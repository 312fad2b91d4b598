"""Nothing is left behind, whoever dies first."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from crm_contracts import toxiproxy_binary
from tests.host.stage import ROOT, small_run

RUNNER = """
import sys
from pathlib import Path
from crm_contracts.host import LabClient
from crm_contracts.lab import LabSettings
from tests.host.stage import small_run

client = LabClient(LabSettings(engine={engine!r}, toxiproxy_url={url!r}))
client.about()
client.submit(small_run(Path({folder!r}), call="sleep", deadline="20s", https={https}))
print("under way", flush=True)
sys.stdin.read()
"""


def _runner(
    folder: Path,
    engine: str | None,
    url: str | None = None,
    *,
    https: bool = False,
    temporary: Path | None = None,
) -> "subprocess.Popen[str]":
    code = RUNNER.format(engine=engine, url=url, folder=str(folder), https=https)
    runner = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **({"TMPDIR": str(temporary)} if temporary else {})},
    )
    assert runner.stdout is not None
    assert runner.stdout.readline() == "under way\n"
    _until(
        lambda: any(
            "child" in " ".join(_words(p)) for p in psutil.Process(runner.pid).children(recursive=True)
        )
    )
    return runner


def _words(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []


@pytest.mark.parametrize("engine", ["embedded", "toxiproxy"])
@pytest.mark.parametrize("whom", ["runner", "lab", "guard"])
def test_whoever_is_killed_nothing_survives(tmp_path: Path, engine: str, whom: str) -> None:
    """kill -9 of the runner, the lab or the guard: within 5 s no process of the family is left."""
    runner = _runner(tmp_path, engine)
    family = psutil.Process(runner.pid).children(recursive=True)
    guard = family[0]
    victim = {"runner": runner.pid, "guard": guard.pid, "lab": guard.children()[0].pid}[whom]
    os.kill(victim, signal.SIGKILL)
    _until(lambda: not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in family), within=5)
    runner.kill()
    runner.communicate()


@pytest.mark.parametrize("whom", ["runner", "lab", "guard"])
def test_whoever_is_killed_no_certificate_survives(tmp_path: Path, whom: str) -> None:
    """kill -9 of the runner, the lab or the guard: the folder of the lab's authority is removed."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    runner = _runner(tmp_path, "embedded", https=True, temporary=folder)
    assert [path.name for path in folder.glob("crm-lab-*/*.pem")] == ["ca.pem"]
    guard = psutil.Process(runner.pid).children()[0]
    victim = {"runner": runner.pid, "guard": guard.pid, "lab": guard.children()[0].pid}[whom]
    os.kill(victim, signal.SIGKILL)
    _until(lambda: not list(folder.glob("crm-lab-*")), within=5)
    runner.kill()
    runner.communicate()


def test_a_process_that_left_its_group_is_found_by_its_mark(tmp_path: Path) -> None:
    """A caller that starts a daemon of its own does not leave it behind."""
    if not Path("/proc").is_dir():
        pytest.skip("only /proc tells the environment of strangers")
    code = "import subprocess; subprocess.Popen(['sleep', '61.25'], start_new_session=True)"
    small_run(tmp_path, call="sleep")
    text = (tmp_path / "small_caller.py").read_text()
    (tmp_path / "small_caller.py").write_text(text.replace("import json", f"{code}\nimport json"))
    script = RUNNER.replace(
        'small_run(Path({folder!r}), call="sleep", deadline="20s", https={https})', "_run({folder!r})"
    ).replace("client = ", _REBOUND + "\nclient = ")
    runner = subprocess.Popen(
        [sys.executable, "-c", script.format(engine="embedded", url=None, folder=str(tmp_path))],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    _until(lambda: bool(_sleepers()), within=60)
    runner.kill()
    runner.communicate()
    _until(lambda: not _sleepers(), within=5)


_REBOUND = """
from crm_contracts.consumers import load_consumer
from crm_contracts.contracts import load_contract
from crm_contracts.scenarios import baseline_of

def _run(folder):
    consumer = load_consumer(Path(folder) / "small.yaml", lambda reference, beside: load_contract(Path(reference)))
    return baseline_of(consumer, load_contract(consumer.contract), 1)
"""


def _sleepers() -> list[psutil.Process]:
    return [p for p in psutil.process_iter() if _words(p) == ["sleep", "61.25"]]


@pytest.fixture
def attached() -> Iterator[str]:
    found = toxiproxy_binary.find()
    assert found is not None, "the real Toxiproxy is needed: make toxiproxy"
    port = _free_port()
    server = subprocess.Popen(
        [str(found.path), "-host", "127.0.0.1", "-port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    _until(lambda: _proxies(url) is not None)
    yield url
    server.kill()
    server.wait()


def test_our_proxies_leave_an_attached_toxiproxy(tmp_path: Path, attached: str) -> None:
    """kill -9 of the runner deletes our proxies on somebody's Toxiproxy, and leaves theirs alone."""
    _post(f"{attached}/proxies", {"name": "theirs", "listen": "127.0.0.1:0", "upstream": "127.0.0.1:9"})
    runner = _runner(tmp_path, None, attached)
    _until(lambda: len(_proxies(attached) or ()) == 2)
    runner.kill()
    runner.communicate()
    _until(lambda: list(_proxies(attached) or ()) == ["theirs"], within=5)


def _proxies(url: str) -> dict[str, object] | None:
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
            f"{url}/proxies", timeout=2
        ) as answer:
            found: dict[str, object] = json.load(answer)
            return found
    except OSError:
        return None


def _post(url: str, body: dict[str, str]) -> None:
    request = urllib.request.Request(url, json.dumps(body).encode(), method="POST")
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=2).close()


def _free_port() -> int:
    import socket

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _until(true: Callable[[], bool], within: float = 10.0) -> None:
    end = time.monotonic() + within
    while not true():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.02)
