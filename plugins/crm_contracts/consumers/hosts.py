"""The names that a program finds: a hosts file of our own, under nss_wrapper, which asks no name server.

It reaches whatever asks the system's resolver (Python, Node, Java, Ruby, PHP, curl), and not what has a resolver of its
own (Go without `GODEBUG=netdns=cgo`, programs that are linked statically).
"""

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from crm_contracts.model.language import _

ADDRESS = "127.0.0.1"
LIBRARY = "libnss_wrapper.so"
PROBE_WITHIN = 10.0
"""Seconds that a look-up of our own may take on a busy machine."""

_PLACES = ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib", "/lib64")
_LOOK_UP = "import socket, sys; socket.getaddrinfo(sys.argv[1], 80)"


def library() -> Path | None:
    """Where nss_wrapper is installed, or None."""
    named = os.environ.get("CRM_NSS_WRAPPER")
    if named:
        return Path(named)
    folders = (folder for place in _PLACES for folder in (Path(place), *Path(place).glob("*-linux-*")))
    return next((folder / LIBRARY for folder in folders if (folder / LIBRARY).exists()), None)


def lacking() -> str | None:
    """None, or why a program's names are out of reach here, with the next step."""
    if library() is not None:
        return None
    return _(
        "The resolver of a program is reached through nss_wrapper, which is not installed here: apt install libnss-wrapper "
        "(Debian, Ubuntu) or dnf install nss_wrapper. A caller that cannot be reached so says `cannot: [dns]`."
    )


class Hosts:
    """A hosts file with one name, in memory: it is gone with this process, however that ends."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._file = os.memfd_create("crm-hosts") if name else -1
        self._changes = 0
        if name:
            self._write(known=True)

    def environment(self) -> Mapping[str, str]:
        """What a program needs to look into it; nothing where no name is given out."""
        found = library()
        if not self._name or found is None:
            return {}
        preloaded = " ".join(filter(None, (str(found), os.environ.get("LD_PRELOAD"))))
        return {"LD_PRELOAD": preloaded, "NSS_WRAPPER_HOSTS": f"/proc/{os.getpid()}/fd/{self._file}"}

    async def resolve(self, *, known: bool) -> bool:
        """Let the name be found, or not; tells whether a look-up of our own confirms it."""
        self._write(known=known)
        return await self._is_found() is known

    def close(self) -> None:
        """Let go of it."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _write(self, *, known: bool) -> None:
        line = f"{ADDRESS} {self._name}\n" if known else f"{ADDRESS} nobody.invalid\n"
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, line.encode(), 0)
        # nss_wrapper reads it again when its time of change is another whole second.
        self._changes += 1
        os.utime(self._file, (self._changes, self._changes))

    async def _is_found(self) -> bool:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-I", "-S", "-c", _LOOK_UP, self._name),
            env={**os.environ, **self.environment()},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            return await asyncio.wait_for(process.wait(), PROBE_WITHIN) == 0
        except TimeoutError:
            process.kill()
            await process.wait()
            return False
