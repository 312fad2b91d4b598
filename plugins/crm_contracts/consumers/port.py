"""Ports of this machine: a free one, and who holds one that is taken."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

from crm_contracts.model.language import _

_LISTEN = "0A"


def free_port() -> int:
    """A port of the loopback that nobody has; somebody else may take it before it is used."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_taken(port: int) -> bool:
    """Whether somebody listens on a port of the loopback."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def holder_of(port: int) -> str:
    """Who listens on a port, by process id and command where the system tells.

    >>> holder_of(1)
    'another program'
    """
    sockets = {f"socket:[{inode}]" for inode in _inodes(port)}
    for process in Path("/proc").glob("[0-9]*") if sockets else ():
        if sockets & set(_open_files(process)):
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
            return _("process {pid} ({command})").format(pid=process.name, command=command[:80])
    return _("another program")


def _inodes(port: int) -> Iterator[str]:
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text(encoding="ascii").splitlines()[1:]
        except OSError:
            continue
        for words in map(str.split, lines):
            if words[3] == _LISTEN and int(words[1].rpartition(":")[2], 16) == port:
                yield words[9]


def _open_files(process: Path) -> Iterator[str]:
    try:
        for name in os.listdir(process / "fd"):
            yield os.readlink(process / "fd" / name)
    except OSError:
        return
