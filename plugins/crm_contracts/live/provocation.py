"""One request to a provider: the bytes on the wire, what is wrong with them and where, and how people send it again."""

from dataclasses import dataclass
from typing import Literal

from crm_contracts.model.case import Served
from crm_contracts.model.delivery import Delivery
from crm_contracts.model.exchange import Answer
from crm_contracts.model.wire import framed

Kind = Literal["valid", "invalid", "mutation"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Provocation:
    """A request; `what` says in a few words what is wrong with it (empty: nothing), `at` is the byte of `data` to look at.

    `framing`: its HTTP is broken, not only its body. `incomplete`: nobody owes it an answer (RFC 9112 8). `refused`: a strict
    reader refuses its body, so that no success may come of it. `plain` is the body where the framing is sound.
    """

    name: str
    kind: Kind
    data: bytes
    what: str = ""
    at: int | None = None
    framing: bool = False
    incomplete: bool = False
    refused: bool = False
    plain: Answer | None = None


def on_wire(start: str, served: Served) -> bytes:
    r"""The bytes of a request whose headers, framing and body are those of an answer, as mutations break them.

    >>> on_wire("POST /a HTTP/1.1", Answer(status=200, headers=(("Host", "crm"),), body=b"{}"))
    b'POST /a HTTP/1.1\r\nConnection: close\r\nHost: crm\r\nContent-Length: 2\r\n\r\n{}'
    """
    if isinstance(served, Delivery):
        data = b"".join(piece.data for piece in served.pieces)
    else:
        data = framed(served, f"Content-Length: {len(served.body)}") + served.body
    _status, _end, rest = data.partition(b"\r\n")
    return f"{start}\r\nConnection: close\r\n".encode("latin-1", "replace") + rest


def first_difference(data: bytes, sound: bytes) -> int:
    """The byte at which a broken request first says something else than the sound one: in its body, else in its head.

    A Content-Length that only follows from the body is no difference.
    """
    head, _end, body = data.partition(b"\r\n\r\n")
    sound_head, _end, sound_body = sound.partition(b"\r\n\r\n")
    if body != sound_body and _other_line(head, sound_head) is None:
        return len(head) + 4 + _differs(body, sound_body)
    found = _other_line(head, sound_head)
    return len(data) if found is None else found


def _other_line(head: bytes, sound: bytes) -> int | None:
    """Where the first line begins that the sound head does not have; None: only the length differs."""
    known, place = set(sound.split(b"\r\n")), 0
    lines = head.split(b"\r\n")
    told = [line for line in lines if line.startswith(b"Content-Length:")]
    for line in lines:
        if line not in known and (len(told) != 1 or line != told[0] or not _fits(line)):
            return place
        place += len(line) + 2
    return None


def _fits(line: bytes) -> bool:
    return line.partition(b":")[2].strip().isdigit()


def _differs(body: bytes, sound: bytes) -> int:
    pairs = zip(body, sound, strict=False)
    return next((place for place, (one, two) in enumerate(pairs) if one != two), min(len(body), len(sound)))
