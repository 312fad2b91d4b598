"""Where a served lab and its second terminal meet."""

import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from crm_contracts.serving import NameTaken, Rendezvous, running
from crm_contracts.serving.rendezvous import folder

HOLD = (
    "import sys, time; from crm_contracts.serving import Rendezvous; way = Rendezvous(sys.argv[1]).claim();"
    " print('held', flush=True); time.sleep(60)"
)


@pytest.fixture(autouse=True)
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A runtime folder of this test alone."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return tmp_path


def holder(name: str) -> "subprocess.Popen[str]":
    """Another process that holds a name."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, name], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_nobody_else_may_enter(runtime: Path):
    """The folder is the user's alone, and its sockets are told as long as they are held."""
    place = Rendezvous("lab")
    with place.claim():
        assert stat.S_IMODE(folder().stat().st_mode) == 0o700
        assert running() == ("lab",)
    place.release()
    assert running() == ()
    assert not (runtime / "crm-contracts").exists()


def test_a_folder_that_others_may_enter_is_not_trusted(runtime: Path):
    """Somebody may have put it there before us."""
    (runtime / "crm-contracts").mkdir(mode=0o755)
    (runtime / "crm-contracts").chmod(0o755)
    with pytest.raises(NameTaken, match="is not a folder of yours alone"):
        running()


def test_a_link_is_not_trusted(runtime: Path, tmp_path: Path):
    """Nor where it leads."""
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (runtime / "crm-contracts").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NameTaken, match="is not a folder of yours alone"):
        Rendezvous("lab").claim()


def test_a_name_is_held_once(runtime: Path):
    """A second lab of the same name is told to take another, and disturbs nothing."""
    process = holder("lab")
    try:
        with pytest.raises(NameTaken, match="--name NAME"):
            Rendezvous("lab").claim()
        assert running() == ("lab",)
        with socket.socket(socket.AF_UNIX) as way:
            way.connect(str(Rendezvous("lab").path))
        other = Rendezvous("other")
        other.claim().close()
        assert running() == ("lab", "other")
        other.release()
    finally:
        process.kill()
        process.communicate()


def test_what_a_killed_lab_left_is_cleared_away(runtime: Path):
    """Its socket is there still, and counts for nothing."""
    process = holder("lab")
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert (folder() / "lab.sock").exists()
    assert running() == ()
    place = Rendezvous("lab")
    place.claim().close()
    place.release()
    assert list(runtime.iterdir()) == []


@pytest.mark.parametrize("name", ["", "a/b", "../x", "-x", "ö", "x" * 41])
def test_a_name_that_cannot_be_a_files(name: str):
    """It is told what a name is made of."""
    with pytest.raises(NameTaken, match="is no name; write letters"):
        Rendezvous(name).claim()


def test_a_folder_too_deep_for_a_socket(runtime: Path, monkeypatch: pytest.MonkeyPatch):
    """The system's own sentence would not help."""
    deep = runtime / ("d" * 90)
    deep.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(deep))
    with pytest.raises(NameTaken, match="is too long for a socket; set XDG_RUNTIME_DIR"):
        Rendezvous("lab").claim()
