"""The probe tells a toxic from a healthy path, also on a machine that is slow at times."""

import asyncio

import pytest

from crm_contracts.lab import probe
from crm_contracts.lab.probe import Probes, Reception
from crm_contracts.model.toxic import ToxicSpec
from tests.lab.caller import LOOPBACK, Counter, counter, in_loop, request, until

SPECS = [
    ToxicSpec(name="t", type=kind, stream=stream, attributes=attributes)
    for kind, attributes in [
        ("latency", {"latency": 40}),
        ("timeout", {"timeout": 0}),
        ("reset_peer", {}),
        ("limit_data", {"bytes": 100}),
        ("limit_data", {"bytes": 1_000_000}),
        ("bandwidth", {"rate": 10}),
        ("slow_close", {"delay": 1000}),
    ]
    for stream in ("upstream", "downstream")
]


async def often(at: Counter, spec: ToxicSpec) -> bool:
    """Whether a healthy path looks toxic five times in a row, which no hiccup of the machine explains."""
    found = [await probe.meets((LOOPBACK, at.port), spec, at.gateway.probes) for _ in range(5)]
    return all(found)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: f"{spec.type}-{spec.stream}")
@in_loop
async def test_a_healthy_path_meets_nothing(spec: ToxicSpec) -> None:
    """Without the toxic no probe meets it, and nothing of the probes is recorded."""
    async with counter() as at:
        assert not await often(at, spec)
        await until(lambda: not at.gateway.connections)
        assert (at.observed().connections, at.exchanges) == ((), ())


@in_loop
async def test_a_refused_connection_is_met() -> None:
    """Where nobody listens, the path is down; where the gateway answers, it is not."""
    async with counter() as at:
        assert not await probe.is_refused((LOOPBACK, at.port), at.gateway.probes)
        at.server.close()
        assert await probe.is_refused((LOOPBACK, at.port), at.gateway.probes)


@in_loop
async def test_a_callers_connection_during_a_probe_is_recorded() -> None:
    """A caller that speaks while we probe is told from the probe by its first byte."""
    async with counter() as at:
        probing = asyncio.create_task(often(at, SPECS[0]))
        callers = [await at.connect() for _ in range(5)]
        for caller in callers:
            caller.send(request())
            await caller.answer()
            caller.close()
        await probing
        assert [line.exchanges for line in at.observed().connections] == [1] * 5


@pytest.mark.parametrize(
    "first, ours",
    [
        (b"~", True),
        (b"~crm-pro", True),
        (b"~crm-probe 12 ...", True),
        (b"~crm-x", False),
        (b"GET / HTTP/1.1", False),
    ],
)
def test_one_byte_tells_a_probe_from_http(first: bytes, ours: bool) -> None:
    """Also where a toxic lets only the beginning through."""
    assert Reception.recognises(first) is ours


def test_as_many_silent_connections_are_ours_as_probes_were_lost() -> None:
    """One more is the caller's."""
    probes = Probes()
    number = probes.begin(probe.Trip())
    assert probes.expected
    probes.end(number)
    assert probes.swallow()
    assert not probes.swallow()
    assert not probes.expected
