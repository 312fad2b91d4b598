"""A process that we started: in a group of its own, its words kept, its end seen, and nothing of it left behind."""

import asyncio
import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from crm_contracts.consumers.output import Output
from crm_contracts.consumers.patience import first_of
from crm_contracts.model.language import _

OnSpawn = Callable[[int], None]
"""Told the id of every process group that we start, so that the guard can end it when we cannot."""
LOOK = 0.01
"""Seconds between two looks at a process where the system cannot tell us of its end (no pidfd)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """How a process ended: by itself with a code, or by a signal.

    >>> str(End(code=3)), str(End(signal=11))
    ('exit code 3', 'SIGSEGV')
    """

    code: int | None = None
    signal: int | None = None

    @classmethod
    def of(cls, returncode: int) -> "End":
        """From `subprocess`'s return code, which is negative for a signal."""
        return cls(signal=-returncode) if returncode < 0 else cls(code=returncode)

    def __str__(self) -> str:
        if self.signal is None:
            return _("exit code {code}").format(code=self.code)
        try:
            return signal.Signals(self.signal).name
        except ValueError:
            return _("signal {signal}").format(signal=self.signal)


class Living(Protocol):
    """A process of a consumer, however it was started; `ended` is a future of its end."""

    pid: int
    output: Output
    ended: "asyncio.Future[End]"

    def kill(self) -> None:
        """End the whole group at once."""


class Process:
    """A program started by us, as the leader of its own session and process group."""

    def __init__(self, popen: "subprocess.Popen[bytes]", output: Output) -> None:
        self.pid, self.output = popen.pid, output
        self.ended: asyncio.Future[End] = asyncio.get_running_loop().create_future()
        self._popen = popen
        self._watch()

    @classmethod
    def spawn(
        cls,
        command: Sequence[str],
        *,
        env: Mapping[str, str],
        on_spawn: OnSpawn,
        cwd: Path | None = None,
        keep: Sequence[int] = (),
        output: Output | None = None,
        stdout: Output | None = None,
    ) -> "Process":
        """Start a program; `keep` are descriptors that it inherits, `stdout` is apart where it is wanted apart.

        Raises OSError where the program cannot be started.
        """
        output = output or Output()
        try:
            popen = subprocess.Popen(
                command,
                env=env,
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=(stdout or output).writer,
                stderr=output.writer,
                pass_fds=keep,
                start_new_session=True,
            )
        except OSError:
            output.close()
            raise
        finally:
            output.handed_over()
        on_spawn(popen.pid)
        return cls(popen, output)

    def kill(self) -> None:
        """End the whole group at once."""
        self.signal(signal.SIGKILL)

    def signal(self, number: int) -> None:
        """Send a signal to the whole group, unless its leader has been reaped."""
        if self._popen.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)

    async def gone(self, within: float) -> bool:
        """Wait for its end, at most so many seconds; tells whether it came."""
        await first_of(self.ended, within=within)
        return self.ended.done()

    async def stop(self, grace: float) -> None:
        """Ask the group to end, and end it after `grace` seconds; returns when it is gone."""
        if not self.ended.done():
            self.signal(signal.SIGTERM)
            if not await self.gone(grace):
                self.kill()
        await self.ended

    def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            descriptor = os.pidfd_open(self.pid)
        except (AttributeError, OSError):
            loop.call_later(LOOK, self._look)
            return
        loop.add_reader(descriptor, self._over, descriptor)

    def _over(self, descriptor: int) -> None:
        asyncio.get_running_loop().remove_reader(descriptor)
        os.close(descriptor)
        # The group dies before its leader's number is given back and could mean somebody else.
        self.kill()
        self._end(self._popen.wait())

    def _look(self) -> None:
        returncode = self._popen.poll()
        if returncode is None:
            asyncio.get_running_loop().call_later(LOOK, self._look)
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._end(returncode)

    def _end(self, returncode: int) -> None:
        self.output.finish()
        if not self.ended.done():
            self.ended.set_result(End.of(returncode))
