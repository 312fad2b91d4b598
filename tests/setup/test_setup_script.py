"""tools/setup.sh on machines whose interpreters are small scripts: what is chosen, said and skipped."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMES = ("python3.14", "python3.13", "python3.12", "python3.11", "python3")
# It notes what it is asked, makes an environment of itself, and gets a Toxiproxy where $TOXIPROXY is "there".
WORKS = """
printf '%s\\n' "$*" >>notes
case "$*" in
    --version) echo Python 3.12.1 ;;
    "-m venv .venv") mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
    *toxiproxy_binary*) [ "${TOXIPROXY:-there}" != there ] || cp "$0" .venv/bin/toxiproxy-server ;;
esac
"""
SHIM = "echo 'pyenv: command not found' >&2; exit 127"
OLD = "case $2 in *version_info*) exit 1 ;; esac"
WITHOUT_VENV = "case $2 in *ensurepip*) exit 1 ;; *print*) echo 3.11 ;; esac"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clone:
    """A fresh clone, as far as the set-up sees one."""

    folder: Path
    bin: Path

    def interpreters(self, **scripts: str) -> None:
        """Put interpreters on PATH; every name that is not given is a shim that fails."""
        for name in NAMES:
            program = self.bin / name
            program.write_text(f"#!/bin/sh\n{scripts.get(name.replace('.', '_'), SHIM)}\n")
            program.chmod(0o755)

    def set_up(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run the set-up as make does."""
        (self.folder / "notes").unlink(missing_ok=True)
        clean = {"PATH": f"{self.bin}:/usr/bin:/bin", "HOME": str(self.folder), "PYTHON": ""}
        command = ["sh", "tools/setup.sh", *arguments]
        return subprocess.run(
            command, cwd=self.folder, env=clean | environ, capture_output=True, text=True, check=False
        )

    def asked(self) -> str:
        """What the interpreter was asked to do."""
        notes = self.folder / "notes"
        return notes.read_text() if notes.exists() else ""


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    """A clone with the real script and small files in the place of the large ones."""
    made = Clone(folder=tmp_path / "clone", bin=tmp_path / "bin")
    (made.folder / "tools").mkdir(parents=True)
    made.bin.mkdir()
    shutil.copy(ROOT / "tools" / "setup.sh", made.folder / "tools")
    (made.folder / "pyproject.toml").write_text("")
    (made.folder / "requirements.lock").write_text("")
    return made


def test_the_first_run_does_everything(clone: Clone):
    """The environment, the locked packages with their hashes, this project without a second resolution, Toxiproxy."""
    clone.interpreters(python3_12=WORKS)
    done = clone.set_up()
    assert (done.returncode, done.stderr) == (0, "")
    asked = clone.asked()
    for part in (
        "-m venv .venv",
        "--require-hashes -r requirements.lock",
        "--no-build-isolation --no-deps -e .",
        "-m crm_contracts.toxiproxy_binary --into .venv/bin",
    ):
        assert part in asked


def test_the_second_run_installs_nothing(clone: Clone):
    """Where the lock and pyproject.toml are as they were, no package is looked for and nothing is said."""
    clone.interpreters(python3=WORKS)
    clone.set_up()
    again = clone.set_up()
    assert (again.returncode, again.stdout) == (0, "")
    assert "-m" not in clone.asked()


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml"])
def test_a_change_is_noticed(clone: Clone, name: str):
    """Another lock or another pyproject.toml is installed, into the environment that is there."""
    clone.interpreters(python3=WORKS)
    clone.set_up()
    (clone.folder / name).write_text("# changed")
    clone.set_up()
    assert "--require-hashes" in clone.asked()
    assert "-m venv" not in clone.asked()


def test_an_environment_whose_interpreter_is_gone_is_made_anew(clone: Clone):
    """A .venv that a system upgrade broke is replaced, and that is said."""
    clone.interpreters(python3=WORKS)
    clone.set_up()
    (clone.folder / ".venv/bin/python").unlink()
    done = clone.set_up()
    assert "creating .venv anew" in done.stdout
    assert "-m venv .venv" in clone.asked()


def test_an_installation_that_was_broken_off_is_repeated(clone: Clone):
    """Without the stamp of a completed installation nothing counts as installed."""
    failing = WORKS.replace("esac", "    *require-hashes*) exit 1 ;;\nesac")
    clone.interpreters(python3=failing)
    assert clone.set_up().returncode != 0
    clone.set_up()
    assert "--require-hashes" in clone.asked()


def test_a_shim_that_fails_is_passed_over(clone: Clone):
    """A name on PATH that does not run is no interpreter; the next one is taken."""
    clone.interpreters(python3_11=WORKS)
    assert "(python3.11)" in clone.set_up().stdout


def test_the_newest_that_can_make_environments_is_taken(clone: Clone):
    """An interpreter without ensurepip does not stop one that has it."""
    clone.interpreters(python3_13=WITHOUT_VENV, python3_12=WORKS, python3=OLD)
    assert "(python3.12)" in clone.set_up().stdout


def test_a_missing_package_is_named_in_one_line(clone: Clone):
    """Debian's Python without its venv package: one line with the package's name."""
    clone.interpreters(python3=WITHOUT_VENV)
    done = clone.set_up()
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "python3 (Python 3.11) lacks" in line
    assert "apt-get install python3.11-venv" in line


@pytest.mark.parametrize("environ", [{}, {"PYTHON": "python3.12"}])
def test_without_a_new_enough_python_one_line_says_so(clone: Clone, environ: dict[str, str]):
    """Only old ones, or a chosen one that is old."""
    clone.interpreters(python3=OLD, python3_12=OLD)
    done = clone.set_up(**environ)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("Python 3.11 or newer is needed")
    assert ("PYTHON=python3.12 is not one" in line) is bool(environ)


def test_without_toxiproxy_the_attempts_are_not_repeated(clone: Clone):
    """The second run says in one line that the embedded engine will be used, and tries nothing."""
    clone.interpreters(python3=WORKS)
    clone.set_up(TOXIPROXY="none")
    again = clone.set_up(TOXIPROXY="none")
    (line,) = again.stdout.splitlines()
    assert "the embedded engine will be used" in line
    assert "toxiproxy_binary" not in clone.asked()


@pytest.mark.parametrize("arguments, environ", [(["again"], {}), ([], {"CI": "true"})])
def test_toxiproxy_is_tried_again_on_demand(clone: Clone, arguments: list[str], environ: dict[str, str]):
    """`make toxiproxy` and CI do not take the earlier answer."""
    clone.interpreters(python3=WORKS)
    clone.set_up(TOXIPROXY="none")
    clone.set_up(*arguments, **environ)
    assert "toxiproxy_binary" in clone.asked()
    assert os.access(clone.folder / ".venv/bin/toxiproxy-server", os.X_OK)
