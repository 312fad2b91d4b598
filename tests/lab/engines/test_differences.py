"""Where the embedded engine is not Toxiproxy 2.12: each entry of DIFFERENCES.md, seen on both."""

import contextlib
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

import crm_contracts.lab.engines
from tests.lab.engines.conftest import Loop
from tests.lab.engines.wire import Api, Upstream, ask_once, elapsed, wait_until

Upstreams: TypeAlias = Callable[..., Upstream]

DOCUMENT = Path(crm_contracts.lab.engines.__file__).parent / "DIFFERENCES.md"
LONG = 3_600_000


def is_real(api: Api) -> bool:
    return api.engine == "toxiproxy"


def test_every_difference_is_seen_here() -> None:
    """Each difference that is documented has its test, named in the document, and each test stands there."""
    documented = set(re.findall(r"`(test_\w+)`", DOCUMENT.read_text(encoding="utf-8")))
    here = {name for name in globals() if name.startswith("test_")} - {"test_every_difference_is_seen_here"}
    assert documented == here


def test_version_tells_which(api: Api) -> None:
    """The embedded engine can be told from the real one."""
    assert api.ask("GET", "/version").json["version"].endswith("-embedded") is not is_real(api)


def test_metrics(api: Api) -> None:
    """The embedded engine tells a few gauges without being asked at its start."""
    answer = api.ask("GET", "/metrics")
    assert answer.status == (404 if is_real(api) else 200)
    assert ("toxiproxy_proxies 0" in answer.text) is not is_real(api)


def test_request_id(api: Api) -> None:
    """The real one numbers its answers."""
    assert ("X-Toxiproxy-Request-Id" in api.ask("GET", "/version").headers) is is_real(api)


def test_reasons_of_bad_bodies(api: Api) -> None:
    """The real one speaks of Go's types."""
    told = api.ask("POST", "/proxies", {"name": 1}).json["error"]
    assert ("Go struct field" in told) is is_real(api)


@pytest.mark.parametrize(
    "kind, attributes",
    [
        ("bandwidth", {"rate": -1}),
        ("slicer", {"average_size": 1, "size_variation": 50}),
        ("latency", {"jitter": 2**62 + 1}),
    ],
)
def test_deadly_attributes(
    own_server: Api, upstream: Upstreams, kind: str, attributes: dict[str, int]
) -> None:
    """What ends the real server at the next byte is refused by the embedded one."""
    api = own_server
    proxy = api.proxy(upstream(answer=lambda _chunk: b"x" * 500).address)
    answer = proxy.ask("POST", "/toxics", {"type": kind, "attributes": attributes})
    if not is_real(api):
        assert answer.status == 400
        assert "crash or hang" in answer.json["error"]
        return
    assert answer.status == 200
    # The slicer needs a bad draw to die of: another try finds one.
    wait_until(lambda: _answers_once(proxy.address) and _is_gone(api))


def test_bandwidth_zero(api: Api, upstream: Upstreams) -> None:
    """A rate of 0 stalls for ever on the real one, and is refused by the embedded one."""
    proxy = api.proxy(upstream().address)
    answer = proxy.ask("POST", "/toxics", {"name": "t", "type": "bandwidth", "attributes": {"rate": 0}})
    assert answer.status == (200 if is_real(api) else 400)
    if is_real(api):
        with proxy.connect() as caller:
            assert caller.send(b"hello").is_silent()


def test_address_without_host(api: Api) -> None:
    """Without an address, the real one listens to the whole network, the embedded one to this machine."""
    proxy = api.proxy("127.0.0.1:9", listen="")
    listen = proxy.ask("GET").json["listen"]
    assert listen.startswith("[::]:" if is_real(api) else "127.0.0.1:")


def test_reset_spares_whom_toxicity_spares(api: Api, upstream: Upstreams) -> None:
    """With toxicity 0, the real one still makes RST of a close (its issue 603)."""
    proxy = api.proxy(upstream(closes=True).address)
    proxy.add("reset_peer", toxicity=0)
    with proxy.connect() as caller:
        caller.send(b"bye")
        assert caller.ending() == ("reset" if is_real(api) else "eof")


def test_removal_of_a_reset_that_sleeps(api: Api, upstream: Upstreams) -> None:
    """The real one does not answer before the reset has happened; the embedded one resets at once."""
    proxy = api.proxy(upstream().address)
    proxy.add("reset_peer", timeout=1500 if is_real(api) else LONG)
    with proxy.connect() as caller:
        assert caller.send(b"hello").is_silent()
        with elapsed() as watch:
            proxy.remove()
        assert caller.ending() == "reset"
    assert not is_real(api) or watch.seconds > 0.5


def test_removal_while_a_caller_does_not_read(own_server: Api, upstream: Upstreams) -> None:
    """The real one is stuck, and lists no proxy any more; the embedded one does not mind."""
    api = own_server
    proxy = api.proxy(upstream(answer=lambda _chunk: b"x" * 30_000_000).address)
    proxy.add("limit_data", bytes=10**9)
    with proxy.connect() as caller:
        caller.send(b"x")
        # Long enough for every buffer on the way to fill up.
        time.sleep(0.7)
        assert _times_out(lambda: proxy.remove(within=1.5)) is is_real(api)
        assert _times_out(lambda: api.ask("GET", "/proxies", within=0.5)) is is_real(api)


def test_removal_of_a_timeout_spares_whom_toxicity_spares(api: Api, upstream: Upstreams) -> None:
    """The real one closes every connection with the toxic, also those that never met it."""
    proxy = api.proxy(upstream().address)
    proxy.add("timeout", toxicity=0)
    with proxy.connect() as caller:
        assert caller.exchange(b"hello") == b"hello"
        proxy.remove()
        assert caller.send(b"hello").receive(5) == (b"" if is_real(api) else b"hello")


def test_neighbours_are_left_alone(api: Api, upstream: Upstreams) -> None:
    """To add a toxic, the real one interrupts the one before: what that delayed comes at once."""
    proxy = api.proxy(upstream().address)
    proxy.add("latency", latency=LONG)
    with proxy.connect() as caller:
        assert caller.send(b"hello").is_silent()
        proxy.ask("POST", "/toxics", {"name": "second", "type": "noop"})
        assert caller.is_silent() is not is_real(api)


def test_same_seed_same_lot(loop: Loop, upstream: Upstreams) -> None:
    """With the same seed, the embedded engine spares the same connections; the real one has no such thing."""
    from crm_contracts.lab.engines import ToxicSpec
    from crm_contracts.lab.engines.embedded import EmbeddedEngine

    def lots(seed: int) -> list[bool]:
        engine = EmbeddedEngine(seed=seed)
        proxy = loop.run(engine.open("same", upstream().address))
        loop.run(proxy.add(ToxicSpec(name="t", type="limit_data", toxicity=0.5)))
        drawn = [ask_once(proxy.address, b"hello") == b"hello" for _ in range(24)]
        loop.run(engine.close())
        return drawn

    first = lots(7)
    assert first == lots(7)
    assert first != lots(8)
    assert set(first) == {True, False}


def _times_out(work: Callable[[], object]) -> bool:
    try:
        work()
    except TimeoutError:
        return True
    return False


def _answers_once(address: tuple[str, int]) -> bool:
    with contextlib.suppress(OSError):
        ask_once(address, b"x")
    return True


def _is_gone(api: Api) -> bool:
    try:
        api.ask("GET", "/version", within=1)
    except OSError:
        return True
    return False
