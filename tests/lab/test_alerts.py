"""The sink for alerts, beside the faulty path."""

import asyncio
import json

import pytest

from crm_contracts.faults.down import Down
from tests.lab.caller import Caller, in_loop
from tests.lab.labs import opened, running


async def send(url: str, body: bytes, line: str = "POST {path} HTTP/1.1") -> bytes:
    host, _, path = url.removeprefix("http://").partition("/")
    name, port = host.split(":")
    caller = Caller(*await asyncio.open_connection(name, int(port)))
    head = f"{line.format(path='/' + path)}\r\nHost: lab\r\nContent-Length: {len(body)}\r\n\r\n"
    caller.send(head.encode() + body)
    answer = await caller.answer()
    caller.close()
    return answer


@in_loop
async def test_alerts_arrive_while_the_crm_is_away() -> None:
    """The sink is not behind the engine; an alert is no exchange."""
    async with running("embedded") as run:
        await run.switch_on(Down())
        assert (await send(run.endpoint.alert_url, b'{"text": "CRM fails"}')).startswith(b"HTTP/1.1 204 ")
        seen = run.observed()
        assert [json.loads(alert.text) for alert in seen.alerts] == [{"text": "CRM fails"}]
        assert (seen.exchanges, seen.connections) == ((), ())


@in_loop
async def test_each_run_has_its_own_alerts() -> None:
    """An alert goes to the run whose address it was sent to, and to nobody once that run is closed."""
    async with opened() as lab:
        one, two = await lab.open(), await lab.open()
        await send(one.endpoint.alert_url, b"one")
        assert ([alert.text for alert in one.observed().alerts], two.observed().alerts) == (["one"], ())
        await one.close()
        assert (await send(one.endpoint.alert_url, b"late")).startswith(b"HTTP/1.1 404 ")


@in_loop
async def test_secrets_in_alerts_are_hidden() -> None:
    """What is recorded of an alert has names instead of secrets."""
    async with running("embedded") as run:
        secret = run.endpoint.tenants[0].client_secret or run.secrets.name("a-very-secret-word", "token")
        run.secrets.name(secret, "client_secret")
        await send(run.endpoint.alert_url, f"refused: {secret}".encode())
        assert secret not in run.observed().alerts[0].text


@pytest.mark.parametrize("line", ["GET {path}?text=hello HTTP/1.1", "POST {path} HTTP/1.1"])
@in_loop
async def test_an_alert_may_be_a_get(line: str) -> None:
    """Webhooks that only know GET carry their text in the query."""
    async with running("embedded") as run:
        await send(run.endpoint.alert_url, b"" if "GET" in line else b"text=hello", line)
        assert run.observed().alerts[0].text == "text=hello"


@in_loop
async def test_what_is_no_http_is_refused() -> None:
    """The sink answers 400 and records nothing."""
    async with running("embedded") as run:
        assert (await send(run.endpoint.alert_url, b"", "POST {path} HTTP/9")).startswith(b"HTTP/1.1 400 ")
        assert run.observed().alerts == ()
