"""One run's process: a thread reads orders, the main thread does the caller's work."""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any

from .caller import Caller, Endpoint, NotMadeError, find
from .calls import Calls
from .channel import Channel, end_group
from .clocks import Clocks
from .contacts import Contacts
from .failure import as_message
from .intercepted import Intercepted
from .names import Names
from .trust import trust
from .zygote import Zygote

if TYPE_CHECKING:
    from collections.abc import Sequence

STACK_SIGNAL = getattr(signal, "SIGRTMAX", signal.SIGUSR2)
"""Prints all stacks to stderr, also where the interpreter itself is stuck; callers leave this signal alone."""
MOST = 20_000


class Run:
    """Serves the orders of one run; each method is one order."""

    def __init__(self, channel: Channel, clocks: Clocks, names: Names, intercepted: Intercepted) -> None:
        self._channel, self._clocks, self._names = channel, clocks, names
        self._intercepted = intercepted
        self._calls = Calls(Caller(), channel.send)

    def serve(self) -> None:
        """Serve until the driver is gone; this is the main thread."""
        faulthandler.enable()
        faulthandler.register(STACK_SIGNAL, all_threads=True, chain=False)
        threading.Thread(target=self._listen, daemon=True).start()
        self._calls.serve()

    def _listen(self) -> None:
        try:
            for order in self._channel.messages():
                getattr(self, order.pop("do"))(**order)
        finally:
            end_group()

    def start(self, **order: Any) -> None:
        """Make the caller's object."""
        self._calls.do(lambda: self._create(**order))

    def call(self, id: int, name: str, args: dict[str, Any]) -> None:  # noqa: A002 - the word of the protocol
        """Begin a call."""
        self._calls.begin(id, name, args)

    def stack(self, id: int) -> None:  # noqa: A002 - the word of the protocol
        """Tell where a call is stuck."""
        self._channel.send({"is": "stack", "id": id, "text": self._calls.stack(id)[-MOST:]})

    def advance(self, seconds: float) -> None:
        """Move the caller's clocks."""
        self._channel.send({"is": "advanced", "moved": self._clocks.advance(seconds)})

    def resolve(self, *, known: bool) -> None:
        """Let the lab's name be found, or not."""
        self._names.known = known
        self._channel.send({"is": "resolved"})

    def stop(self) -> None:
        """Let the caller tidy up."""
        self._calls.close()

    def _create(
        self,
        *,
        factory: str,
        path: Sequence[str],
        endpoint: dict[str, Any],
        methods: Sequence[str],
        env: dict[str, str],
        host_name: str,
        port: int,
    ) -> dict[str, Any]:
        os.environ.update(env)
        self._names.name = host_name
        self._intercepted.lead(endpoint["intercepts"], port)
        trust(endpoint["ca_file"])
        self._calls.home = factory.partition(":")[0]
        try:
            self._calls.caller.create(find(factory, path), Endpoint.of(endpoint), methods)
        except NotMadeError as unmade:
            return failed(unmade, self._calls.home)
        return {"is": "ready", "signal": int(STACK_SIGNAL)}


def failed(unmade: NotMadeError, home: str) -> dict[str, Any]:
    """What is told where the caller's object could not be made."""
    cause = as_message(unmade.__cause__, home) if unmade.__cause__ else None
    return {
        "is": "failed",
        "reason": unmade.reason,
        "found": unmade.found,
        "lacking": unmade.lacking,
        "failure": cause,
    }


def main(mode: str, descriptor: int) -> None:
    """Serve runs as a `zygote`, or one `run`."""
    clocks, contacts, names = Clocks(), Contacts(), Names()
    intercepted = Intercepted(names)
    clocks.install()
    names.install()
    intercepted.install()
    contacts.install()
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(
            signal.SIGINT, signal.default_int_handler
        )  # What our own lab ignores is not the caller's to.
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(line_buffering=True)  # A process that dies must not take its last words along.
    channel = Zygote(descriptor, failed).serve() if mode == "zygote" else Channel(descriptor)
    contacts.tell(channel.send)
    names.tell(channel.send)
    intercepted.tell(channel.send)
    Run(channel, clocks, names, intercepted).serve()
