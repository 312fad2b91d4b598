"""Ports of this machine: a free one, and who holds one that is taken. Both sides of a caller need them."""

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

LOWEST, HIGHEST = 20000, 32000
"""Linux gives out ports from 32768 on by itself, other systems from 49152 on."""
TRIES = 20

_LISTENING = "0A"
_PROC = Path("/proc")


def free_port() -> int:
    """Return a port of the loopback that nobody has; somebody else may take it before it is used.

    It lies below those that systems give out by themselves: a gateway or a connection of somebody else, opened meanwhile,
    cannot get it, and so nobody else answers in the place of a service that is still starting.
    """
    for _attempt in range(TRIES):
        if _binds(port := LOWEST + secrets.randbelow(HIGHEST - LOWEST)):
            return port
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        given: int = found.getsockname()[1]
        return given


def _binds(port: int) -> bool:
    with socket.socket() as trial:
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return False
        return not is_taken(port)


def is_taken(port: int) -> bool:
    """Tell whether somebody listens on a port of the loopback."""
    with socket.socket() as knock:
        knock.settimeout(0.5)
        return knock.connect_ex(("127.0.0.1", port)) == 0


def is_free(host: str, port: int) -> bool:
    """Tell whether somebody could listen on an address now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
            trial.listen(1)
        except OSError:
            return False
    return True


def holder_of(port: int) -> str | None:
    """Return who listens on a port, as `java (pid 4711)`, or None where the system does not tell.

    Linux tells through /proc; elsewhere `lsof` is asked where it is installed.
    """
    if _PROC.joinpath("net/tcp").exists():
        return _by_proc(port)
    return _by_lsof(port)


def _by_proc(port: int) -> str | None:
    wanted = {f"socket:[{inode}]" for inode in _inodes(port)}
    if not wanted:
        return None
    for process in _PROC.iterdir():
        if process.name.isdigit() and _holds(process, wanted):
            name = process.joinpath("comm").read_text().strip()
            return f"{name} (pid {process.name})"
    return None


def _inodes(port: int) -> Iterator[str]:
    for table in ("net/tcp", "net/tcp6"):
        with contextlib.suppress(OSError):
            for line in _PROC.joinpath(table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == _LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                    yield fields[9]


def _holds(process: Path, wanted: set[str]) -> bool:
    try:
        return any(os.readlink(found) in wanted for found in _descriptors(process))
    except OSError:
        # Another user's process, or one that has just ended.
        return False


def _descriptors(process: Path) -> Iterator[str]:
    with os.scandir(process / "fd") as found:
        for entry in found:
            yield entry.path


def _by_lsof(port: int) -> str | None:
    lsof = shutil.which("lsof")
    if lsof is None:
        return None
    command = [lsof, "-nP", f"-iTCP:{port}", "-sTCP:LISTEN", "-Fpc"]
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        lines = subprocess.run(command, capture_output=True, text=True, timeout=2, check=False).stdout.split()
        told = {line[:1]: line[1:] for line in lines}
        if "p" in told:
            return f"{told.get('c', '?')} (pid {told['p']})"
    return None
