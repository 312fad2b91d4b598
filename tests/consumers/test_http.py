"""The http driver, with a real service in a process group of its own."""

import asyncio
import contextlib
import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from crm_contracts.consumers import ConsumerFailed
from crm_contracts.consumers.unready import port_taken
from crm_contracts.model.consumer import HttpCall, HttpDriver
from crm_contracts.port import free_port, holder_of
from tests.consumers.stage import CALLERS, ENDPOINT, consumer, played

START = ("{python}", str(CALLERS / "service.py"), "{port}")
SERVICE = HttpDriver(start=START, ready="/healthz", env={"MINE": "{endpoint.client_id}"})


def get(path):
    return HttpCall(method="GET", path=path)


def ask(path, driver=SERVICE, within=20.0, times=1):
    """The results of one request, made `times` times in one run."""

    async def play(stage):
        async with stage.run(consumer(driver, "ask")) as wheel:
            return [await wheel.call("ask", request=get(path), within=within) for _ in range(times)]

    return played(play)


def test_a_service_is_started_with_its_endpoint_and_called():
    """Method, path, body and headers arrive; status and JSON come back; the endpoint is in the environment."""

    async def play(stage):
        async with stage.run(consumer(SERVICE, "ask")) as wheel:
            request = HttpCall(method="POST", path="/echo/é?q=1", json={"subject": "打印机"}, has_json=True)
            result = await wheel.call("ask", request=request)
            assert "listening" in wheel.driver.output
        assert (result.status, result.comparable) == (200, True)
        assert result.value["body"] == {"subject": "打印机"}
        assert result.value["path"] == "/echo/%C3%A9?q=1"
        assert (result.value["base"], result.value["mine"]) == (ENDPOINT.base_url, "client-one")
        assert result.value["pid"] in stage.groups
        assert result.headers["content-length"]

    played(play)


def test_every_run_has_a_new_service():
    """`fresh: restart` is the default: counters begin anew."""

    async def play(stage):
        seen = []
        for _ in range(2):
            async with stage.run(consumer(SERVICE, "ask")) as wheel:
                seen.append((await wheel.call("ask", request=get("/echo"))).value)
        assert [one["count"] for one in seen] == [1, 1]
        assert seen[0]["pid"] != seen[1]["pid"]

    played(play)


@pytest.mark.parametrize("fresh, counts", [("none", [1, 2]), (("POST", "/reset"), [1, 1])])
def test_a_service_can_be_kept_between_runs(fresh, counts):
    """`fresh: none` keeps it as it is, a request resets it; it ends with the pool."""
    kept = consumer(HttpDriver(start=START, ready="/healthz", fresh=fresh), "ask")

    async def play(stage):
        seen = []
        for _ in range(2):
            async with stage.run(kept) as wheel:
                seen.append((await wheel.call("ask", request=get("/echo"))).value["count"])
        assert seen == counts
        assert len(stage.groups) == 1

    played(play)


def test_a_kept_service_is_started_anew_for_another_endpoint():
    """A service that was told another address of the CRM cannot serve this run."""
    from dataclasses import replace

    kept = consumer(HttpDriver(start=START, ready="/healthz", fresh="none"), "ask")

    async def play(stage):
        for base in ("http://127.0.0.1:9/a", "http://127.0.0.1:9/b"):
            async with stage.run(kept, replace(ENDPOINT, base_url=base)) as wheel:
                assert (await wheel.call("ask", request=get("/echo"))).value["base"] == base
        assert len(stage.groups) == 2

    played(play)


@pytest.mark.parametrize("status", [201, 204, 404, 500, 503])
def test_every_status_is_reported_as_it_is(status):
    """The driver judges nothing."""
    assert ask(f"/status/{status}")[0].status == status


def test_chunked_and_unlimited_bodies_are_read():
    """An answer may be framed in any of HTTP's ways; what is no JSON is text."""
    assert ask("/chunks")[0].value == {"chunks": 2}
    assert ask("/page")[0].value == "部分功能受限"


def test_no_answer_in_time_is_hung():
    """A request without an answer is given up, and the next one is made."""
    first, second = ask("/hang", within=0.2, times=2)
    assert (first.hung, first.ended, second.hung) == (True, None, True)


def test_a_connection_closed_without_an_answer_is_a_failure_of_the_service():
    """The service lives on, so it has not died; its user got nothing."""
    first, second = ask("/drop", times=2)
    assert first.failure.type == second.failure.type == "NoAnswer"


def test_a_service_that_dies_is_dead_for_later_calls_too():
    """Its signal and its last words are in every later result."""
    for result in ask("/die", times=2):
        assert (result.died, result.signal) == (True, 9)
        assert "no more" in result.output


def test_what_a_service_has_started_ends_with_it():
    """The whole process group is ended."""
    assert ask("/bear")[0].status == 200


def test_calls_at_once():
    """Fifty requests at once each get their own answer."""

    async def play(stage):
        async with stage.run(consumer(SERVICE, "ask")) as wheel:
            requests = [get(f"/echo/{n}") for n in range(50)]
            results = await asyncio.gather(*(wheel.call("ask", request=request) for request in requests))
        assert [result.value["path"] for result in results] == [request.path for request in requests]

    played(play)


def test_a_service_that_is_slow_to_start_is_waited_for():
    """Answers of 500 and above mean that it is not ready yet."""
    slow = HttpDriver(start=START, ready="/healthz", env={"SLOW": "0.5"})
    assert ask("/echo", slow)[0].status == 200


@pytest.mark.parametrize(
    "driver, words",
    [
        (
            HttpDriver(start=("{python}", "-c", "print('no'); exit(3)")),
            ["ended with exit code 3", "foreground", "no"],
        ),
        (
            HttpDriver(start=START, ready="/healthz", ready_within=0.7, env={"SLOW": "60"}),
            ["/healthz", "below 500 within 700 ms", "listening"],
        ),
        (HttpDriver(start=("no-such-program",)), ["'no-such-program' cannot be started", "PATH"]),
    ],
    ids=["ends", "slow", "missing"],
)
def test_a_service_that_does_not_start_is_told_with_its_words(driver, words):
    """The sentence says what was wanted, and the service's own output follows."""

    async def play(stage):
        with pytest.raises(ConsumerFailed) as failed:
            async with stage.run(consumer(driver, "ask")):
                pass
        return str(failed.value)

    told = played(play)
    assert all(word in told for word in words), told


def test_a_declared_port_that_is_taken_is_told_with_its_holder():
    """A fixed address in `ready` is looked at before the start."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        driver = HttpDriver(start=START, ready=f"http://127.0.0.1:{port}/healthz")

        async def play(stage):
            with pytest.raises(ConsumerFailed, match=f"Port {port}.*is taken by .*python.*pid"):
                async with stage.run(consumer(driver, "ask")):
                    pass

        played(play)


FIXED = "import http.server as h; h.HTTPServer(('127.0.0.1', {port}), h.SimpleHTTPRequestHandler)"


@pytest.mark.parametrize(
    "words, port",
    [
        ("OSError: [Errno 98] Address already in use", None),
        ("Error: listen EADDRINUSE: address already in use 127.0.0.1:{port}", "{port}"),
        ("Web server failed to start. Port {port} was already in use.", "{port}"),
        ("listen tcp :{port}: bind: address already in use", "{port}"),
        ("listening on {port}", ""),
    ],
    ids=["Python", "Node.js", "Spring", "Go", "well"],
)
def test_a_port_that_a_program_could_not_have_is_told_as_that(words, port):
    """In the words of several languages; who holds it is told where the system tells."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        number = str(held.getsockname()[1])
        told = port_taken("starting\n" + words.replace("{port}", number))
    if port == "":
        assert told == ""
    elif port is None:
        assert "a port that another program holds" in told
    else:
        assert f"It wanted the port {number}, which is held by" in told
        assert "python" in told.lower()
    assert bool(told) == ("{port}" in told)


def test_a_service_with_a_port_of_its_own_that_is_taken():
    """Not that it should stay in the foreground."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        program = FIXED.format(port=held.getsockname()[1])

        async def play(stage):
            with pytest.raises(ConsumerFailed, match="It wanted a port that another program holds") as failed:
                async with stage.run(consumer(HttpDriver(start=("{python}", "-c", program)), "ask")):
                    pass
            return str(failed.value)

        assert "foreground" not in played(play)


def test_something_that_speaks_no_http_is_told_as_that():
    """A database behind the address is not nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet():
            with contextlib.suppress(OSError):
                while True:
                    visitor, _address = server.accept()
                    with visitor:
                        visitor.sendall(b"220 mail.example ESMTP\r\n\r\n")

        threading.Thread(target=greet, daemon=True).start()
        driver = HttpDriver(attach=f"http://127.0.0.1:{server.getsockname()[1]}", ready_within=0.3)
        with pytest.raises(ConsumerFailed, match="Something answers there, but not with HTTP"):
            ask("/", driver)


def test_a_free_port_taken_meanwhile_is_replaced_by_the_next(monkeypatch):
    """A service that could not bind is started again on another port."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ports = [taken.getsockname()[1], free_port()]
        monkeypatch.setattr("crm_contracts.consumers.service.free_port", lambda: ports.pop(0))
        assert ask("/echo")[0].status == 200
        assert ports == []


def test_a_program_that_runs_already_is_called_and_left_alone():
    """`attach` starts nothing; a request can give it a fresh state."""
    with running() as (url, seen):
        driver = HttpDriver(attach=url, fresh=("POST", "/test/reset"))
        assert ask("/orders", driver)[0].status == 200
        assert seen == ["GET /", "POST /test/reset", "GET /orders"]


def test_a_program_that_should_run_already_and_does_not_is_told():
    """The address that was asked is named."""
    driver = HttpDriver(attach=f"http://127.0.0.1:{free_port()}", ready_within=0.2)
    with pytest.raises(ConsumerFailed, match=r"Nothing answered at http://127\.0\.0\.1:"):
        ask("/", driver)


def test_a_reset_that_is_refused_is_told():
    """A run must not begin in an unknown state."""
    with pytest.raises(ConsumerFailed, match="POST /status/500, was not answered as hoped: status 500"):
        ask("/", HttpDriver(start=START, ready="/healthz", fresh=("POST", "/status/500")))


def test_the_holder_of_a_port_is_named_where_the_system_tells():
    """By process id and command; nobody is named for a free port."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert "python" in (holder_of(taken.getsockname()[1]) or "")
    assert holder_of(free_port()) is None


@contextmanager
def running():
    """A program of somebody else, in this process."""
    seen = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append(f"{self.command} {self.path}")
            self.send_response(200)
            self.end_headers()

        do_POST = do_GET  # noqa: N815 - the base class asks for it

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", seen
        server.shutdown()
