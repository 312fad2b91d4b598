"""Engines as the lab uses them: the same promises from both, and none of them ever waits for a toxic."""

import pickle
import socket
import time
from collections.abc import Callable
from typing import TypeAlias

import pytest

from crm_contracts.lab.engines import Engine, EngineError, InvalidToxicError, Proxy, ToxicSpec
from crm_contracts.lab.engines.toxic import Stream
from tests.lab.engines.conftest import Loop
from tests.lab.engines.wire import Caller, Upstream, ask_once, elapsed

Upstreams: TypeAlias = Callable[..., Upstream]

PROMPT = 4.0
"""Far below the times of the toxics here, far above what a busy machine needs."""
LONG = 3_600_000
SILENCE = ToxicSpec(name="t", type="timeout")
SLEEPING_RESET = ToxicSpec(name="t", type="reset_peer", attributes={"timeout": LONG})


@pytest.fixture
def proxy(engine: Engine, loop: Loop, upstream: Upstreams) -> Proxy:
    """A proxy in front of an echo."""
    return loop.run(engine.open("run", upstream().address))


def answers(proxy: Proxy) -> bool:
    return ask_once(proxy.address, b"hello") == b"hello"


def test_engine_tells_what_it_is(engine: Engine) -> None:
    """Name, version and reason are there for reports."""
    assert engine.name in {"toxiproxy", "embedded"}
    assert engine.version.startswith("2.12")
    assert engine.why
    assert engine.alive


def test_proxies_have_addresses_of_their_own(engine: Engine, loop: Loop, upstream: Upstreams) -> None:
    """Two runs have two ports, whatever their names are made of."""
    first, second = (loop.run(engine.open(name, upstream().address)) for name in ("a b/1", "a b/2"))
    assert first.address != second.address
    assert first.name == "a b/1"
    assert answers(first)
    assert answers(second)


def test_fixed_port(engine: Engine, loop: Loop, upstream: Upstreams) -> None:
    """A declared port is used, and where it is taken that is an error."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[:2]
        with pytest.raises(EngineError, match="address already in use"):
            loop.run(engine.open("run", upstream().address, taken))
    proxy = loop.run(engine.open("run", upstream().address, taken))
    assert proxy.address == taken
    assert answers(proxy)


def test_add_update_remove(proxy: Proxy, loop: Loop) -> None:
    """A toxic comes, changes and goes, and an open connection notices each."""
    with Caller(proxy.address) as caller:
        loop.run(proxy.add(ToxicSpec(name="t", type="latency", attributes={"latency": LONG})))
        assert caller.send(b"hello").is_silent()
        loop.run(proxy.update(ToxicSpec(name="t", type="latency", attributes={"latency": 150})))
        assert caller.receive(5) == b"hello"
        with elapsed() as watch:
            caller.exchange(b"hello")
        assert watch.seconds >= 0.149
        loop.run(proxy.remove("t"))
        assert caller.exchange(b"hello") == b"hello"


def test_several_toxics_at_once(proxy: Proxy, loop: Loop) -> None:
    """When one of them goes, the others stay."""
    loop.run(proxy.add(SILENCE))
    loop.run(proxy.add(ToxicSpec(name="limit", type="limit_data", attributes={"bytes": 2})))
    loop.run(proxy.remove("t"))
    assert ask_once(proxy.address, b"hello") == b"he"


def test_down_and_up(proxy: Proxy, loop: Loop) -> None:
    """Down refuses, up serves on the same address, and toxics stay on."""
    loop.run(proxy.add(ToxicSpec(name="limit", type="limit_data", attributes={"bytes": 2})))
    loop.run(proxy.down())
    with pytest.raises(ConnectionRefusedError):
        Caller(proxy.address)
    loop.run(proxy.up())
    assert ask_once(proxy.address, b"hello") == b"he"


def test_close_frees_the_port(proxy: Proxy, loop: Loop) -> None:
    """A closed proxy listens no more, and to close it again does no harm."""
    loop.run(proxy.close())
    loop.run(proxy.close())
    with pytest.raises(ConnectionRefusedError):
        Caller(proxy.address)


def test_dangerous_toxics_never_reach_the_engine(engine: Engine, proxy: Proxy, loop: Loop) -> None:
    """What would crash a server is refused, at first and as an update, and the engine lives on."""
    deadly = ToxicSpec(name="t", type="bandwidth", attributes={"rate": -1})
    loop.run(proxy.add(ToxicSpec(name="t", type="bandwidth", attributes={"rate": 1000})))
    for change in (proxy.add, proxy.update):
        with pytest.raises(InvalidToxicError, match="rate is -1"):
            loop.run(change(deadly))
    assert answers(proxy)
    assert engine.alive


def test_unknown_and_double_names(proxy: Proxy, loop: Loop) -> None:
    """Errors have the words and the status of the API."""
    loop.run(proxy.add(SILENCE))
    with pytest.raises(EngineError, match="toxic already exists") as raised:
        loop.run(proxy.add(SILENCE))
    assert raised.value.status == 409
    for change in (proxy.remove("none"), proxy.update(ToxicSpec(name="none", type="timeout"))):
        with pytest.raises(EngineError, match="toxic not found"):
            loop.run(change)


def test_a_toxic_stays_what_it_is(proxy: Proxy, loop: Loop) -> None:
    """An update cannot make another toxic out of one."""
    loop.run(proxy.add(SILENCE))
    with pytest.raises(InvalidToxicError, match="stays 'timeout'"):
        loop.run(proxy.update(ToxicSpec(name="t", type="latency")))
    with pytest.raises(InvalidToxicError, match="stays 'downstream'"):
        loop.run(proxy.update(ToxicSpec(name="t", type="timeout", stream="upstream")))


@pytest.mark.parametrize("stream", ["upstream", "downstream"])
def test_black_hole_is_undone_at_once(proxy: Proxy, loop: Loop, stream: Stream) -> None:
    """A call that waits in a black hole is released, and the next one is served."""
    loop.run(proxy.add(ToxicSpec(name="t", type="timeout", stream=stream)))
    with Caller(proxy.address) as caller:
        assert caller.send(b"hello").is_silent()
        loop.run(proxy.remove("t"), within=PROMPT)
        assert caller.ending() == "eof"
    assert answers(proxy)


@pytest.mark.parametrize("change", ["remove", "update"])
def test_sleeping_reset_is_undone_at_once(proxy: Proxy, loop: Loop, change: str) -> None:
    """A reset that would come in an hour comes now, and new connections do not meet it."""
    loop.run(proxy.add(SLEEPING_RESET))
    with Caller(proxy.address) as caller:
        assert caller.send(b"hello").is_silent()
        undo = (
            proxy.remove("t")
            if change == "remove"
            else proxy.update(ToxicSpec(name="t", type="reset_peer", toxicity=0))
        )
        loop.run(undo, within=PROMPT)
        assert caller.ending() in {"reset", "eof"}
    assert answers(proxy)


def test_neighbour_of_a_sleeping_reset_stays(proxy: Proxy, loop: Loop) -> None:
    """When the reset is undone, the other toxics are still on; and one that is added beside it is on at once."""
    loop.run(proxy.add(ToxicSpec(name="limit", type="limit_data", attributes={"bytes": 2})))
    loop.run(proxy.add(SLEEPING_RESET))
    with Caller(proxy.address) as caller:
        assert caller.send(b"hello").is_silent()
        loop.run(proxy.add(ToxicSpec(name="late", type="slow_close", attributes={"delay": 1})), within=PROMPT)
        loop.run(proxy.remove("t"), within=PROMPT)
    assert ask_once(proxy.address, b"hello") == b"he"
    for name in ("limit", "late"):
        loop.run(proxy.remove(name), within=PROMPT)
    assert answers(proxy)


def test_undo_while_a_caller_does_not_read(engine: Engine, loop: Loop, upstream: Upstreams) -> None:
    """A caller that reads nothing of thirty megabytes cannot hold up the undo, nor anybody else."""
    large = upstream(answer=lambda chunk: b"x" * 30_000_000 if chunk == b"all" else chunk)
    proxy = loop.run(engine.open("run", large.address))
    loop.run(proxy.add(ToxicSpec(name="t", type="limit_data", attributes={"bytes": 10**9})))
    with Caller(proxy.address) as caller:
        caller.send(b"all")
        # Long enough for every buffer on the way to fill up.
        time.sleep(0.7)
        loop.run(proxy.remove("t"), within=PROMPT)
        assert answers(proxy)
        other = loop.run(engine.open("other", large.address), within=PROMPT)
        assert answers(other)
        loop.run(proxy.close(), within=PROMPT)
        loop.run(engine.close(), within=PROMPT)


@pytest.mark.parametrize("toxic", [SILENCE, SLEEPING_RESET], ids=lambda toxic: toxic.type)
def test_close_waits_for_no_toxic(engine: Engine, proxy: Proxy, loop: Loop, toxic: ToxicSpec) -> None:
    """Proxy and engine close at once while a call hangs in a toxic, and the call is released."""
    loop.run(proxy.add(toxic))
    with Caller(proxy.address) as caller:
        assert caller.send(b"hello").is_silent()
        loop.run(proxy.close(), within=PROMPT)
        assert caller.ending() in {"eof", "reset"}
    loop.run(engine.close(), within=PROMPT)


def test_closed_engine(engine: Engine, proxy: Proxy, loop: Loop) -> None:
    """A closed engine has no port open any more, and to close it again does no harm."""
    loop.run(engine.close())
    loop.run(engine.close())
    with pytest.raises(ConnectionRefusedError):
        Caller(proxy.address)


def test_errors_cross_a_pipe() -> None:
    """An EngineError keeps its words and status when it is pickled."""
    error = pickle.loads(pickle.dumps(EngineError("proxy not found", status=404)))
    assert (str(error), error.status) == ("proxy not found", 404)
