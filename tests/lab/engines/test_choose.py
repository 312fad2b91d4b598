"""Which engine is taken, and what is said about it."""

from pathlib import Path

import pytest

from crm_contracts.lab.engines import EngineError, start_engine
from crm_contracts.lab.engines.choose import Choice
from crm_contracts.lab.engines.toxiproxy import ToxiproxyEngine
from tests.lab.engines.conftest import Loop


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A toxiproxy-server that does not start."""
    program = tmp_path / "toxiproxy-server"
    program.write_text("#!/bin/sh\necho wrong architecture >&2; exit 1\n")
    program.chmod(0o755)
    return program


@pytest.mark.toxiproxy
@pytest.mark.parametrize("choice", [None, "toxiproxy"])
def test_toxiproxy_where_it_is_installed(loop: Loop, binary: Path, choice: Choice | None) -> None:
    """With a binary, Toxiproxy is taken by itself and when asked for."""
    engine = loop.run(start_engine(choice, binary=binary))
    assert engine.name == "toxiproxy"
    assert str(binary) in engine.why or "asked for" in engine.why
    loop.run(engine.close())


def test_embedded_where_it_is_not(loop: Loop) -> None:
    """Without a binary the embedded engine is taken, and the reason says how to get the other."""
    engine = loop.run(start_engine(None))
    assert engine.name == "embedded"
    assert "doctor --install" in engine.why
    loop.run(engine.close())


@pytest.mark.toxiproxy
def test_embedded_on_demand(loop: Loop, binary: Path) -> None:
    """Who asks for the embedded engine gets it, with a binary too."""
    engine = loop.run(start_engine("embedded", binary=binary))
    assert engine.name == "embedded"
    loop.run(engine.close())


def test_embedded_where_the_binary_does_not_start(loop: Loop, broken: Path) -> None:
    """A binary that does not start is quoted in the reason."""
    engine = loop.run(start_engine(None, binary=broken))
    assert engine.name == "embedded"
    assert "wrong architecture" in engine.why
    loop.run(engine.close())


def test_what_was_asked_for_is_never_replaced(loop: Loop, broken: Path) -> None:
    """Who asks for Toxiproxy gets an error instead of another engine."""
    with pytest.raises(EngineError, match="no toxiproxy-server is installed"):
        loop.run(start_engine("toxiproxy"))
    with pytest.raises(EngineError, match="wrong architecture"):
        loop.run(start_engine("toxiproxy", binary=broken))


@pytest.mark.toxiproxy
def test_attach(loop: Loop, toxiproxy: ToxiproxyEngine) -> None:
    """A server that was named is used; one that does not answer is an error; embedded contradicts it."""
    engine = loop.run(start_engine(None, attach_url=toxiproxy.url))
    assert (engine.name, toxiproxy.url in engine.why) == ("toxiproxy", True)
    loop.run(engine.close())
    with pytest.raises(EngineError, match="cannot be reached"):
        loop.run(start_engine(None, attach_url="http://127.0.0.1:9"))
    with pytest.raises(EngineError, match="cannot be attached"):
        loop.run(start_engine("embedded", attach_url=toxiproxy.url))
