"""What one connection of a caller leaves in the record, on real sockets."""

import asyncio

import pytest

from crm_contracts.lab import connection as connection_module
from crm_contracts.model.delivery import Delivery, End, Piece
from crm_contracts.model.exchange import Answer
from tests.lab.caller import GET_ORDER, counter, in_loop, post, request, until
from tests.lab.faults import Wired

HALF = b'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{"a"'


@in_loop
async def test_an_exchange_is_recorded_as_it_crossed_the_wire() -> None:
    """Bytes of both directions, the operation, its parameters and the stamps in their order."""
    async with counter() as at:
        sent = request(target="/crm/orders/O%201?after=abc", Traceparent="00-aa-bb-01", Idempotency_Key="k-1")
        received = await at.ask(sent)
        (exchange,) = at.exchanges
        assert exchange.head == sent
        assert exchange.answer_head + exchange.answer.kept == received
        assert (exchange.method, exchange.operation) == ("GET", GET_ORDER.id)
        assert exchange.path_params == {"order_id": "O 1"}
        assert (exchange.cursor, exchange.traceparent, exchange.idempotency_key) == (
            "abc",
            "00-aa-bb-01",
            "k-1",
        )
        assert (exchange.status, exchange.answered, exchange.ended_by) == (200, True, "answer")
        assert (exchange.complete, exchange.readable, exchange.violations) == (True, True, ())
        assert exchange.ended is not None
        assert exchange.started <= exchange.ended
        assert {"date", "content-length", "x-correlation-id"} <= exchange.answer_headers.keys()


@in_loop
async def test_the_end_is_stamped_before_the_last_byte_leaves() -> None:
    """A gap that a caller really kept never measures shorter than it was."""
    async with counter() as at:
        caller = await at.connect()
        for _ in range(5):
            caller.send(request())
            await caller.answer()
            done = asyncio.get_running_loop().time()
            assert (at.exchanges[-1].ended or 0) <= done
            await asyncio.sleep(0.02)
        starts = [exchange.started for exchange in at.exchanges]
        ends = [exchange.ended or 0.0 for exchange in at.exchanges]
        assert all(start - end >= 0.02 for start, end in zip(starts[1:], ends, strict=False))
        caller.close()


@in_loop
async def test_one_connection_serves_many_requests() -> None:
    """Kept alive by default, positions count up, and both ends' closing is told apart."""
    async with counter() as at:
        caller = await at.connect()
        for _ in range(3):
            caller.send(request())
            await caller.answer()
        caller.close()
        await until(lambda: at.observed().connections[0].closed)
        (line,) = at.observed().connections
        assert (line.exchanges, line.closed_by) == (3, "caller")
        assert line.received == 3 * len(request())
        assert [exchange.position for exchange in at.exchanges] == [0, 1, 2]
        assert line.accepted <= (line.first_byte or 0) <= (line.closed or 0)


@in_loop
async def test_who_says_close_is_closed() -> None:
    """`Connection: close` and HTTP/1.0 end the connection after the answer, from our side."""
    async with counter() as at:
        for sent in (
            request(Connection="close"),
            b"GET /crm/orders/1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        ):
            caller = await at.connect()
            caller.send(sent)
            assert b"\r\nConnection: close\r\n" in await caller.rest()
            caller.close()
        assert [line.closed_by for line in at.observed().connections] == ["gateway", "gateway"]


@in_loop
async def test_pipelined_requests_are_answered_in_order() -> None:
    """Three requests in one piece get three answers in their order, also where the first is late."""
    async with counter() as at:
        at.crm.next = lambda asked: Answer(status=200, body=asked.path.encode())
        slow = Piece(data=b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nlate", pause=0.05)
        at.gateway.replies.switch_on(Wired(delivery=Delivery(pieces=(slow,), status=200), first=1))
        caller = await at.connect()
        caller.send(
            request(target="/crm/orders/1")
            + request(target="/crm/orders/2")
            + request(target="/crm/orders/3")
        )
        answers = [await caller.answer() for _ in range(3)]
        assert [answer.rpartition(b"\n")[2] for answer in answers] == [b"late", b"/orders/2", b"/orders/3"]
        caller.close()


@in_loop
async def test_head_gets_no_body() -> None:
    """HEAD is answered with the head that GET would get, and the connection stays in step."""
    async with counter() as at:
        caller = await at.connect()
        caller.send(request("HEAD"))
        head = await caller.answer("HEAD")
        assert b"Content-Length: 13" in head
        caller.send(request())
        assert (await caller.answer()).endswith(b'{"id": "O-1"}')
        caller.close()


@in_loop
async def test_expect_continue_is_answered_before_the_body() -> None:
    """A caller that waits for 100 gets it, and then its answer; the exchange is one."""
    async with counter() as at:
        caller = await at.connect()
        head, _, body = post(Expect="100-continue").partition(b"\r\n\r\n")
        caller.send(head + b"\r\n\r\n")
        assert await caller.answer() == b"HTTP/1.1 100 Continue\r\n\r\n"
        caller.send(body)
        assert (await caller.answer()).startswith(b"HTTP/1.1 200 OK")
        assert len(at.exchanges) == 1
        caller.close()


@pytest.mark.parametrize(
    "sent, rule",
    [
        (
            b"POST /crm/orders HTTP/1.1\r\nHost: c\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
            "content_length",
        ),
        (b"GET /crm/orders HTTP/1.1\r\nHost : c\r\n\r\n", "space_before_colon"),
        (b"GET /crm/orders HTTP/1.1\r\nHost: c\r\nX: a\r\n b\r\n\r\n", "header_newline"),
        (b"GET /crm/orders HTTP/1.1\r\nHost: c\r\nX: \x00\r\n\r\n", "nul"),
        ("GET /crm/Müller HTTP/1.1\r\nHost: c\r\n\r\n".encode(), "target"),
        (b"POST /crm/orders HTTP/1.1\r\nHost: c\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "chunk"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "tls"),
    ],
)
@in_loop
async def test_what_cannot_be_read_is_an_exchange(sent: bytes, rule: str) -> None:
    """It has no operation, names the broken byte, keeps all bytes, is answered 400, and ends the connection."""
    async with counter() as at:
        caller = await at.connect()
        caller.send(sent)
        received = await caller.rest()
        caller.close()
        (exchange,) = at.exchanges
        assert received.startswith(b"HTTP/1.1 400 Bad Request\r\n")
        assert exchange.head + exchange.body.kept == sent
        assert (exchange.operation, exchange.readable, exchange.complete) == (None, False, False)
        assert (exchange.status, exchange.answered) == (400, True)
        assert [violation.rule for violation in exchange.violations] == [f"framing.{rule}"]
        assert at.observed().connections[0].closed_by == "gateway"
        assert at.crm.handled == []


@in_loop
async def test_a_refused_caller_can_read_why_while_it_goes_on_sending() -> None:
    """Closing at once would reset the connection under unread bytes and destroy the answer."""
    async with counter() as at:
        caller = await at.connect()
        caller.send(b"GET /crm/orders HTTP/1.1\r\nHost : c\r\n\r\n")
        caller.send(b"x" * 200_000)
        assert b"400 Bad Request" in await caller.rest()
        caller.close()


@pytest.mark.parametrize(
    "sent, rule",
    [(post(b'{"subject": 1}')[:-5], "framing.short_body"), (b"GET /crm/or", "framing.short_head")],
)
@in_loop
async def test_a_connection_that_ends_in_mid_request_is_an_exchange(sent: bytes, rule: str) -> None:
    """It is incomplete, nobody answered it, and it ended when the caller closed."""
    async with counter() as at:
        caller = await at.connect()
        caller.send(sent)
        caller.close()
        await until(lambda: at.exchanges)
        (exchange,) = at.exchanges
        assert (exchange.complete, exchange.ended_by, exchange.status) == (False, "caller", None)
        assert (exchange.operation, [violation.rule for violation in exchange.violations]) == (None, [rule])
        assert exchange.head + exchange.body.kept == sent
        assert at.crm.handled == []


@in_loop
async def test_a_request_that_a_toxic_cut_is_not_blamed_on_the_caller() -> None:
    """While a toxic is on, a short request is recorded without a violation."""
    async with counter() as at:
        at.gateway.toxics = ("limit_data",)
        caller = await at.connect()
        caller.send(post()[:-2])
        caller.close()
        await until(lambda: at.exchanges)
        (exchange,) = at.exchanges
        assert (exchange.complete, exchange.violations, exchange.faults) == (False, (), ("limit_data",))


@in_loop
async def test_a_connection_without_a_byte_is_recorded() -> None:
    """A caller that only connects leaves a connection and no exchange."""
    async with counter() as at:
        (await at.connect()).close()
        await until(lambda: at.observed().connections and at.observed().connections[0].closed)
        (line,) = at.observed().connections
        assert (line.first_byte, line.exchanges, line.received) == (None, 0, 0)
        assert at.exchanges == ()


@in_loop
async def test_a_hang_ends_when_the_caller_closes() -> None:
    """For a black hole the end of the attempt is the caller's close; until then the exchange is open."""
    async with counter() as at:
        at.gateway.replies.switch_on(Wired(delivery=Delivery(end=End.HANG, whole=False)))
        caller = await at.connect()
        caller.send(request())
        await until(lambda: at.exchanges)
        assert (at.exchanges[0].ended, at.exchanges[0].ended_by) == (None, "open")
        before = asyncio.get_running_loop().time()
        caller.close()
        await until(lambda: at.exchanges[0].ended)
        (exchange,) = at.exchanges
        assert (exchange.ended_by, exchange.answered, exchange.status) == ("caller", False, None)
        assert (exchange.ended or 0) >= before


@in_loop
async def test_a_caller_that_gives_up_in_mid_answer_ends_the_exchange() -> None:
    """A delivery with pauses stops when nobody waits for it any more."""
    async with counter() as at:
        pieces = tuple(Piece(data=b"x", pause=30.0) for _ in range(3))
        at.gateway.replies.switch_on(Wired(delivery=Delivery(pieces=pieces, status=200)))
        caller = await at.connect()
        caller.send(request())
        await until(lambda: at.exchanges)
        caller.close()
        await until(lambda: at.exchanges[0].ended)
        assert (at.exchanges[0].ended_by, at.exchanges[0].answered) == ("caller", False)
        assert at.observed().connections[0].sent == 0


@in_loop
async def test_a_reset_reaches_the_caller_as_a_reset() -> None:
    """End RESET is RST, not FIN; it is the fault that ended the exchange."""
    async with counter() as at:
        at.gateway.replies.switch_on(Wired(delivery=Delivery(end=End.RESET, whole=False)))
        caller = await at.connect()
        caller.send(request())
        with pytest.raises(ConnectionResetError):
            await caller.rest()
        caller.close()
        (exchange,) = at.exchanges
        assert (exchange.ended_by, exchange.answered) == ("fault", False)


@in_loop
async def test_a_close_in_mid_answer_is_the_faults() -> None:
    """Half an answer and the end: what was sent is recorded, the exchange was not answered."""
    async with counter() as at:
        delivery = Delivery(pieces=(Piece(data=HALF),), end=End.CLOSE, status=200, whole=False)
        at.gateway.replies.switch_on(Wired(delivery=delivery))
        assert await at.ask(request()) == HALF
        (exchange,) = at.exchanges
        assert exchange.answer_head + exchange.answer.kept == HALF
        assert (exchange.ended_by, exchange.answered, exchange.status) == ("fault", False, 200)
        assert at.observed().connections[0].closed_by == "gateway"


@in_loop
async def test_pieces_come_with_their_pauses() -> None:
    """An answer in pieces arrives whole, no sooner than its pauses together, and leaves the connection usable."""
    async with counter() as at:
        whole = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi"
        pieces = tuple(Piece(data=whole[at : at + 10], pause=0.01) for at in range(0, len(whole), 10))
        active = at.gateway.replies.switch_on(Wired(delivery=Delivery(pieces=pieces, status=200)))
        caller = await at.connect()
        caller.send(request())
        assert await caller.answer() == whole
        (exchange,) = at.exchanges
        assert exchange.answered
        assert (exchange.ended or 0) - exchange.started >= 0.01 * len(pieces)
        at.gateway.replies.switch_off(active)
        caller.send(request())
        assert (await caller.answer()).endswith(b'{"id": "O-1"}')
        caller.close()


@in_loop
async def test_large_bodies_are_kept_as_hash_length_and_beginning() -> None:
    """Above 16 kB only the first 4 kB stay, with length and hash; the caller and the CRM get everything."""
    async with counter() as at:
        at.crm.next = lambda asked: Answer(status=200, body=asked.body)
        body = b'{"note": "' + b"x" * 300_000 + b'"}'
        received = await at.ask(post(body))
        (exchange,) = at.exchanges
        assert received.endswith(body)
        for payload in (exchange.body, exchange.answer):
            assert (payload.kept, payload.length, payload.whole) == (body[:4096], len(body), False)


@in_loop
async def test_a_caller_that_floods_is_not_read_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """While a request is being answered, pipelined ones are held back by TCP, and served afterwards."""
    monkeypatch.setattr(connection_module, "MOST_HELD", 1000)
    async with counter() as at:
        slow = Piece(data=b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", pause=0.1)
        at.gateway.replies.switch_on(Wired(delivery=Delivery(pieces=(slow,), status=200), first=1))
        caller = await at.connect()
        caller.send(request())
        await until(lambda: at.exchanges)
        for _ in range(40):
            caller.send(request(X_Padding="x" * 100))
            await asyncio.sleep(0)
        for _ in range(41):
            assert b" 200 OK" in await caller.answer()
        caller.close()


@in_loop
async def test_idle_connections_are_closed_and_busy_ones_are_not() -> None:
    """`pool: fresh` ends what waits for nothing; a request in progress goes on."""
    async with counter() as at:
        idle, busy, mute = await at.connect(), await at.connect(), await at.connect()
        idle.send(request())
        await idle.answer()
        at.gateway.replies.switch_on(Wired(delivery=Delivery(end=End.HANG, whole=False)))
        busy.send(request())
        await until(lambda: len(at.exchanges) == 2 and len(at.gateway.connections) == 3)
        assert at.gateway.close_idle() == 2
        assert await idle.rest() == b""
        assert await mute.rest() == b""
        assert at.exchanges[1].ended is None
        assert len(at.gateway.connections) == 1
        for caller in (idle, busy, mute):
            caller.close()


@in_loop
async def test_a_request_behind_another_is_recorded_though_nobody_answered() -> None:
    """A pipelined request whose connection ends first is an exchange, complete and unanswered."""
    async with counter() as at:
        at.gateway.replies.switch_on(Wired(delivery=Delivery(end=End.HANG, whole=False)))
        caller = await at.connect()
        caller.send(request() + request(target="/crm/orders"))
        await until(lambda: at.exchanges)
        caller.close()
        await until(lambda: len(at.exchanges) == 2)
        _, behind = at.exchanges
        assert (behind.operation, behind.complete, behind.ended_by, behind.status) == (
            "listOrders",
            True,
            "caller",
            None,
        )


@in_loop
async def test_the_end_of_a_run_leaves_open_exchanges_open() -> None:
    """What is still waiting when the run ends has no end, and its connection is gone."""
    async with counter() as at:
        at.gateway.replies.switch_on(Wired(delivery=Delivery(end=End.HANG, whole=False)))
        caller = await at.connect()
        caller.send(request())
        await until(lambda: at.exchanges)
        for connection in tuple(at.gateway.connections):
            connection.abort()
        assert await caller.rest() == b""
        caller.close()
        await until(lambda: not at.gateway.connections)
        assert (at.exchanges[0].ended, at.exchanges[0].ended_by) == (None, "open")
