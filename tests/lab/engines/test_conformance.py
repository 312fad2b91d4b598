"""What toxics do to bytes, the same on a real Toxiproxy 2.12 and on the embedded engine.

Times are only ever asserted from below, or against another order of magnitude: the machine may be busy.
"""

import time
from collections.abc import Callable
from typing import TypeAlias

import pytest

from tests.lab.engines.wire import Api, Caller, Upstream, ask_once, elapsed, wait_until

Upstreams: TypeAlias = Callable[..., Upstream]

LONG = 3_600_000
"""An hour, in ms: longer than any test."""
STREAMS = pytest.mark.parametrize("stream", ["upstream", "downstream"])


def test_bytes_pass_both_ways(api: Api, upstream: Upstreams) -> None:
    """Without a toxic everything arrives as it was sent."""
    with api.proxy(upstream().address).connect() as caller:
        assert caller.exchange(b"hello") == b"hello"
        assert caller.exchange(b"again") == b"again"


@pytest.mark.parametrize("kind", [None, "noop", "latency", "slow_close"])
def test_large_bodies_pass_whole(api: Api, upstream: Upstreams, kind: str | None) -> None:
    """Megabytes arrive whole and in order, also at a caller that begins to read late."""
    body = bytes(range(256)) * 16_384
    proxy = api.proxy(upstream(answer=lambda _chunk: body, closes=True).address)
    if kind:
        proxy.add(kind)
    with proxy.connect() as caller:
        caller.send(b"x")
        time.sleep(0.2)
        assert caller.receive(len(body) + 1) == body


def test_close_of_the_upstream_arrives(api: Api, upstream: Upstreams) -> None:
    """The caller gets what was sent, then the end."""
    with api.proxy(upstream(closes=True).address).connect() as caller:
        assert caller.exchange(b"bye") == b"bye"
        assert caller.ending() == "eof"


def test_close_of_the_caller_arrives(api: Api, upstream: Upstreams) -> None:
    """The upstream learns that the caller is gone."""
    server = upstream()
    with api.proxy(server.address).connect() as caller:
        caller.exchange(b"hello")
    assert server.ended().received == b"hello"


def test_half_close_ends_both_directions(api: Api, upstream: Upstreams) -> None:
    """A caller that ends its own direction gets no answer any more: proxies know whole connections only."""
    with api.proxy(upstream().address).connect() as caller:
        caller.exchange(b"hello")
        caller.socket.shutdown(1)
        assert caller.ending() == "eof"


def test_dead_upstream_accepts_and_closes(api: Api, upstream: Upstreams) -> None:
    """Where nobody listens behind the proxy, the connection is accepted and then closed."""
    server = upstream()
    server.stop()
    with api.proxy(server.address).connect() as caller:
        assert caller.ending() == "eof"


# down


def test_down(api: Api, upstream: Upstreams) -> None:
    """Switched off, open connections end and new ones are refused; switched on, the same address serves again."""
    proxy = api.proxy(upstream().address)
    with proxy.connect() as caller:
        caller.exchange(b"hello")
        proxy.ask("PATCH", body={"enabled": False})
        assert caller.ending() == "eof"
        with pytest.raises(ConnectionRefusedError):
            proxy.connect()
    proxy.ask("PATCH", body={"enabled": True})
    assert ask_once(proxy.address, b"again") == b"again"


# latency


@STREAMS
def test_latency_delays(api: Api, upstream: Upstreams, stream: str) -> None:
    """Each exchange takes at least the latency, on open connections too."""
    proxy = api.proxy(upstream().address)
    with proxy.connect() as caller:
        caller.exchange(b"quick")
        proxy.add("latency", stream, latency=150)
        for _ in range(2):
            with elapsed() as watch:
                assert caller.exchange(b"slow") == b"slow"
            assert watch.seconds >= 0.149


def test_latency_delays_what_is_under_way_together(api: Api, upstream: Upstreams) -> None:
    """Ten chunks that come in quick succession are late together, not one after the other."""
    proxy = api.proxy(upstream().address)
    proxy.add("latency", "upstream", latency=300)
    with proxy.connect() as caller, elapsed() as watch:
        for _ in range(10):
            caller.send(b"x" * 10)
        caller.receive(100)
    assert 0.299 <= watch.seconds < 3


def test_jitter_varies_the_delay(api: Api, upstream: Upstreams) -> None:
    """With jitter, delays differ, and none is shorter than latency less jitter."""
    proxy = api.proxy(upstream().address)
    proxy.add("latency", latency=60, jitter=50)
    taken = []
    with proxy.connect() as caller:
        for _ in range(8):
            with elapsed() as watch:
                caller.exchange(b"x")
            taken.append(watch.seconds)
    assert min(taken) >= 0.009
    assert max(taken) - min(taken) > 0.005


@pytest.mark.parametrize("change", ["remove", "patch"])
def test_latency_ends_for_bytes_under_way(api: Api, upstream: Upstreams, change: str) -> None:
    """Bytes that wait are delivered at once when the toxic is removed or changed, and the connection lives on."""
    proxy = api.proxy(upstream().address)
    proxy.add("latency", latency=LONG)
    with proxy.connect() as caller:
        assert caller.send(b"hello").is_silent()
        if change == "remove":
            proxy.remove()
        else:
            proxy.ask("PATCH", "/toxics/t", {"attributes": {"latency": 1}})
        assert caller.receive(5) == b"hello"
        assert caller.exchange(b"again") == b"again"


def test_two_latencies_add_up(api: Api, upstream: Upstreams) -> None:
    """Toxics of one direction act one after the other."""
    proxy = api.proxy(upstream().address)
    proxy.add("latency", latency=100)
    proxy.ask("POST", "/toxics", {"name": "second", "type": "latency", "attributes": {"latency": 100}})
    with proxy.connect() as caller, elapsed() as watch:
        caller.exchange(b"x")
    assert watch.seconds >= 0.199


# bandwidth


@STREAMS
def test_bandwidth_limits_the_rate(api: Api, upstream: Upstreams, stream: str) -> None:
    """60 kB at 100 kB/s take at least half a second."""
    proxy = api.proxy(upstream().address)
    proxy.add("bandwidth", stream, rate=100)
    body = b"x" * 60_000
    with proxy.connect() as caller, elapsed() as watch:
        assert caller.exchange(body) == body
    assert watch.seconds >= 0.5


def test_bandwidth_ends_when_removed(api: Api, upstream: Upstreams) -> None:
    """The rest comes at once."""
    proxy = api.proxy(upstream(answer=lambda _chunk: b"x" * 50_000).address)
    proxy.add("bandwidth", rate=1)
    with proxy.connect() as caller:
        caller.send(b"x").receive(1)
        proxy.remove()
        assert len(caller.receive(49_999)) == 49_999


# slicer


def test_slicer_cuts(api: Api, upstream: Upstreams) -> None:
    """A thousand bytes arrive in pieces of 70 to 130 bytes or so, each late after the one before, and whole."""
    proxy = api.proxy(upstream().address)
    proxy.add("slicer", average_size=100, size_variation=30, delay=20_000)
    pieces: list[bytes] = []
    with proxy.connect() as caller:
        caller.send(bytes(range(250)) * 4)
        while sum(map(len, pieces)) < 1000:
            pieces.append(caller.socket.recv(65536))
    assert b"".join(pieces) == bytes(range(250)) * 4
    assert len(pieces) >= 4
    assert min(map(len, pieces)) <= 130


def test_slicer_ends_when_removed(api: Api, upstream: Upstreams) -> None:
    """Pieces that wait come at once, in order."""
    proxy = api.proxy(upstream().address)
    proxy.add("slicer", average_size=1, delay=60_000_000)
    with proxy.connect() as caller:
        assert caller.send(b"hello").receive(1) == b"h"
        proxy.remove()
        assert caller.receive(4) == b"ello"


# slow_close


def test_slow_close_delays_the_end(api: Api, upstream: Upstreams) -> None:
    """The answer comes at once, the end of the connection late."""
    proxy = api.proxy(upstream(closes=True).address)
    proxy.add("slow_close", delay=300)
    with proxy.connect() as caller:
        assert caller.exchange(b"bye") == b"bye"
        with elapsed() as watch:
            assert caller.ending() == "eof"
    assert watch.seconds >= 0.25


def test_slow_close_ends_when_removed(api: Api, upstream: Upstreams) -> None:
    """A close that waits is passed on when the toxic goes."""
    proxy = api.proxy(upstream(closes=True).address)
    proxy.add("slow_close", delay=LONG)
    with proxy.connect() as caller:
        caller.exchange(b"bye")
        assert caller.is_silent()
        proxy.remove()
        assert caller.ending() == "eof"


# timeout


@STREAMS
def test_timeout_closes(api: Api, upstream: Upstreams, stream: str) -> None:
    """No answer comes, and after the time the connection ends."""
    proxy = api.proxy(upstream().address)
    proxy.add("timeout", stream, timeout=200)
    with proxy.connect() as caller:
        assert caller.send(b"hello").ending() == "eof"
        assert caller.age() >= 0.199


def test_timeout_counts_on_idle_connections(api: Api, upstream: Upstreams) -> None:
    """The time also runs where not a byte was sent."""
    proxy = api.proxy(upstream().address)
    proxy.add("timeout", timeout=200)
    with proxy.connect() as caller:
        assert caller.ending() == "eof"


def test_timeout_starts_again_with_each_chunk(api: Api, upstream: Upstreams) -> None:
    """As long as chunks keep coming, the connection stays open, longer than the time."""
    proxy = api.proxy(upstream().address)
    proxy.add("timeout", "upstream", timeout=600)
    with proxy.connect() as caller:
        for _ in range(5):
            assert caller.send(b"still here").is_silent(0.2)
        assert caller.age() >= 0.9
        assert caller.ending() == "eof"


def test_timeout_loses_the_request(api: Api, upstream: Upstreams) -> None:
    """Upstream, the CRM never sees the request; downstream, it did the work."""
    server = upstream()
    proxy = api.proxy(server.address)
    for number, (stream, received) in enumerate([("upstream", b""), ("downstream", b"write")]):
        proxy.add("timeout", stream, timeout=150)
        with proxy.connect() as caller:
            caller.send(b"write").ending()
        assert server.ended(number).received == received
        proxy.remove()


def test_timeout_zero_is_a_black_hole(api: Api, upstream: Upstreams) -> None:
    """Nothing comes and nothing ends, until the toxic is removed: that closes the connection."""
    proxy = api.proxy(upstream().address)
    proxy.add("timeout", timeout=0)
    with proxy.connect() as caller:
        assert caller.send(b"hello").is_silent(0.5)
        assert proxy.remove(within=5).status == 204
        assert caller.ending() == "eof"
    assert ask_once(proxy.address, b"again") == b"again"


def test_black_hole_passes_the_end_on(api: Api, upstream: Upstreams) -> None:
    """An upstream that answers and closes: the answer is lost, the end arrives."""
    proxy = api.proxy(upstream(closes=True).address)
    proxy.add("timeout", timeout=0)
    with proxy.connect() as caller:
        assert caller.exchange(b"hello") == b""


# reset_peer


@STREAMS
def test_reset_of_new_connections(api: Api, upstream: Upstreams, stream: str) -> None:
    """A connection that was opened under the toxic gets RST after its first byte, and not before."""
    proxy = api.proxy(upstream().address)
    proxy.add("reset_peer", stream)
    with proxy.connect() as caller:
        assert caller.is_silent()
        assert caller.send(b"hello").ending() == "reset"


@STREAMS
def test_reset_of_older_connections(api: Api, upstream: Upstreams, stream: str) -> None:
    """A connection that was open before gets FIN instead."""
    proxy = api.proxy(upstream().address)
    with proxy.connect() as caller:
        caller.exchange(b"hello")
        proxy.add("reset_peer", stream)
        assert caller.send(b"hello").ending() == "eof"


def test_reset_waits(api: Api, upstream: Upstreams) -> None:
    """The RST comes `timeout` ms after the first byte."""
    proxy = api.proxy(upstream().address)
    proxy.add("reset_peer", timeout=200)
    with proxy.connect() as caller:
        caller.send(b"hello")
        with elapsed() as watch:
            assert caller.ending() == "reset"
    assert watch.seconds >= 0.15


def test_reset_upstream_loses_the_request(api: Api, upstream: Upstreams) -> None:
    """Upstream, the CRM gets RST without a byte of the request."""
    server = upstream()
    proxy = api.proxy(server.address)
    proxy.add("reset_peer", "upstream")
    with proxy.connect() as caller:
        caller.send(b"write").ending()
    seen = server.ended()
    assert (seen.received, seen.ending) == (b"", "reset")


def test_reset_downstream_is_the_ambiguous_write(api: Api, upstream: Upstreams) -> None:
    """Downstream, the CRM did the work and the caller cannot know it."""
    server = upstream()
    proxy = api.proxy(server.address)
    proxy.add("reset_peer", "downstream")
    with proxy.connect() as caller:
        assert caller.send(b"write").ending() == "reset"
    assert server.seen[0].received == b"write"


# limit_data


@STREAMS
def test_limit_data_ends_in_mid_message(api: Api, upstream: Upstreams, stream: str) -> None:
    """So many bytes pass, then the connection ends."""
    server = upstream(answer=lambda _chunk: b"0123456789")
    proxy = api.proxy(server.address)
    proxy.add("limit_data", stream, bytes=4)
    with proxy.connect() as caller:
        answer = caller.send(b"abcdefghij").receive(10)
        assert caller.ending() in {"eof", "reset"}
    expected = (b"abcd", {b"0123456789", b""}) if stream == "upstream" else (b"abcdefghij", {b"0123"})
    wait_until(lambda: server.seen and server.seen[0].received == expected[0])
    assert answer in expected[1]


def test_limit_data_counts_each_connection(api: Api, upstream: Upstreams) -> None:
    """A second connection has the whole limit again, and the count goes on over several answers."""
    proxy = api.proxy(upstream().address)
    proxy.add("limit_data", bytes=8)
    for _ in range(2):
        with proxy.connect() as caller:
            assert caller.exchange(b"12345") == b"12345"
            assert caller.exchange(b"67890") == b"678"


def test_limit_data_counts_each_direction(api: Api, upstream: Upstreams) -> None:
    """What goes up does not use up what may come down."""
    proxy = api.proxy(upstream(answer=lambda _chunk: b"ok").address)
    proxy.add("limit_data", "downstream", bytes=6)
    with proxy.connect() as caller:
        assert caller.send(b"x" * 1000).receive(2) == b"ok"
        assert caller.send(b"x" * 1000).receive(2) == b"ok"


def test_limit_data_zero(api: Api, upstream: Upstreams) -> None:
    """A limit of 0 ends the connection at the first byte."""
    proxy = api.proxy(upstream().address)
    proxy.add("limit_data", bytes=0)
    assert ask_once(proxy.address, b"hello") == b""


# toxicity


def test_toxicity_of_nought_spares_all(api: Api, upstream: Upstreams) -> None:
    """Nobody meets a toxic of toxicity 0."""
    proxy = api.proxy(upstream().address)
    proxy.add("timeout", toxicity=0)
    assert all(ask_once(proxy.address, b"hello") == b"hello" for _ in range(20))


@STREAMS
def test_toxicity_is_drawn_for_each_connection(api: Api, upstream: Upstreams, stream: str) -> None:
    """With toxicity 0.5, some of sixty connections meet the toxic and some do not; a connection keeps its lot."""
    proxy = api.proxy(upstream().address)
    proxy.add("limit_data", stream, toxicity=0.5, bytes=0)
    spared = 0
    for _ in range(60):
        with proxy.connect() as caller:
            if _answers(caller):
                spared += 1
                assert all(_answers(caller) for _ in range(3))
    assert 5 < spared < 55


def test_toxicity_is_drawn_again_when_changed(api: Api, upstream: Upstreams) -> None:
    """A connection that was spared meets the toxic once its toxicity is 1."""
    proxy = api.proxy(upstream().address)
    proxy.add("timeout", toxicity=0)
    with proxy.connect() as caller:
        assert caller.exchange(b"hello") == b"hello"
        proxy.ask("PATCH", "/toxics/t", {"toxicity": 1})
        assert caller.send(b"hello").is_silent()


def _answers(caller: Caller) -> bool:
    try:
        return caller.exchange(b"hello") == b"hello"
    except ConnectionError:
        return False
