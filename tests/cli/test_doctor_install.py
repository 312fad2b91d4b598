"""`crm-contracts doctor --install`: the real Toxiproxy in the user's cache."""

import hashlib
from pathlib import Path

import pytest

from crm_contracts import toxiproxy_binary, toxiproxy_fetch
from tests.cli.conftest import Command

SERVER = "#!/bin/sh\necho toxiproxy-server version 2.12.0\n"
CHECKSUM = hashlib.sha256(SERVER.encode()).hexdigest()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and a server in a file."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "server").write_text(SERVER)
    return toxiproxy_binary.cache_dir()


def test_from_a_file_with_its_checksum(tmp_path: Path, cache: Path, call: Command):
    """It is put into the cache, and told; a second time does no harm."""
    for _again in range(2):
        result = call("doctor", "--install", "--from", str(tmp_path / "server"), "--sha256", CHECKSUM.upper())
        assert (result.returncode, result.stderr) == (0, "")
        assert result.stdout == f"Toxiproxy 2.12.0: {cache / 'toxiproxy-server'}\n"
    assert [path.name for path in cache.iterdir()] == ["toxiproxy-server"]


def test_the_release_needs_no_checksum_said(
    tmp_path: Path, cache: Path, call: Command, monkeypatch: pytest.MonkeyPatch
):
    """It is the pinned one."""
    monkeypatch.setitem(toxiproxy_fetch.RELEASE_SHA256, toxiproxy_fetch._platform(), CHECKSUM)
    assert call("doctor", "--install", "--from", str(tmp_path / "server")).returncode == 0


def test_another_file_is_refused(tmp_path: Path, cache: Path, call: Command):
    """Both checksums are told, and how to say that it is trusted; nothing is kept."""
    result = call("doctor", "--install", "--from", str(tmp_path / "server"))
    assert (result.returncode, result.stdout) == (1, "")
    assert f"its SHA-256 is {CHECKSUM}" in result.stderr
    assert f"--sha256 {CHECKSUM}" in result.stderr
    assert not (cache / "toxiproxy-server").exists()


def test_another_version_is_refused(tmp_path: Path, cache: Path, call: Command):
    """Our conformance suite is held against one line."""
    text = SERVER.replace("2.12.0", "2.9.0")
    (tmp_path / "server").write_text(text)
    checksum = hashlib.sha256(text.encode()).hexdigest()
    result = call("doctor", "--install", "--from", str(tmp_path / "server"), "--sha256", checksum)
    assert result.returncode == 1
    assert "it calls itself 2.9.0" in result.stderr


@pytest.mark.parametrize("place", ["nowhere", "http://127.0.0.1:9/server"])
def test_a_place_that_cannot_be_reached(cache: Path, call: Command, place: str):
    """Its reason, and what to do by hand."""
    result = call("doctor", "--install", "--from", place)
    assert result.returncode == 1
    assert result.stderr.startswith(f"{place}: ")
    assert "doctor --install --from FILE" in result.stderr


def test_what_is_installed_already_is_taken(
    cache: Path, call: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    """The cheapest way first."""
    (tmp_path / "toxiproxy-server").write_text(SERVER)
    (tmp_path / "toxiproxy-server").chmod(0o755)
    monkeypatch.setenv("CRM_TOXIPROXY_BIN", str(tmp_path / "toxiproxy-server"))
    result = call("doctor", "--install")
    assert result.returncode == 0
    assert (cache / "toxiproxy-server").is_file()


def test_words_that_need_install(call: Command):
    """They go with it."""
    assert "--from and --sha256 go with --install." in call("doctor", "--from", "x").stderr
