"""Machines made of a few real, tiny programs: what is on PATH there is what a test puts there."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from crm_contracts import toxiproxy_binary


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A folder for PATH, one beside Python, a home, and the place for temporary files."""

    path: Path
    beside_python: Path
    cache: Path
    temporary: Path

    def program(self, name: str, script: str, *, folder: Path | None = None) -> Path:
        """Put a shell script where this machine's programs are found."""
        program = (folder or self.path) / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        return program

    def server(self, version: str, *, folder: Path | None = None) -> Path:
        """A toxiproxy-server that tells this version."""
        return self.program("toxiproxy-server", f"echo toxiproxy-server version {version}", folder=folder)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine without Go, without a server and without a way to any package or release."""
    made = Machine(
        path=tmp_path / "bin",
        beside_python=tmp_path / "venv" / "bin",
        cache=tmp_path / "cache" / "crm-contracts",
        temporary=tmp_path / "tmp",
    )
    made.temporary.mkdir()
    monkeypatch.setenv("PATH", str(made.path))
    monkeypatch.setenv("TMPDIR", str(made.temporary))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr("sys.executable", str(made.beside_python / "python"))
    monkeypatch.setattr(toxiproxy_binary, "cache_dir", lambda: made.cache)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("CRM_TOXIPROXY_RELEASES", "http://127.0.0.1:9/none")
    for name in ("CI", "CRM_TOXIPROXY_BIN", "PIP_FIND_LINKS", "GOFLAGS"):
        monkeypatch.delenv(name, raising=False)
    return made
