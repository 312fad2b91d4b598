"""What the gateway decides about a request, and what it writes down of it."""

import json
from dataclasses import replace

import pytest

from crm_contracts.faults.malformed_body import MalformedBody
from crm_contracts.faults.premature_close import PrematureClose
from crm_contracts.faults.status import Status
from crm_contracts.faults.token_expired import TokenExpired
from crm_contracts.model.contract import AuthPolicy, Effect, Idempotency
from crm_contracts.model.exchange import Answer
from crm_contracts.model.promises import Promises
from tests.lab.caller import Counter, counter, in_loop, post, request, until
from tests.lab.faults import Wired

FORM = "application/x-www-form-urlencoded"


def token_request(at: Counter, *, target: str = "/oauth/token", extra: str = "") -> bytes:
    me = at.tenant
    body = f"grant_type=client_credentials&client_id={me.client_id}&client_secret={me.client_secret}{extra}"
    return request("POST", target, body.encode(), Content_Type=FORM)


async def token_of(at: Counter) -> str:
    answer = await at.ask(token_request(at))
    return str(json.loads(answer.partition(b"\r\n\r\n")[2])["access_token"])


@in_loop
async def test_violations_of_the_contract_are_recorded_and_the_crm_is_told() -> None:
    """A trailing comma reaches the record with its byte offset."""
    async with counter() as at:
        await at.ask(post(b'{"a": 1,}'))
        (exchange,) = at.exchanges
        (violation,) = exchange.violations
        assert (violation.rule, violation.offset, violation.part) == ("json.trailing_comma", 7, "body")


@in_loop
async def test_a_target_that_the_contract_lacks_is_an_exchange_without_operation() -> None:
    """It is checked, shown to the CRM and recorded."""
    async with counter() as at:
        await at.ask(request(target="/crm/nothing"))
        (exchange,) = at.exchanges
        assert (exchange.operation, [v.rule for v in exchange.violations]) == (None, ["operation.unknown"])


@in_loop
async def test_a_crashed_crm_is_answered_for_by_its_front() -> None:
    """The CRM's own log shows nothing; the caller sees 500 and the proxy's page (incident B)."""
    async with counter() as at:
        at.crm.next = lambda _: None
        received = await at.ask(post(b'{"a": 1,}'))
        (exchange,) = at.exchanges
        assert received.startswith(b"HTTP/1.1 500 ")
        assert b"upstream prematurely closed connection" in received
        assert (exchange.status, exchange.processed, exchange.answered) == (500, False, True)


@in_loop
async def test_a_failure_of_the_lab_is_its_trouble_and_not_the_callers() -> None:
    """The caller gets an answer, the run its trouble, and the exchange its bytes."""
    async with counter() as at:

        def stumble(_: object) -> Answer:
            raise RuntimeError("no such shelf")

        at.crm.next = stumble
        assert (await at.ask(request())).startswith(b"HTTP/1.1 502 ")
        assert "no such shelf" in (at.observed().trouble or "")
        assert at.exchanges[0].head == request()


@in_loop
async def test_markers_are_found_wherever_they_travel() -> None:
    """In the target, a header and the body, each once."""
    async with counter() as at:
        one, two, three = (f"crmu-{digit * 12}" for digit in "abc")
        await at.ask(
            request("POST", f"/crm/orders?q={one}", f'{{"s": "{two}", "t": "{one}"}}'.encode(), X_Note=three)
        )
        assert set(at.exchanges[0].markers) == {one, two, three}


@in_loop
async def test_a_repeat_is_recognised_by_header_or_upsert_key() -> None:
    """The contract says which; a read has no upsert key."""
    async with counter() as at:
        await at.ask(post(Idempotency_Key="k-1"))
        assert at.exchanges[0].idempotency_key == "k-1"
    async with counter(idempotency=Idempotency(upsert_key="email")) as at:
        for sent in (post(b'{"email": "a@b.c"}'), post(b'{"email": null}'), post(b"[1"), request()):
            await at.ask(sent)
        assert [exchange.idempotency_key for exchange in at.exchanges] == ["a@b.c", None, None, None]


# --- reply faults


@pytest.mark.parametrize("processed, seen", [("before", 1), ("after", 0)])
@in_loop
async def test_processed_decides_whether_the_crm_works(processed: str, seen: int) -> None:
    """`before`: the CRM did the work and nobody knows; `after`: it never saw the request."""
    async with counter() as at:
        at.gateway.replies.switch_on(Wired(processed=processed))
        assert (await at.ask(post())).startswith(b"HTTP/1.1 503 ")
        (exchange,) = at.exchanges
        assert len(at.crm.handled) == seen
        assert (exchange.processed, exchange.faults, exchange.status) == (bool(seen), ("wired",), 503)


@pytest.mark.parametrize(
    "selector, struck",
    [
        ({}, "111111"),
        ({"first": 2}, "110000"),
        ({"every_nth": 3}, "001001"),
        ({"every_nth": 2, "first": 2}, "010100"),
        ({"effect": Effect.WRITE}, "000000"),
        ({"effect": Effect.READ, "first": 1}, "100000"),
        ({"operations": ("getOrder",)}, "111111"),
        ({"operations": ("GET /orders/*",)}, "111111"),
        ({"operations": ("POST *", "list*")}, "000000"),
        ({"probability": 1.0}, "111111"),
    ],
)
@in_loop
async def test_selectors_choose_exchanges(selector: dict, struck: str) -> None:
    """Every condition must hold; `first` counts what was struck, `every_nth` what operations and effect select."""
    async with counter() as at:
        active = at.gateway.replies.switch_on(Wired(**selector))
        for _ in struck:
            await at.ask(request())
        assert "".join("1" if exchange.faults else "0" for exchange in at.exchanges) == struck
        assert active.touched == struck.count("1")


@in_loop
async def test_a_probability_follows_from_the_seed() -> None:
    """The same seed strikes the same exchanges, about as many as asked for, another seed others."""

    async def struck(seed: int) -> list[bool]:
        async with counter(seed=seed) as at:
            at.gateway.replies.switch_on(Wired(probability=0.5))
            caller = await at.connect()
            for _ in range(60):
                caller.send(request())
                await caller.answer()
            caller.close()
            return [bool(exchange.faults) for exchange in at.exchanges]

    first = await struck(1)
    assert first == await struck(1)
    assert first != await struck(2)
    assert 10 < sum(first) < 50


@in_loop
async def test_of_several_faults_the_first_that_takes_an_exchange_has_it() -> None:
    """What one fault has taken does not count for another."""
    async with counter() as at:
        one = at.gateway.replies.switch_on(Wired(fault="one", first=1))
        two = at.gateway.replies.switch_on(Wired(fault="two", first=1))
        for _ in range(3):
            await at.ask(request())
        assert [exchange.faults for exchange in at.exchanges] == [("one",), ("two",), ()]
        assert (one.touched, two.touched) == (1, 1)


@in_loop
async def test_a_fault_that_went_off_strikes_no_more() -> None:
    """Undo is immediate, and twice does no harm."""
    async with counter() as at:
        active = at.gateway.replies.switch_on(Wired())
        await at.ask(request())
        at.gateway.replies.switch_off(active)
        at.gateway.replies.switch_off(active)
        await at.ask(request())
        assert [exchange.status for exchange in at.exchanges] == [503, 200]


@in_loop
async def test_shipped_replies_reach_the_caller() -> None:
    """Status in the contract's envelope, a spoilt body of the CRM's own answer, and a premature close."""
    async with counter() as at:
        replies = at.gateway.replies
        active = replies.switch_on(Status(code=503))
        busy = await at.ask(request())
        assert busy.startswith(b"HTTP/1.1 503 ")
        assert b'"category"' in busy
        replies.switch_off(active)
        active = replies.switch_on(MalformedBody(variant="trailing_comma"))
        assert (await at.ask(request())).endswith(b'{"id": "O-1",}')
        replies.switch_off(active)
        replies.switch_on(PrematureClose(processed="before", after=20))
        assert len(await at.ask(request())) == 20
        assert [exchange.answered for exchange in at.exchanges] == [True, True, False]
        assert [exchange.processed for exchange in at.exchanges] == [False, True, True]


# --- credentials


@in_loop
async def test_a_token_is_granted_used_and_recorded_by_name() -> None:
    """The token request has its purpose and its grant; the operation carries the same name; no secret is kept."""
    async with counter(AuthPolicy()) as at:
        token = await token_of(at)
        received = await at.ask(request(Authorization=f"Bearer {token}"))
        assert received.startswith(b"HTTP/1.1 200 ")
        asked, used = at.exchanges
        (grant,) = at.observed().grants
        assert (asked.purpose, used.purpose) == ("token", "operation")
        assert used.credential is not None
        assert (used.credential.name, used.credential.state) == (grant.token, "valid")
        assert asked.ended is not None
        assert grant.delivered is not None
        assert grant.delivered >= asked.ended
        assert (grant.requested, at.gateway.recorder.token_requests) == (asked.started, 1)
        kept = b"".join(x.head + x.body.kept + x.answer_head + x.answer.kept for x in (asked, used))
        assert token.encode() not in kept
        assert at.tenant.client_secret.encode() not in kept
        assert len(asked.body.kept) == asked.body.length


@in_loop
async def test_who_has_no_credential_is_refused_as_the_contract_says() -> None:
    """The CRM never sees the request, and the exchange is not processed."""
    async with counter(AuthPolicy()) as at:
        assert (await at.ask(request())).startswith(b"HTTP/1.1 401 ")
        assert (await at.ask(request(Authorization="Bearer of-bad-news"))).startswith(b"HTTP/1.1 401 ")
        none, unknown = at.exchanges
        assert none.credential is None
        assert unknown.credential is not None
        assert (unknown.credential.state, unknown.processed) == ("unknown", False)
        assert b"of-bad-news" not in unknown.head
        assert at.crm.handled == []


@in_loop
async def test_a_refusal_names_the_rule_behind_it() -> None:
    """The exchange that a token rule struck carries the rule's name."""
    async with counter(AuthPolicy()) as at:
        token = await token_of(at)
        at.credentials.switch_on(TokenExpired(), Promises(), at.gateway.recorder.clock.now())
        assert (await at.ask(request(Authorization=f"Bearer {token}"))).startswith(b"HTTP/1.1 401 ")
        assert at.exchanges[-1].faults == ("token_expired",)


@in_loop
async def test_another_runs_token_is_stray_and_spends_no_fault() -> None:
    """It is refused, recorded as stray, and the fault waits for the run's own exchanges."""
    async with counter(AuthPolicy(), seed=1) as mine, counter(AuthPolicy(), seed=2) as other:
        token = await token_of(other)
        active = mine.gateway.replies.switch_on(Wired(first=1))
        assert (await mine.ask(request(Authorization=f"Bearer {token}"))).startswith(b"HTTP/1.1 401 ")
        (exchange,) = mine.exchanges
        assert exchange.stray
        assert token.encode() not in exchange.head
        assert active.touched == 0


@pytest.mark.parametrize("operations, struck", [((), False), (("POST /oauth/token",), True)])
@in_loop
async def test_a_fault_meets_the_token_endpoint_only_where_it_names_it(
    operations: tuple, struck: bool
) -> None:
    """An outage of the CRM's data is none of its token endpoint; a failed token request is a failed grant."""
    async with counter(AuthPolicy()) as at:
        at.gateway.replies.switch_on(Wired(operations=operations))
        await at.ask(token_request(at))
        (exchange,), (grant,) = at.exchanges, at.observed().grants
        assert (exchange.status == 503, bool(exchange.faults)) == (struck, struck)
        assert (grant.succeeded, grant.status, grant.grant_type) == (
            not struck,
            exchange.status,
            "client_credentials",
        )


@in_loop
async def test_a_grant_whose_answer_never_left_was_not_delivered() -> None:
    """The CRM gave a token out, the caller has none, and the record says so."""
    async with counter(AuthPolicy()) as at:
        at.gateway.replies.switch_on(PrematureClose(operations=("POST /oauth/token",), processed="before"))
        assert await at.ask(token_request(at)) == b""
        (grant,) = at.observed().grants
        assert (grant.succeeded, grant.delivered) == (True, None)


@in_loop
async def test_under_a_toxic_nobody_knows_whether_a_token_arrived() -> None:
    """A token that was granted while a toxic was on counts as undelivered: a doubt acquits."""
    async with counter(AuthPolicy()) as at:
        at.gateway.toxics = ("latency",)
        await token_of(at)
        assert at.observed().grants[0].delivered is None


@in_loop
async def test_revocation_is_neither_operation_nor_token_request() -> None:
    """A revoked token is refused from then on."""
    policy = AuthPolicy(revoke_path="/oauth/revoke")
    async with counter(policy) as at:
        token, me = await token_of(at), at.tenant
        body = f"token={token}&client_id={me.client_id}&client_secret={me.client_secret}".encode()
        assert b" 200 " in await at.ask(request("POST", "/oauth/revoke", body, Content_Type=FORM))
        assert b" 401 " in await at.ask(request(Authorization=f"Bearer {token}"))
        assert [exchange.purpose for exchange in at.exchanges] == ["token", "other", "operation"]
        assert at.observed().leaks == ()


# --- leaks


@in_loop
async def test_secrets_in_wrong_places_are_found_before_they_are_hidden() -> None:
    """Target, foreign header and body are told by name and place; the secret itself is kept nowhere."""
    async with counter(AuthPolicy()) as at:
        token = await token_of(at)
        auth = f"Bearer {token}"
        await at.ask(request(target=f"/crm/orders?access_token={token}", Authorization=auth))
        await at.ask(request(X_Debug=f"t={token}", Authorization=auth))
        await at.ask(post(json.dumps({"secret": at.tenant.client_secret}).encode(), Authorization=auth))
        seen = at.observed()
        assert [(leak.name.partition("#")[0], leak.where) for leak in seen.leaks] == [
            ("token", "request target"),
            ("token", "request header x-debug"),
            ("client_secret", "request body"),
        ]
        shown = repr(seen).encode()
        assert token.encode() not in shown
        assert at.tenant.client_secret.encode() not in shown


@pytest.mark.parametrize(
    "where, name", [("header", "X-Api-Key"), ("query", "api_key"), ("body", "key"), ("cookie", "key")]
)
@in_loop
async def test_a_secret_in_the_place_that_the_contract_gives_it_is_no_leak(where: str, name: str) -> None:
    """Where the contract wants its credential, it may stand; anywhere else the same secret is a leak."""
    policy = AuthPolicy(kind="api_key", where=where, name=name, scheme="")  # type: ignore[arg-type]
    async with counter(policy) as at:
        key = at.tenant.access_token
        sound = {
            "header": post(X_Api_Key=key),
            "query": post().replace(b"/crm/orders", f"/crm/orders?api_key={key}".encode()),
            "body": post(json.dumps({"key": key}).encode()),
            "cookie": post(Cookie=f"key={key}"),
        }
        assert b" 200 " in await at.ask(sound[where])
        assert at.observed().leaks == ()
        await at.ask(request(X_Other=key))
        assert [leak.where for leak in at.observed().leaks] == ["request header x-other"]
        await at.ask(request(target=f"/crm/orders/{key}?after={key}", Idempotency_Key=key, Traceparent=key))
        assert key not in repr(at.observed())


@in_loop
async def test_a_secret_in_the_target_of_a_token_request_is_a_leak() -> None:
    """In its body it belongs there; proxies write targets into their logs."""
    async with counter(AuthPolicy()) as at:
        await at.ask(token_request(at))
        assert at.observed().leaks == ()
        await at.ask(token_request(at, target=f"/oauth/token?client_secret={at.tenant.client_secret}"))
        assert [leak.where for leak in at.observed().leaks] == ["request target"]


@in_loop
async def test_time_that_was_advanced_ages_tokens_and_leaves_stamps_alone() -> None:
    """After an hour the token is expired, the Date header an hour ahead, and every stamp of the record real."""
    async with counter(replace(AuthPolicy(), lifetime=1800.0)) as at:
        clock = at.gateway.recorder.clock
        token = await token_of(at)
        clock.advance(3600)
        received = await at.ask(request(Authorization=f"Bearer {token}"))
        asked, used = at.exchanges
        assert received.startswith(b"HTTP/1.1 401 ")
        assert used.credential is not None
        assert used.credential.state == "expired"
        assert abs((used.credential.issued or 0) - asked.started) < 60
        assert used.started - asked.started < 60
        assert asked.answer_headers["date"] != used.answer_headers["date"]


@in_loop
async def test_a_busy_gateway_keeps_every_exchange() -> None:
    """Sixteen connections at once: each gets its own answers, and all are recorded."""
    async with counter() as at:
        at.crm.next = lambda asked: Answer(status=200, body=asked.path.encode())
        callers = [await at.connect() for _ in range(16)]
        for turn in range(20):
            for number, caller in enumerate(callers):
                caller.send(request(target=f"/crm/orders/{number}-{turn}"))
            for number, caller in enumerate(callers):
                assert (await caller.answer()).endswith(f"/orders/{number}-{turn}".encode())
        for caller in callers:
            caller.close()
        await until(lambda: all(line.closed for line in at.observed().connections))
        assert len(at.exchanges) == 320
        starts = [exchange.started for exchange in at.exchanges]
        assert starts == sorted(starts)


@in_loop
async def test_every_answer_has_one_correlation_id_in_header_and_body() -> None:
    """Whoever wrote it, the credentials or a fault; no two answers have the same."""
    async with counter(AuthPolicy()) as at:
        answers = [await at.ask(request()) for _ in range(2)]
        at.gateway.replies.switch_on(Status(code=503))
        answers += [await at.ask(request()) for _ in range(2)]
    ids = [json.loads(answer.partition(b"\r\n\r\n")[2])["correlationId"] for answer in answers]
    for answer, known in zip(answers, ids, strict=True):
        assert answer.lower().count(f"x-correlation-id: {known}\r\n".encode()) == 1
    assert len(set(ids)) == len(ids)
