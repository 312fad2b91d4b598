"""A real CRM behind the gateway."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from crm_contracts.faults.premature_close import PrematureClose
from crm_contracts.faults.status import Status
from crm_contracts.model.contract import AuthPolicy
from tests.lab.caller import counter, in_loop, post, request, until

TOKEN = (
    b'{"access_token": "real-token-of-a-sandbox", "refresh_token": "real-refresh-token", "expires_in": 1800}'
)


class Sandbox:
    def __init__(self) -> None:
        self.asked: list[bytes] = []
        self.answer = (
            b'HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"id": 7}'
        )
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        lines = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length: ")]
        body = await reader.readexactly(int(lines[0][16:])) if lines else b""
        self.asked.append(head + body)
        writer.write(self.answer)
        writer.close()


@asynccontextmanager
async def sandbox() -> AsyncIterator[Sandbox]:
    made = Sandbox()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield made
    server.close()


@in_loop
async def test_requests_reach_the_real_crm_and_its_answers_the_caller() -> None:
    """Checked and recorded here, answered there; hop-by-hop headers stay behind, credentials get names."""
    async with sandbox() as real, counter(AuthPolicy(), forward=f"{real.url}/api") as at:
        received = await at.ask(
            post(b'{"a": 1,}', Authorization="Bearer of-the-real-crm", Connection="keep-alive")
        )
        (asked,), (exchange,) = real.asked, at.exchanges
        assert asked.startswith(b"POST /api/orders HTTP/1.1\r\nhost: 127.0.0.1:")
        assert b"authorization: Bearer of-the-real-crm" in asked
        assert b"keep-alive" not in asked
        assert asked.endswith(b'{"a": 1,}')
        assert received.startswith(b"HTTP/1.1 201 Created\r\n")
        assert received.endswith(b'{"id": 7}')
        assert [violation.rule for violation in exchange.violations] == ["json.trailing_comma"]
        assert (exchange.status, exchange.processed, exchange.answered) == (201, True, True)
        assert exchange.credential is not None
        assert exchange.credential.state == "valid"
        assert b"of-the-real-crm" not in exchange.head
        assert at.crm.handled == []


@in_loop
async def test_a_chunked_answer_arrives_whole() -> None:
    """Whatever the framing there, here it has a Content-Length."""
    async with sandbox() as real, counter(forward=real.url) as at:
        real.answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
        received = await at.ask(request())
        assert b"Content-Length: 5\r\n" in received
        assert received.endswith(b"\r\n\r\nabcde")
        assert real.asked[0].startswith(b"GET /crm/orders/O-1 ")


@in_loop
async def test_real_tokens_get_names() -> None:
    """The grant is recorded, its tokens by name, and they are hidden wherever they turn up."""
    async with sandbox() as real, counter(AuthPolicy(), forward=real.url) as at:
        real.answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(TOKEN), TOKEN)
        body = b"grant_type=refresh_token&refresh_token=an-older-real-token&client_secret=a-real-secret"
        assert TOKEN in await at.ask(request("POST", "/oauth/token", body))
        await at.ask(request(Authorization="Bearer real-token-of-a-sandbox"))
        seen = at.observed()
        (grant,) = seen.grants
        assert (grant.succeeded, grant.grant_type, grant.says) == (True, "refresh_token", 1800)
        assert grant.delivered is not None
        assert seen.exchanges[1].credential is not None
        assert seen.exchanges[1].credential.name == grant.token
        for secret in (
            "real-token-of-a-sandbox",
            "real-refresh-token",
            "an-older-real-token",
            "a-real-secret",
        ):
            assert secret not in repr(seen)


@in_loop
async def test_replies_strike_before_and_after_the_real_crm() -> None:
    """`after`: it never sees the request; `before`: it did the work, and its answer is lost."""
    async with sandbox() as real, counter(forward=real.url) as at:
        active = at.gateway.replies.switch_on(Status(code=503))
        assert (await at.ask(post())).startswith(b"HTTP/1.1 503 ")
        assert real.asked == []
        at.gateway.replies.switch_off(active)
        at.gateway.replies.switch_on(PrematureClose(processed="before"))
        assert await at.ask(post()) == b""
        assert len(real.asked) == 1
        assert [exchange.processed for exchange in at.exchanges] == [False, True]


@in_loop
async def test_a_real_crm_that_cannot_be_reached_is_the_labs_trouble() -> None:
    """The caller gets 502, the run its trouble: nobody is judged by it."""
    async with sandbox() as real:
        url = real.url
    async with counter(forward=url) as at:
        assert (await at.ask(request())).startswith(b"HTTP/1.1 502 ")
        assert at.observed().trouble


@in_loop
async def test_a_caller_that_leaves_does_not_wait_for_the_real_crm() -> None:
    """The exchange ends when the caller closes."""
    async with sandbox() as real, counter(forward=real.url) as at:
        gate = asyncio.Event()

        async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await gate.wait()
            writer.close()

        real.serve = wait  # type: ignore[method-assign]
        server = await asyncio.start_server(wait, "127.0.0.1", 0)
        at.gateway._staff.forward._port = server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        caller = await at.connect()
        caller.send(request())
        await until(lambda: at.exchanges)
        caller.close()
        await until(lambda: at.exchanges[0].ended)
        assert at.exchanges[0].ended_by == "caller"
        gate.set()
        server.close()
