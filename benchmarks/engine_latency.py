# ruff: noqa: INP001 - a script, not a package
"""What an engine adds to a request: p50 of an echo over one open connection, direct and through each engine, in one run.

    python benchmarks/engine_latency.py [seconds]

The three ways take turns, a few dozen requests at a time, so that a noisy machine is noisy for all of them alike.
"""

import asyncio
import json
import socket
import statistics
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from typing import NamedTuple

from crm_contracts import toxiproxy_binary
from crm_contracts.lab.engines import start_engine
from crm_contracts.lab.engines.address import Address
from crm_contracts.lab.engines.choose import Choice

REQUEST = b"q" * 400
ANSWER = b"a" * 1000
TURN = 50


class Figures(NamedTuple):
    """Microseconds. `ratio` is what the embedded engine adds, divided by what Toxiproxy adds; None without Toxiproxy."""

    direct: float
    toxiproxy: float | None
    embedded: float

    @property
    def ratio(self) -> float | None:
        if self.toxiproxy is None:
            return None
        return (self.embedded - self.direct) / (self.toxiproxy - self.direct)


async def measure(seconds: float = 3.0) -> Figures:
    """Measure the three ways side by side for about this long."""
    async with AsyncExitStack() as stack:
        ways = {"direct": _serve(stack)}
        found = toxiproxy_binary.find()
        choices: tuple[Choice, ...] = ("embedded", "toxiproxy") if found else ("embedded",)
        for choice in choices:
            engine = await start_engine(choice, binary=found.path if found else None)
            stack.push_async_callback(engine.close)
            ways[choice] = (await engine.open("bench", ways["direct"])).address
        samples = await asyncio.to_thread(_take_turns, ways, seconds)
    p50 = {way: statistics.median(taken) * 1e6 for way, taken in samples.items()}
    return Figures(direct=p50["direct"], toxiproxy=p50.get("toxiproxy"), embedded=p50["embedded"])


def _take_turns(ways: Mapping[str, Address], seconds: float) -> Mapping[str, Sequence[float]]:
    clients = {way: socket.create_connection(address) for way, address in ways.items()}
    samples: dict[str, list[float]] = {way: [] for way in ways}
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for way, client in clients.items():
            samples[way] += [_ask(client) for _ in range(TURN)]
    for client in clients.values():
        client.close()
    return samples


def _ask(client: socket.socket) -> float:
    start = time.perf_counter()
    client.sendall(REQUEST)
    missing = len(ANSWER)
    while missing:
        missing -= len(client.recv(missing))
    return time.perf_counter() - start


def _serve(stack: AsyncExitStack) -> Address:
    # A thread of its own: the embedded engine must not share its event loop with the upstream here.
    listener = socket.create_server(("127.0.0.1", 0))
    stack.callback(listener.close)
    threading.Thread(target=_accept_all, args=(listener,), daemon=True).start()
    host, port = listener.getsockname()
    return host, port


def _accept_all(listener: socket.socket) -> None:
    try:
        while True:
            connection, _peer = listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=_answer_all, args=(connection,), daemon=True).start()
    except OSError:
        return


def _answer_all(connection: socket.socket) -> None:
    with connection:
        while connection.recv(4096):
            connection.sendall(ANSWER)


def main() -> None:
    """Print the figures as one line of JSON."""
    figures = asyncio.run(measure(float(sys.argv[1]) if len(sys.argv) > 1 else 3.0))
    rounded = {name: value and round(value, 1) for name, value in figures._asdict().items()}
    ratio = figures.ratio and round(figures.ratio, 2)
    sys.stdout.write(json.dumps({"p50_us": rounded, "added_embedded_to_added_toxiproxy": ratio}) + "\n")


if __name__ == "__main__":
    main()
