"""The lab: runs side by side that share nothing, and nothing that stays behind."""

import asyncio
import json
import os
import socket
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from crm_contracts.contracts import load_contract
from crm_contracts.faults.status import Status
from crm_contracts.lab import Lab, LabError, LabRun, LabSettings
from crm_contracts.model.contract import AuthPolicy
from crm_contracts.model.scenario import SimulatorChoice
from tests.lab.caller import Caller, in_loop, post, request
from tests.lab.labs import ENGINES, opened, plan, running, with_auth

ACME = Path(__file__).parents[2] / "contracts/acme-crm"


async def asked(run: LabRun, sent: bytes) -> bytes:
    host, port = run.endpoint.base_url.removeprefix("http://").partition("/")[0].rsplit(":", 1)
    caller = Caller(*await asyncio.open_connection(host.strip("[]"), int(port)))
    caller.send(sent)
    answer = await caller.answer()
    caller.close()
    return answer


@pytest.mark.parametrize("engine", ENGINES)
@in_loop
async def test_a_run_has_a_crm_of_its_own_and_leaves_nothing(engine: str) -> None:
    """Through the engine to the simulator and back; afterwards no port, connection or process is left."""
    me = psutil.Process()
    before = {(found.laddr, found.raddr) for found in me.net_connections() if found.status != "TIME_WAIT"}
    children = me.children()
    async with opened(engine) as lab:
        run = await lab.open(plan(load_contract(ACME)))
        token = run.endpoint.tenants[0].access_token
        received = await asked(
            run, request(target="/crm/2026-03/orders/O-1001", Authorization=f"Bearer {token}")
        )
        assert received.startswith(b"HTTP/1.1 200 OK\r\n")
        assert json.loads(received.partition(b"\r\n\r\n")[2])["id"] == "O-1001"
        assert run.endpoint.base_url.endswith("/crm/2026-03")
        assert run.endpoint.token_url.endswith("/oauth/token")
        (exchange,) = run.observed().exchanges
        assert (exchange.operation, exchange.violations) == ("getOrder", ())
        await run.close()
        await run.close()
    await asyncio.sleep(0.05)
    left = {
        (found.laddr, found.raddr)
        for found in me.net_connections()
        if found.status not in {"TIME_WAIT", "NONE"}
    }
    assert left <= before
    assert not [
        child
        for child in me.children()
        if child not in children and child.status() != psutil.STATUS_ZOMBIE and "toxiproxy" in child.name()
    ]


@in_loop
async def test_a_write_stands_in_the_ledger_with_its_exchange() -> None:
    """What the CRM accepted is told with marker, key and exchange."""
    async with running("embedded", plan(load_contract(ACME))) as run:
        token, marker = run.endpoint.tenants[0].access_token, "crmu-0123456789ab"
        body = json.dumps({"subject": f"printer on fire {marker}"}).encode()
        sent = post(body, Authorization=f"Bearer {token}", Idempotency_Key="key-0001").replace(
            b"/crm/orders", b"/crm/2026-03/tickets"
        )
        assert (await asked(run, sent)).startswith(b"HTTP/1.1 201 ")
        seen = run.observed()
        (entry,), (exchange,) = seen.ledger, seen.exchanges
        assert (entry.exchange, entry.markers, entry.idempotency_key) == (exchange.id, (marker,), "key-0001")
        assert exchange.markers == (marker,)
        assert (exchange.idempotency_key, exchange.processed) == ("key-0001", True)
        assert exchange.ended is not None
        assert exchange.started <= entry.at <= exchange.ended


@in_loop
async def test_runs_share_no_port_secret_or_fault() -> None:
    """Two runs of one plan: other ports, other secrets, and a fault of one is none of the other's."""
    async with opened() as lab:
        one, two = (
            await lab.open(plan(with_auth(AuthPolicy()))),
            await lab.open(plan(with_auth(AuthPolicy()))),
        )
        assert one.endpoint.base_url != two.endpoint.base_url
        assert one.endpoint.alert_url != two.endpoint.alert_url
        secrets = [{t.client_secret for t in run.endpoint.tenants} for run in (one, two)]
        assert not secrets[0] & secrets[1]
        await one.switch_on(Status(code=503))
        stray = request(Authorization=f"Bearer {one.endpoint.tenants[0].access_token}")
        assert (await asked(two, stray)).startswith(b"HTTP/1.1 401 ")
        assert two.observed().exchanges[0].stray
        assert one.observed().exchanges == ()


@pytest.mark.parametrize("engine", ENGINES)
@in_loop
async def test_a_declared_port_is_used(engine: str) -> None:
    """The caller's side listens exactly where it was told to."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    async with opened(engine) as lab:
        run = await lab.open(listen=("127.0.0.1", port))
        assert f":{port}/" in run.endpoint.base_url
        assert (await asked(run, request())).startswith(b"HTTP/1.1 ")


@pytest.mark.parametrize("engine", ENGINES)
@in_loop
async def test_a_declared_port_that_is_taken_is_told_with_its_holder(engine: str) -> None:
    """The error names address, program and process; the lab goes on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        async with opened(engine) as lab:
            with pytest.raises(LabError) as caught:
                await lab.open(listen=("127.0.0.1", port))
            assert f"127.0.0.1:{port}" in str(caught.value)
            assert f"(pid {os.getpid()})" in str(caught.value)
            await lab.open()


@in_loop
async def test_an_engine_that_cannot_be_had_is_an_error_for_users(tmp_path: Path) -> None:
    """A sentence, no traceback of ours."""
    settings = LabSettings(engine="toxiproxy", toxiproxy_binary=tmp_path / "nothing")
    with pytest.raises(LabError):
        await Lab.start(settings, lambda _pid: None)


@in_loop
async def test_without_a_choice_there_is_always_an_engine() -> None:
    """Toxiproxy where it is installed, else our own, and the reason is told."""
    lab = await Lab.start(LabSettings(), lambda _pid: None)
    assert lab.engine.name in {"toxiproxy", "embedded"}
    assert lab.engine.why
    await lab.close()
    await lab.close()


@in_loop
async def test_runs_with_one_seed_are_alike() -> None:
    """The same plan in two labs gets the same credentials and the same answers."""
    answers = []
    for _ in range(2):
        async with running("embedded", plan(load_contract(ACME), seed=7)) as run:
            token = run.endpoint.tenants[0].access_token
            sent = request(target="/crm/2026-03/contacts?limit=2", Authorization=f"Bearer {token}")
            answers.append((token, (await asked(run, sent)).partition(b"\r\n\r\n")[2]))
    assert answers[0] == answers[1]


@in_loop
async def test_the_crm_speaks_the_strictness_of_the_scenario() -> None:
    """The old parser crashes on a trailing comma and its front answers 500 (incident B); the log shows no write."""
    made = plan(load_contract(ACME))
    strict = replace(made.scenario, simulator=SimulatorChoice(strictness="strict-crash"))
    async with running("embedded", replace(made, scenario=strict)) as run:
        token = run.endpoint.tenants[0].access_token
        sent = post(b'{"subject": "printer",}', Authorization=f"Bearer {token}")
        received = await asked(run, sent.replace(b"/crm/orders", b"/crm/2026-03/tickets"))
        assert received.startswith(b"HTTP/1.1 500 ")
        assert b"upstream prematurely closed connection" in received
        seen = run.observed()
        assert seen.ledger == ()
        assert [violation.rule for violation in seen.exchanges[0].violations] == ["json.trailing_comma"]
