"""The command driver: one process a call, its answer on stdout."""

import asyncio
import errno
import json
import os
import re
import shutil
import time
from collections.abc import Iterator, Mapping
from itertools import islice

from crm_contracts.consumers import result
from crm_contracts.consumers.client import read_value
from crm_contracts.consumers.environment import expand, program, program_environment
from crm_contracts.consumers.hosts import Hosts, lacking
from crm_contracts.consumers.output import Output
from crm_contracts.consumers.process import End, OnSpawn, Process
from crm_contracts.consumers.service import unstartable
from crm_contracts.model.call import CallResult, Failure
from crm_contracts.model.consumer import CallSpec, CommandDriver, Consumer, HttpCall
from crm_contracts.model.endpoint import Endpoint
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _

LAST_WORDS = 4000
LONGEST_ANSWER = 8 * 1024 * 1024
MOST_STARTS = 20
"""So many lines are tried as the first of the answer."""
_OPENS = re.compile(r"^[{\[]", re.MULTILINE)


class CommandCaller:
    """Runs a command for every call; a run's calls have the endpoint in common and nothing else."""

    def __init__(self, consumer: Consumer, driver: CommandDriver, on_spawn: OnSpawn) -> None:
        self._driver, self._on_spawn = driver, on_spawn
        self._folder = consumer.file.resolve().parent
        self._cwd = self._folder / driver.cwd if driver.cwd else None
        self._endpoint: Endpoint | None = None
        self._running: set[Process] = set()
        self._said = ""
        self._hosts: Hosts | None = None
        self.lookups = None

    @property
    def output(self) -> str:
        """What all commands so far printed, apart from their answers."""
        return self._said

    @property
    def contacts(self) -> None:
        """Not known: its program is no part of ours."""

    @property
    def notes(self) -> tuple[str, ...]:
        """Nothing."""
        return ()

    async def start(self, endpoint: Endpoint) -> None:
        """There is nothing to start; raises ConsumerFailed where the command cannot be found."""
        self._endpoint = endpoint
        self._hosts = Hosts(endpoint.host_name) if endpoint.host_name else None
        env = program_environment(endpoint, self._driver.env)
        name = program([expand(self._driver.command[0], endpoint)], self._cwd, self._folder)[0]
        if shutil.which(name, path=env.get("PATH")) is None:
            raise unstartable(name, FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT)))

    async def call(
        self,
        spec: CallSpec,
        args: Mapping[str, JSON],
        request: HttpCall | None,  # noqa: ARG002 - the protocol's
        give_up_after: float,
    ) -> CallResult:
        """Run the command; one that does not end in time is ended with its group."""
        started = time.monotonic()
        try:
            process, answer = self._spawn(spec.name, args)
        except OSError as error:
            return result.of_death(started, time.monotonic(), End(), str(error))
        self._running.add(process)
        try:
            in_time = await process.gone(give_up_after)
            ended = time.monotonic()
            if not in_time:
                await process.stop(0)
        finally:
            self._running.discard(process)
        answer.finish()
        self._said = (self._said + process.output.text)[-LONGEST_ANSWER:]
        if not in_time:
            return result.of_hang(started, (answer.text + process.output.text)[-LAST_WORDS:])
        return _finished(started, ended, process, answer.text)

    async def advance(self, seconds: float) -> bool:  # noqa: ARG002 - the protocol's
        """A command's clocks are its own."""
        return False

    def cannot_resolve(self) -> str | None:
        """None, or why its resolver is out of reach on this machine."""
        return lacking()

    async def resolve(self, *, known: bool) -> bool:
        """Let its look-ups find the lab's name, or not."""
        return self._hosts is not None and await self._hosts.resolve(known=known)

    async def stop(self) -> None:
        """End the commands that still run."""
        for process in tuple(self._running):
            process.kill()
        await asyncio.gather(*(process.ended for process in self._running))
        if self._hosts is not None:
            self._hosts.close()

    def _spawn(self, name: str, args: Mapping[str, JSON]) -> tuple[Process, Output]:
        words = [self._word(word, name, args) for word in self._driver.command]
        env = program_environment(self._endpoint, self._driver.env) if self._endpoint else dict(os.environ)
        if self._hosts is not None:
            env.update(self._hosts.environment())
        answer = Output(head=LONGEST_ANSWER)
        try:
            process = Process.spawn(
                program(words, self._cwd, self._folder),
                env=env,
                cwd=self._cwd,
                on_spawn=self._on_spawn,
                stdout=answer,
            )
        except OSError:
            answer.close()
            raise
        finally:
            answer.handed_over()
        return process, answer

    def _word(self, word: str, name: str, args: Mapping[str, JSON]) -> str:
        # The endpoint first: what a call's args say is nobody's template.
        text = json.dumps(dict(args), ensure_ascii=False)
        return expand(word, self._endpoint).replace("{call}", name).replace("{args}", text)


def _finished(started: float, ended: float, process: Process, answer: str) -> CallResult:
    end = process.ended.result()
    told = _read(answer)
    garbled = end.code == 0 and told is None and bool(answer.strip())
    return CallResult(
        started=started,
        ended=ended,
        value=told[0] if told else None,
        comparable=not garbled,
        failure=_garbage(answer) if garbled else None,
        exit=end.code,
        signal=end.signal,
        output=(process.output.text if told else answer + process.output.text)[-LAST_WORDS:],
    )


def _read(answer: str) -> tuple[JSON] | None:
    """The answer is all of stdout; where other lines came before it, its last line, or what begins with { or [."""
    for text in (answer, answer.rstrip().rpartition("\n")[2], *_endings(answer)):
        value = read_value(text)
        if value is not None and value != text:
            return (value,)
        if text.strip() == "null":
            return (None,)
    return None


def _endings(answer: str) -> Iterator[str]:
    """What stands from a line on that may begin a JSON value over several lines."""
    starts = (found.start() for found in _OPENS.finditer(answer))
    return (answer[start:] for start in islice(starts, MOST_STARTS))


def _garbage(answer: str) -> Failure:
    shown = answer.strip()[:200]
    message = _("The command ended well, but its stdout is no JSON: {shown!r}.").format(shown=shown)
    message += " " + _("Print the answer as JSON at the end of stdout, and everything else to stderr.")
    return Failure(type="UnreadableOutput", message=message, own=True)
