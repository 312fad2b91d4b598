"""Orders and answers over a real socket."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_contracts.serving import Answer, Control, NoLabServed, Order, Rendezvous, ask


@pytest.fixture(autouse=True)
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A runtime folder of this test alone."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))


@pytest.fixture
def orders() -> Iterator[list[Order]]:
    """A served lab that does what it is told, three visitors long."""
    taken: list[Order] = []

    def carry_out(order: Order) -> Answer:
        taken.append(order)
        return Answer(done=order.do != "off", lines=(f"did {order.do}", "部分"))

    place = Rendezvous("lab")
    control = Control(place.claim(), carry_out)
    threading.Thread(target=serve, args=(control, 3), daemon=True).start()
    yield taken
    control.close()
    place.release()


def serve(control: Control, visitors: int) -> None:
    """Take so many visitors."""
    with contextlib.suppress(OSError):  # until it is closed
        for _visitor in range(visitors):
            control.serve_one()


def visitor(data: bytes) -> None:
    """Somebody who sends something and goes."""
    with socket.socket(socket.AF_UNIX) as way:
        way.connect(str(Rendezvous("lab").path))
        way.sendall(data)


def test_an_order_is_carried_out_and_answered(orders: list[Order]):
    """What is asked and what is said cross as they are."""
    order = Order(do="on", fault={"fault": "status", "code": 503}, consumers=("a", "b"))
    assert ask("lab", order) == Answer(done=True, lines=("did on", "部分"))
    assert orders == [order]
    assert not ask("lab", Order(do="off")).done


@pytest.mark.parametrize("data", [b"", b"hello\n", b"[1]\n", b'{"do": 1}\n', b'{"do": "on"'])
def test_a_visitor_who_says_nothing_sensible_is_let_go(orders: list[Order], data: bytes):
    """The next one is served."""
    visitor(data)
    assert ask("lab", Order(do="list")).done
    assert [order.do for order in orders] == ["list"]


def test_nobody_there():
    """A sentence, no traceback."""
    with pytest.raises(NoLabServed, match="'nobody' does not answer"):
        ask("nobody", Order(do="list"))
