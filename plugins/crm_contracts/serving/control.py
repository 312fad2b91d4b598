"""One line of JSON each way between a served lab and a second terminal."""

import json
import socket
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from crm_contracts.model.json import JSON
from crm_contracts.model.language import _
from crm_contracts.serving.rendezvous import Rendezvous

MOST = 1 << 20
"""Bytes of a line."""
ANSWERS_WITHIN = 15.0
"""Seconds; a toxic is probed as it comes on, which takes a few tenths of one."""
READS_WITHIN = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a second terminal wants: `on`, `off` or `list`; `fault` has the keys of a scenario, or its name alone."""

    do: str
    fault: dict[str, JSON] = field(default_factory=dict)
    consumers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a served lab says: lines for people, and whether it did what was asked."""

    done: bool
    lines: tuple[str, ...] = ()


class NoLabServed(Exception):  # noqa: N818 - a fact, told to the user as one
    """Nobody answers under a name."""


class Control:
    """A served lab's end: hands each order over and sends the answer."""

    def __init__(self, listener: socket.socket, carry_out: Callable[[Order], Answer]) -> None:
        self.listener, self._carry_out = listener, carry_out

    def serve_one(self) -> None:
        """Take one visitor, who waits already; one who says nothing sensible is let go."""
        visitor, _address = self.listener.accept()
        with visitor:
            visitor.settimeout(READS_WITHIN)
            try:
                order = _order(_line(visitor))
                visitor.settimeout(ANSWERS_WITHIN)
                visitor.sendall(json.dumps(asdict(self._carry_out(order))).encode() + b"\n")
            except (OSError, ValueError, KeyError, TypeError):
                # A visitor that left, or is none of ours: the lab is there for its callers.
                return

    def close(self) -> None:
        """Listen no more."""
        self.listener.close()


def ask(name: str, order: Order) -> Answer:
    """Send an order to the lab that is served under a name; raises NoLabServed where none answers."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as way:
        way.settimeout(ANSWERS_WITHIN)
        try:
            way.connect(str(Rendezvous(name).path))
            way.sendall(json.dumps(asdict(order)).encode() + b"\n")
            answer = json.loads(_line(way))
        except (OSError, ValueError):
            sentence = _("The lab that is served under the name {name!r} does not answer.")
            raise NoLabServed(sentence.format(name=name)) from None
    return Answer(done=bool(answer["done"]), lines=tuple(answer["lines"]))


def _order(line: bytes) -> Order:
    said = json.loads(line)
    return Order(do=str(said["do"]), fault=dict(said["fault"]), consumers=tuple(map(str, said["consumers"])))


def _line(way: socket.socket) -> bytes:
    data = bytearray()
    while not data.endswith(b"\n"):
        part = way.recv(1 << 16)
        if not part or len(data) > MOST:
            raise ValueError(_("the line ended too early"))
        data += part
    return bytes(data)
