"""Where a served lab and its second terminal meet: a socket by name, in a folder that only its user can enter."""

import contextlib
import fcntl
import os
import re
import socket
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from crm_contracts.model.language import _

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
LONGEST = 100
"""Bytes of a socket's path; systems allow 103 to 107."""


class NameTaken(Exception):  # noqa: N818 - a fact, told to the user as one
    """The name of a served lab cannot be had; the text says why."""


def folder() -> Path:
    """The folder of this user's served labs; made where there is none yet.

    Raises NameTaken where it belongs to somebody else or others may enter it: what stands there cannot be trusted.
    """
    path = _place()
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700, parents=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        sentence = _(
            "{folder} is not a folder of yours alone; remove it, or set XDG_RUNTIME_DIR to one that is."
        )
        raise NameTaken(sentence.format(folder=path))
    return path


def running() -> tuple[str, ...]:
    """The names under which labs are served at the moment; sockets that nobody holds any more do not count."""
    if not os.path.lexists(_place()):
        return ()
    return tuple(sorted(path.stem for path in folder().glob("*.sock") if _is_held(path.with_suffix(".lock"))))


@dataclass(slots=True)
class Rendezvous:
    """The place of one served lab. `claim` takes it, `release` gives it back and leaves nothing behind."""

    name: str
    _lock: int = field(default=-1, init=False)

    @property
    def path(self) -> Path:
        """The socket; raises NameTaken for a name that cannot be a file's, or a folder that is too deep."""
        if not NAME.fullmatch(self.name):
            sentence = _("{name!r} is no name; write letters, digits, - and _, at most 40 of them.")
            raise NameTaken(sentence.format(name=self.name))
        path = folder() / f"{self.name}.sock"
        if len(os.fsencode(path)) > LONGEST:
            sentence = _("{path} is too long for a socket; set XDG_RUNTIME_DIR to a shorter folder.")
            raise NameTaken(sentence.format(path=path))
        return path

    def claim(self) -> socket.socket:
        """Take the place and listen there; what a killed lab left is cleared away. Raises NameTaken."""
        while self._lock < 0:
            # Whoever was the last to leave may take the folder along, just as we enter it.
            with contextlib.suppress(FileNotFoundError):
                self._lock = _locked(self.path.with_suffix(".lock"), self.name)
        path = self.path
        path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(str(path))
        listener.listen(4)
        return listener

    def release(self) -> None:
        """Give the place back, and the folder with it where nobody else is in it."""
        if self._lock >= 0:
            path = self.path
            path.unlink(missing_ok=True)
            path.with_suffix(".lock").unlink(missing_ok=True)
            os.close(self._lock)
            self._lock = -1
            with contextlib.suppress(OSError):
                path.parent.rmdir()


def _locked(path: Path, name: str) -> int:
    """Hold a lock as long as this process lives: the system lets go of it however the process ends."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            sentence = _(
                "A lab is served under the name {name!r} already. Give this one another: --name NAME"
            )
            raise NameTaken(sentence.format(name=name)) from None
        if _is_file(descriptor, path):
            return descriptor
        os.close(descriptor)


def _is_file(descriptor: int, path: Path) -> bool:
    """Whether the path still leads to what was locked: whoever had it may have removed it meanwhile."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _is_held(path: Path) -> bool:
    with _opened(path) as descriptor:
        if descriptor < 0:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
        return False


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[int]:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        yield -1
        return
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _place() -> Path:
    if given := os.environ.get("XDG_RUNTIME_DIR"):
        return Path(given) / "crm-contracts"
    return Path(tempfile.gettempdir()) / f"crm-contracts-{os.getuid()}"
