"""The spare address: a second way to the same CRM, which the faults of the first one do not touch."""

import asyncio
from dataclasses import replace

import pytest

from crm_contracts.faults.down import Down
from crm_contracts.faults.status import Status
from crm_contracts.lab import LabRun
from crm_contracts.model.consumer import HttpDriver
from crm_contracts.model.fault import Fault
from crm_contracts.model.promises import Promises
from crm_contracts.model.run import Run
from tests.lab.caller import Caller, in_loop, post, request
from tests.lab.labs import ENGINES, opened, plan


def _plan(promises: Promises | None = None) -> Run:
    calm = plan()
    return replace(calm, consumer=replace(calm.consumer, promises=promises or Promises(failover_within=1.0)))


async def _asked(url: str, said: bytes = b"") -> bytes:
    host, port = url.removeprefix("http://").partition("/")[0].split(":")
    try:
        caller = Caller(*await asyncio.open_connection(host, int(port)))
    except OSError:
        return b""
    try:
        caller.send(said or request("GET", "/crm/orders"))
        return await caller.answer()
    except OSError:
        return b""
    finally:
        caller.close()


async def _at_both(run: LabRun) -> tuple[bytes, bytes]:
    first, second = await _asked(run.endpoint.base_url), await _asked(run.endpoint.spare_url)
    return first[9:12], second[9:12]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "fault, hurt", [(Down(), b""), (Status(code=503), b"503")], ids=["below HTTP", "an answer"]
)
@in_loop
async def test_faults_hit_the_first_address_only(engine: str, fault: Fault, hurt: bytes) -> None:
    """The spare answers while the first address is away, and both do before and after."""
    async with opened(engine) as at:
        run = await at.open(_plan())
        assert await _at_both(run) == (b"200", b"200")
        active = await run.switch_on(fault)
        assert await _at_both(run) == (hurt, b"200")
        window = await run.switch_off(active)
        assert await _at_both(run) == (b"200", b"200")
        assert window.fired
        assert window.touched == (hurt != b"")
        await run.close()
        assert await _at_both(run) == (b"", b"")


@in_loop
async def test_both_lead_to_one_crm_and_the_record_tells_them_apart() -> None:
    """What is written by one address is read by the other, and each exchange says by which it came."""
    async with opened() as at:
        run = await at.open(_plan())
        body = b'{"name": "crmu-0123456789ab"}'
        for url in (run.endpoint.base_url, run.endpoint.spare_url):
            await _asked(url, post(body))
        seen = run.observed()
        assert [exchange.spare for exchange in seen.exchanges] == [False, True]
        assert [connection.spare for connection in seen.connections] == [False, True]
        assert [entry.markers for entry in seen.ledger] == [("crmu-0123456789ab",)] * 2
        await run.close()


@in_loop
async def test_it_is_opened_for_those_who_promise_to_use_it() -> None:
    """Nobody else has a spare address, nor has a program that runs already and cannot be told of one."""
    async with opened() as at:
        run = await at.open(_plan(Promises()))
        assert run.endpoint.spare_url == ""
        await run.close()
        wanted = _plan()
        running = replace(
            wanted, consumer=replace(wanted.consumer, driver=HttpDriver(attach="http://127.0.0.1:1"))
        )
        run = await at.open(running)
        assert run.endpoint.spare_url == ""
        await run.close()
