"""Faults in a run: on, met, off again, on both engines and on real sockets."""

import asyncio
import time

import pytest

from crm_contracts.faults.bandwidth import Bandwidth
from crm_contracts.faults.down import Down
from crm_contracts.faults.latency import Latency
from crm_contracts.faults.limit_data import LimitData
from crm_contracts.faults.reset_peer import ResetPeer
from crm_contracts.faults.slicer import Slicer
from crm_contracts.faults.slow_close import SlowClose
from crm_contracts.faults.status import Status
from crm_contracts.faults.timeout import Timeout
from crm_contracts.faults.token_lifetime import TokenLifetime
from crm_contracts.lab import LabRun
from crm_contracts.model.fault import Place, Toxic
from crm_contracts.model.span import Span
from crm_contracts.model.toxic import ToxicSpec
from tests.lab.caller import WITHIN, Caller, in_loop, request, until
from tests.lab.faults import Noxious
from tests.lab.labs import ENGINES, run_of, running

HOUR = Span(3600.0)


def each_way(make: type, **settings: object) -> list[Toxic]:
    return [make(stream=stream, **settings) for stream in ("upstream", "downstream")]


TOXICS: list[Toxic] = [
    *each_way(Latency, latency=Span(10.0)),
    *each_way(Latency, latency=Span(0.05)),
    *each_way(Timeout, timeout=Span(0.0)),
    *each_way(Timeout, timeout=HOUR),
    *each_way(ResetPeer),
    *each_way(LimitData, bytes=5),
    *each_way(LimitData, bytes=100_000),
    *each_way(Bandwidth, rate=1),
    *each_way(Bandwidth, rate=1000),
    *each_way(SlowClose, delay=Span(10.0)),
    *each_way(Slicer, average_size=16, delay=Span(0.0001)),
    Down(),
]


async def connect(run: LabRun) -> Caller:
    host, port = run.endpoint.base_url.removeprefix("http://").partition("/")[0].split(":")
    return Caller(*await asyncio.open_connection(host, int(port)))


async def answered(run: LabRun) -> bytes:
    """One request on a new connection; what came back, or nothing where there was no answer."""
    try:
        caller = await connect(run)
    except OSError:
        return b""
    try:
        caller.send(request())
        return await caller.answer()
    except OSError:
        return b""
    finally:
        caller.close()


@pytest.mark.parametrize("toxic", TOXICS, ids=lambda toxic: f"{toxic.fault}-{toxic.stream}")
@pytest.mark.parametrize("engine", ENGINES)
@in_loop
async def test_a_toxic_is_met_goes_off_at_once_and_leaves_no_trace_of_the_probe(
    engine: str, toxic: Toxic
) -> None:
    """The probe meets it within fractions of a second, nothing of the probe is recorded, and afterwards all is well."""
    async with running(engine) as run:
        began = time.monotonic()
        active = await run.switch_on(toxic)
        window = await run.switch_off(active)
        assert time.monotonic() - began < 5.0
        assert (window.fired, window.why, window.place) == (True, "", "toxic")
        assert window.started <= window.ended
        assert (await answered(run)).startswith(b"HTTP/1.1 200 ")
        await until(lambda: run.open_connections() == 0)
        seen = run.observed()
        assert (len(seen.connections), len(seen.exchanges), seen.trouble) == (1, 1, None)


@pytest.mark.parametrize("engine", ENGINES)
@in_loop
async def test_a_toxic_that_is_not_there_is_not_met(engine: str) -> None:
    """A toxic without any effect did not fire, and the reason is told."""
    async with running(engine) as run:
        spec = ToxicSpec(name="none", type="latency", toxicity=0.0, attributes={"latency": 1000})
        window = await run.switch_off(await run.switch_on(Noxious(specs=(spec,))))
        assert not window.fired
        assert window.why


@pytest.mark.parametrize("engine", ENGINES)
@in_loop
async def test_a_share_of_connections_is_met_by_one_of_several_probes(engine: str) -> None:
    """With a toxicity of one half, some probe meets it."""
    async with running(engine) as run:
        active = await run.switch_on(ResetPeer(toxicity=0.5))
        assert active.met


@pytest.mark.parametrize("engine", ENGINES)
@in_loop
async def test_attempts_under_a_toxic_are_told_from_probes(engine: str) -> None:
    """Under an upstream black hole the gateway sees the caller's connections alone, each without an exchange."""
    async with running(engine) as run:
        active = await run.switch_on(Timeout(stream="upstream"))
        callers = [await connect(run) for _ in range(3)]
        for caller in callers:
            caller.send(request())
        await until(lambda: run.open_connections() >= 3)
        for caller in callers:
            caller.close()
        await until(lambda: run.open_connections() == 0)
        await run.switch_off(active)
        seen = run.observed()
        assert [line.exchanges for line in seen.connections] == [0, 0, 0]
        assert all(active.started <= line.accepted for line in seen.connections)


@pytest.mark.parametrize("engine", ENGINES)
@in_loop
async def test_a_fresh_pool_meets_the_toxic_on_new_connections(engine: str) -> None:
    """`fresh` closes idle connections first, `kept` leaves them."""
    async with running(engine) as run:
        kept, fresh = Noxious(specs=(), pool="kept"), Noxious(specs=(), pool="fresh")
        latency = ToxicSpec(name="slow", type="latency", attributes={"latency": 1})
        caller = await connect(run)
        caller.send(request())
        await caller.answer()
        await run.switch_off(await run.switch_on(Noxious(specs=(latency,), pool=kept.pool)))
        caller.send(request())
        assert b" 200 " in await caller.answer()
        await run.switch_off(await run.switch_on(Noxious(specs=(latency,), pool=fresh.pool)))
        assert await caller.rest() == b""
        caller.close()
        assert [line.closed_by for line in run.observed().connections] == ["gateway"]


@pytest.mark.parametrize("engine", ENGINES)
@in_loop
async def test_undo_frees_a_caller_that_waits(engine: str) -> None:
    """An answer that a long latency holds back comes, or its connection ends, as soon as the toxic is off."""
    async with running(engine) as run:
        active = await run.switch_on(Latency(latency=HOUR))
        caller = await connect(run)
        caller.send(request())
        await until(lambda: run.count("exchanges"))
        began = time.monotonic()
        window = await run.switch_off(active)
        assert time.monotonic() - began < 5.0
        async with asyncio.timeout(WITHIN):
            await caller.reader.read(1)
        caller.close()
        assert window.touched == 1
        assert run.observed().exchanges[0].faults == ("latency",)


@pytest.mark.parametrize("engine", ENGINES)
@in_loop
async def test_several_faults_are_on_at_once_and_go_off_in_any_order(engine: str) -> None:
    """The same toxic twice, a reply and a token rule; afterwards nothing is left."""
    async with running(engine) as run:
        slow = Latency(latency=Span(0.02))
        faults = (slow, slow, Status(code=503), TokenLifetime(to=Span(3600.0)))
        first, second, reply, rule = [await run.switch_on(fault) for fault in faults]
        assert (await answered(run)).startswith(b"HTTP/1.1 503 ")
        windows = [await run.switch_off(active) for active in (first, reply, second, rule)]
        assert [window.fault for window in windows] == ["latency", "status", "latency", "token_lifetime"]
        assert [window.fired for window in windows] == [True, True, True, False]
        assert windows[3].terms is not None
        assert windows[3].why
        assert (await answered(run)).startswith(b"HTTP/1.1 200 ")


@in_loop
async def test_a_reply_that_nobody_met_did_not_fire() -> None:
    """The window says so, and why."""
    async with running("embedded") as run:
        window = await run.switch_off(await run.switch_on(Status(code=503)))
        assert (window.fired, window.touched, window.place) == (False, 0, "reply")
        assert window.why


@in_loop
async def test_a_fault_of_the_endpoint_cannot_come_on_in_a_run() -> None:
    """It is part of what the caller is given before it starts."""

    class Elsewhere(Noxious):
        place = Place.ENDPOINT

    async with running("embedded") as run:
        with pytest.raises(ValueError, match="noxious"):
            await run.switch_on(Elsewhere())


@pytest.mark.toxiproxy
@in_loop
async def test_a_toxiproxy_that_dies_is_trouble_and_the_next_run_has_a_new_one() -> None:
    """The run is told to be unknown; switching its faults on and off never raises; the next run works."""
    async with running("toxiproxy") as run:
        lab = run_of(run)
        active = await run.switch_on(Latency(latency=Span(0.01)))
        lab.kill_engine()
        await until(lambda: not lab.lab.engine.alive)
        window = await run.switch_off(active)
        assert window.fault == "latency"
        assert not (await run.switch_on(Latency(latency=Span(0.01)))).met
        assert "toxiproxy" in (run.observed().trouble or "").lower()
        again = await lab.open()
        assert (await answered(again)).startswith(b"HTTP/1.1 200 ")
        assert again.observed().trouble is None
        assert run.observed().trouble


@in_loop
async def test_counts_tell_what_a_step_may_wait_for() -> None:
    """Exchanges and token requests are counted as they come."""
    async with running("embedded") as run:
        assert (run.count("exchanges"), run.count("token requests")) == (0, 0)
        await answered(run)
        assert run.count("exchanges") == 1
