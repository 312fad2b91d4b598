"""HTTPS of a lab on real sockets: good certificates, bad ones, and handshakes that never end."""

import asyncio
import os
import ssl
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crm_contracts.faults.certificate import Certificate
from crm_contracts.faults.latency import Latency
from crm_contracts.faults.reset_peer import ResetPeer
from crm_contracts.faults.tls_handshake_hangs import TlsHandshakeHangs
from crm_contracts.lab import LabRun
from crm_contracts.lab.tls.authority import PASSWORD
from crm_contracts.model.run import Run
from crm_contracts.model.span import Span
from tests.lab.caller import in_loop, until
from tests.lab.labs import ENGINES, opened, plan, running
from tests.lab.tls import callers

PROBLEMS = {
    "expired": "expired",
    "not_yet_valid": "not yet valid",
    "wrong_host": "IP address mismatch",
    "unknown_issuer": "unable to get local issuer certificate",
}


def secure() -> Run:
    """A run whose consumer wants HTTPS."""
    run = plan()
    return replace(run, consumer=replace(run.consumer, https=True))


async def program(run: LabRun, *words: str) -> str:
    """What a program prints that has the endpoint in its environment."""
    environment = {**os.environ, **run.endpoint.environment()}
    process = await asyncio.create_subprocess_exec(
        *words, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    said, _ = await process.communicate()
    return said.decode().strip()


@pytest.mark.parametrize("engine", ENGINES)
@in_loop
async def test_a_lab_speaks_https_and_its_authority_is_handed_over(engine: str) -> None:
    """httpx and requests take the certificate, and the exchange is recorded as over plain HTTP."""
    async with running(engine, secure()) as run:
        assert run.endpoint.base_url.startswith("https://127.0.0.1:")
        assert run.endpoint.token_url.startswith("https://")
        assert await asyncio.to_thread(callers.with_httpx, run.endpoint) == "200"
        assert await asyncio.to_thread(callers.with_requests, run.endpoint) == "200"
        seen = run.observed()
        assert [exchange.operation for exchange in seen.exchanges] == ["getOrder", "getOrder"]
        assert all(
            one.handshake and one.handshake.done and not one.handshake.alert for one in seen.connections
        )


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("engine", ENGINES)
@in_loop
async def test_a_bad_certificate_is_refused_and_goes_away_again(engine: str, problem: str) -> None:
    """Each library names what is wrong; the CRM's side has the connection, the caller's word, and no exchange."""
    async with running(engine, secure()) as run:
        active = await run.switch_on(Certificate(problem=problem))  # type: ignore[arg-type]
        assert PROBLEMS[problem] in await asyncio.to_thread(callers.with_httpx, run.endpoint)
        assert PROBLEMS[problem] in await asyncio.to_thread(callers.with_requests, run.endpoint)
        window = await run.switch_off(active)
        assert (window.fired, window.touched, window.place) == (True, 2, "endpoint fault")
        shaken = [one.handshake for one in run.observed().connections]
        assert [one and (one.certificate, one.done) for one in shaken] == [(problem, None)] * 2
        await until(lambda: all(one.handshake and one.handshake.alert for one in run.observed().connections))
        assert not run.observed().exchanges
        assert await asyncio.to_thread(callers.with_httpx, run.endpoint) == "200"


@in_loop
async def test_whoever_verifies_nothing_is_seen_to() -> None:
    """Its request came over a connection whose certificate was wrong."""
    async with running("embedded", secure()) as run:
        active = await run.switch_on(Certificate(problem="expired"))
        assert await asyncio.to_thread(callers.with_httpx, run.endpoint, verify=False) == "200"
        await run.switch_off(active)
        seen = run.observed()
        (connection,) = seen.connections
        assert connection.handshake is not None
        assert (connection.handshake.certificate, connection.exchanges) == ("expired", 1)
        assert connection.handshake.done is not None


@pytest.mark.parametrize("engine", ENGINES)
@in_loop
async def test_a_handshake_that_hangs_is_closed_when_the_fault_goes_off(engine: str) -> None:
    """Nothing comes meanwhile; afterwards the caller is told by the end of its connection."""
    async with running(engine, secure()) as run:
        active = await run.switch_on(TlsHandshakeHangs())
        shaking = asyncio.create_task(asyncio.to_thread(callers.with_a_socket, run.endpoint))
        done, _ = await asyncio.wait([shaking], timeout=0.3)
        assert not done
        window = await run.switch_off(active)
        assert window.fired
        with pytest.raises((ssl.SSLError, OSError)):
            await shaking
        (await asyncio.to_thread(callers.with_a_socket, run.endpoint)).close()


@in_loop
async def test_a_fault_of_tls_closes_idle_connections_and_no_session_is_resumed() -> None:
    """A caller that keeps connections and sessions meets the certificate as everybody does."""
    async with running("embedded", secure()) as run:
        kept = await asyncio.to_thread(callers.with_a_socket, run.endpoint)
        assert kept.session is None or not kept.session.has_ticket
        active = await run.switch_on(Certificate(problem="expired"))
        assert await asyncio.to_thread(kept.recv, 1) == b""
        kept.close()
        assert not (await run.switch_off(active)).fired


@in_loop
async def test_whoever_speaks_plain_http_to_it_is_hung_up_on() -> None:
    """The record says why."""
    async with running("embedded", secure()) as run:
        address = urlsplit(run.endpoint.base_url)
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        assert await reader.read() == b""
        writer.close()
        (connection,) = run.observed().connections
        assert connection.handshake is not None
        assert connection.handshake.alert == "plain HTTP"


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("toxic", [Latency(latency=Span(0.05)), ResetPeer()], ids=lambda toxic: toxic.fault)
@in_loop
async def test_our_own_probe_meets_toxics_before_tls(engine: str, toxic: Latency | ResetPeer) -> None:
    """Toxiproxy stays TCP in between, and the probe is recorded nowhere."""
    async with running(engine, secure()) as run:
        active = await run.switch_on(toxic)
        assert active.met, active.why
        await run.switch_off(active)
        assert not run.observed().connections


@in_loop
async def test_a_large_answer_comes_whole() -> None:
    """More than a record of TLS, both ways."""
    async with running("embedded", secure()) as run:
        with await asyncio.to_thread(callers.with_a_socket, run.endpoint) as caller:
            head = b"POST /crm/orders HTTP/1.1\r\nHost: crm\r\nContent-Type: application/json\r\nContent-Length: 300012\r\n\r\n"
            await asyncio.to_thread(caller.sendall, head + b'{"id": "' + b"x" * 300_000 + b'"' + b"}  ")
            assert (await asyncio.to_thread(caller.recv, 12)).startswith(b"HTTP/1.1 20")
        await until(lambda: all(exchange.complete for exchange in run.observed().exchanges))
        assert run.observed().exchanges[0].body.length == 300_012


@pytest.mark.skipif(callers.NODE is None, reason="no node on this machine")
@pytest.mark.parametrize(
    "problem, word", [("expired", "CERT_HAS_EXPIRED"), ("wrong_host", "ERR_TLS_CERT_ALTNAME_INVALID")]
)
@in_loop
async def test_node_takes_the_authority_and_refuses_a_bad_certificate(problem: str, word: str) -> None:
    """By NODE_EXTRA_CA_CERTS; Node looks at the certificate when the handshake is done, and sends no request."""
    async with running("embedded", secure()) as run:
        assert await program(run, str(callers.NODE), "-e", callers.FETCH) == "200"
        active = await run.switch_on(Certificate(problem=problem))  # type: ignore[arg-type]
        assert await program(run, str(callers.NODE), "-e", callers.FETCH) == word
        assert (await run.switch_off(active)).fired
        assert len(run.observed().exchanges) == 1


@pytest.mark.slow
@pytest.mark.skipif(callers.JAVA is None, reason="no java on this machine")
@in_loop
async def test_the_jvm_takes_the_trust_store(tmp_path: Path) -> None:
    """By two properties, as the how-to says."""
    async with running("embedded", secure()) as run:
        store = f"-Djavax.net.ssl.trustStore={run.endpoint.truststore}"
        words = (str(callers.JAVA), store, f"-Djavax.net.ssl.trustStorePassword={PASSWORD}")
        source = str(callers.java_program(tmp_path))
        assert await program(run, *words, source) == "200"
        active = await run.switch_on(Certificate(problem="expired"))
        assert (await program(run, *words, source)).startswith("refused")
        assert (await run.switch_off(active)).fired
        assert len(run.observed().exchanges) == 1


@in_loop
async def test_the_authority_is_made_once_a_lab_and_removed_with_it() -> None:
    """Runs share it, plain ones have none, and afterwards nothing of it lies on the disk."""
    async with opened() as lab:
        plain, one, other = [await lab.open(run) for run in (plan(), secure(), secure())]
        assert plain.endpoint.ca_file == ""
        assert one.endpoint.ca_file == other.endpoint.ca_file
        file = Path(one.endpoint.ca_file)
        assert "PRIVATE" not in "".join(path.read_text("latin-1") for path in file.parent.iterdir())
        assert one.endpoint.environment()["CRM_TRUSTSTORE"] == str(file.with_suffix(".p12"))
    assert not file.parent.exists()
