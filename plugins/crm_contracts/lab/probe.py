"""Our own probe: a connection through the engine that finds out whether a toxic is really there.

It speaks a line of its own, so that one byte tells it from HTTP, and the gateway records nothing of it. It never waits
longer than `BOUND`: for a toxic that delays by 10 s it is enough that nothing came by then.
"""

import asyncio
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from crm_contracts.model.toxic import ToxicSpec

BOUND = 0.06
"""Seconds after which a probe that has no answer has met the toxic."""
BUDGET = 0.3
"""Seconds that all probes of one toxic may take together."""
MOST_BYTES = 16 * 1024 * 1024
GREETING = b"~crm-probe "

_LINE = 64
_NOTICEABLE = 0.03
_LOOK = 0.02


@dataclass(slots=True, kw_only=True, eq=False)
class Trip:
    """One probe, as both of its ends saw it; they are in one process and share this."""

    send: int = _LINE
    ask: int = _LINE
    began: float = 0.0
    refused: bool = False
    arrived: int = 0
    arrivals: int = 0
    returned: int = 0
    returns: int = 0
    whole: float | None = None
    closed_here: float | None = None
    closed_there: float | None = None

    @property
    def seconds(self) -> float:
        """How long the whole answer took; infinite if it did not come."""
        return math.inf if self.whole is None else self.whole - self.began


class Probes:
    """The gateway's side: which connections are probes', so that they are recorded nowhere."""

    def __init__(self) -> None:
        self._trips: dict[int, Trip] = {}
        self._numbers = 0
        self._owed = 0
        self._until = 0.0

    def begin(self, trip: Trip) -> int:
        """A probe sets out; returns its number."""
        self._numbers += 1
        self._owed += 1
        self._trips[self._numbers] = trip
        return self._numbers

    def end(self, number: int) -> None:
        """A probe is over, though its connection may reach the gateway a moment later."""
        trip = self._trips.pop(number)
        if trip.refused:
            self._settle()
        self._until = time.monotonic() + BOUND

    @property
    def expected(self) -> bool:
        """Whether a connection that is being accepted could be a probe's."""
        return self._owed > 0 and (bool(self._trips) or time.monotonic() < self._until)

    def swallow(self) -> bool:
        """Tell whether a connection that never said anything is to be taken for a probe's: as many as are owed."""
        return self._settle()

    def reached(self, line: bytes) -> Trip | None:
        """A probe has said its line; returns the trip that it belongs to, if that is not over."""
        self._settle()
        number = line[len(GREETING) :].split(b" ")[0]
        return self._trips.get(int(number)) if number.isdigit() else None

    def _settle(self) -> bool:
        owed = self._owed > 0
        self._owed -= owed
        return owed


class Reception:
    """What the gateway does with a probe's bytes: count them, and answer when all are there."""

    __slots__ = ("_probes", "_transport", "_trip", "_waiting")

    def __init__(self, probes: Probes, transport: asyncio.Transport) -> None:
        self._probes = probes
        self._transport = transport
        self._trip: Trip | None = None
        self._waiting = b""

    @staticmethod
    def recognises(data: bytes) -> bool:
        """Whether first bytes are a probe's, also where a toxic lets only a few of them through."""
        return data.startswith(GREETING) or GREETING.startswith(data)

    def receive(self, data: bytes) -> None:
        """Take the probe's bytes."""
        if self._trip is None:
            self._waiting += data
            if len(self._waiting) < _LINE:
                return
            self._trip = self._probes.reached(self._waiting)
            data = self._waiting
        trip = self._trip
        if trip is None:
            return
        trip.arrived += len(data)
        trip.arrivals += 1
        if trip.arrived >= trip.send:
            self._transport.write(b"~" * trip.ask)
            self._transport.write_eof()

    def closed(self) -> None:
        """The probe's connection has ended here."""
        if self._trip is not None:
            self._trip.closed_there = time.monotonic()


class _Traveller(asyncio.Protocol):
    def __init__(self, trip: Trip, number: int) -> None:
        self._trip = trip
        self._number = number
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        line = GREETING + f"{self._number} ".encode()
        self._trip.began = time.monotonic()
        transport.write(line.ljust(self._trip.send, b"."))

    def data_received(self, data: bytes) -> None:
        self._trip.returned += len(data)
        self._trip.returns += 1
        if self._trip.returned >= self._trip.ask and self._trip.whole is None:
            self._trip.whole = time.monotonic()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the protocol's signature
        self._trip.closed_here = time.monotonic()
        if not self.over.done():
            self.over.set_result(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What a probe sends and asks for, and how its trip shows the toxic."""

    met: Callable[[Trip], bool]
    send: int = _LINE
    ask: int = _LINE


async def meets(address: tuple[str, int], toxic: ToxicSpec, probes: Probes) -> bool:
    """Tell whether a probe meets a toxic; with a toxicity below 1 several probes try within `BUDGET`."""
    plan = _plan(toxic)
    until = time.monotonic() + BUDGET
    for _ in range(_tries(toxic)):
        if plan.met(await _travel(address, Trip(send=plan.send, ask=plan.ask), probes)):
            return True
        if time.monotonic() > until:
            break
    return False


async def is_refused(address: tuple[str, int], probes: Probes) -> bool:
    """Tell whether nobody accepts connections at an address, or whoever does hangs up without a word."""
    trip = await _travel(address, Trip(), probes)
    return trip.refused or trip.returned == 0


def _tries(toxic: ToxicSpec) -> int:
    if toxic.toxicity < 1:
        return 60 if toxic.toxicity > 0 else 1
    # Jitter may take the delay away, the kernel may put slices together again, and where the machine is so busy that the
    # answer comes at the end of our bound, nothing is left of it to see a slow close in.
    return 3 if toxic.type in {"slicer", "slow_close"} or toxic.attributes.get("jitter") else 1


async def _travel(address: tuple[str, int], trip: Trip, probes: Probes) -> Trip:
    loop = asyncio.get_running_loop()
    number = probes.begin(trip)
    transport = None
    try:
        async with asyncio.timeout(BOUND):
            transport, traveller = await loop.create_connection(lambda: _Traveller(trip, number), *address)
            await traveller.over
    except TimeoutError:
        pass
    except OSError:
        trip.refused = transport is None
    finally:
        await _leave(transport, trip)
        probes.end(number)
    return trip


async def _leave(transport: asyncio.Transport | None, trip: Trip) -> None:
    """Hang up, and give the gateway's end a moment to see it: a slow close upstream shows only there."""
    if transport is not None:
        transport.abort()
    if trip.arrived and trip.closed_there is None:
        await asyncio.sleep(_LOOK)


def _plan(toxic: ToxicSpec) -> _Plan:
    return _PLANS.get(toxic.type, _unanswered)(toxic)


def _unanswered(_toxic: ToxicSpec) -> _Plan:
    return _Plan(met=lambda trip: trip.whole is None)


def _latency(toxic: ToxicSpec) -> _Plan:
    delay, jitter = toxic.attributes.get("latency", 0), toxic.attributes.get("jitter", 0)
    least = max(delay - jitter, delay / 4) * 0.8 / 1000
    return _Plan(met=lambda trip: trip.seconds >= least)


def _bandwidth(toxic: ToxicSpec) -> _Plan:
    size = int(min(max(toxic.attributes.get("rate", 0) * 1000 * 2 * _NOTICEABLE, 4 * _LINE), MOST_BYTES))
    return _sized(toxic, size, lambda trip: trip.seconds >= _NOTICEABLE)


def _limit_data(toxic: ToxicSpec) -> _Plan:
    size = min(toxic.attributes.get("bytes", 0) + _LINE, MOST_BYTES)
    return _sized(toxic, size, lambda trip: trip.whole is None)


def _slicer(toxic: ToxicSpec) -> _Plan:
    size = min(max(toxic.attributes.get("average_size", 0) * 16, 16 * _LINE), 256 * 1024)
    upstream = toxic.stream == "upstream"
    return _sized(
        toxic, size, lambda trip: trip.whole is None or (trip.arrivals if upstream else trip.returns) > 1
    )


def _slow_close(toxic: ToxicSpec) -> _Plan:
    least = toxic.attributes.get("delay", 0) * 0.8 / 1000
    if toxic.stream == "upstream":
        return _Plan(met=lambda trip: _after(trip.closed_there, trip.closed_here) >= min(least, 0.005))
    return _Plan(met=lambda trip: _after(trip.closed_here, trip.whole) >= min(least, BOUND / 2))


def _sized(toxic: ToxicSpec, size: int, met: Callable[[Trip], bool]) -> _Plan:
    size = max(size, _LINE)
    return _Plan(met=met, send=size) if toxic.stream == "upstream" else _Plan(met=met, ask=size)


def _after(later: float | None, earlier: float | None) -> float:
    return math.inf if later is None else later - (earlier or 0.0)


_PLANS: dict[str, Callable[[ToxicSpec], _Plan]] = {
    "latency": _latency,
    "bandwidth": _bandwidth,
    "limit_data": _limit_data,
    "slicer": _slicer,
    "slow_close": _slow_close,
}
