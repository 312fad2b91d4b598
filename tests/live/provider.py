"""A provider of the tests' own: it reads one request a connection, and a function says what becomes of it."""

import contextlib
import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

DROP = b""
HANG = b"hang"
Answers = Callable[[bytes, bytes], bytes]
"""From head and body to the bytes of the answer, DROP or HANG."""


@contextlib.contextmanager
def provider(answers: Answers) -> Iterator[tuple[str, list[bytes]]]:
    """Serve it; yields its origin and the requests that arrived."""
    seen: list[bytes] = []
    ended = threading.Event()
    threads: list[threading.Thread] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)

        def serve() -> None:
            while not ended.is_set():
                with contextlib.suppress(TimeoutError):
                    wire, _address = server.accept()
                    threads.append(threading.Thread(target=_one, args=(wire, answers, seen, ended)))
                    threads[-1].start()

        main = threading.Thread(target=serve)
        main.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}", seen
        finally:
            ended.set()
            for thread in (main, *threads):
                thread.join()


def _one(wire: socket.socket, answers: Answers, seen: list[bytes], ended: threading.Event) -> None:
    with wire, contextlib.suppress(OSError):
        wire.settimeout(2)
        data = _request(wire)
        seen.append(data)
        head, _end, body = data.partition(b"\r\n\r\n")
        answer = answers(head, body)
        if answer is HANG:
            ended.wait(20)
        elif answer:
            wire.sendall(answer)


def _request(wire: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        if not (part := wire.recv(65_536)):
            return data
        data += part
    head, _end, body = data.partition(b"\r\n\r\n")
    length = re.findall(rb"(?im)^content-length: (\d+)\r?$", head)
    while length and len(body) < int(length[0]) and (part := wire.recv(65_536)):
        body += part
    return head + b"\r\n\r\n" + body


def answer(status: int, *lines: str) -> bytes:
    """An answer without a body."""
    head = "\r\n".join((f"HTTP/1.1 {status} Word", *lines, "Content-Length: 0"))
    return f"{head}\r\n\r\n".encode()


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound provider, but for one thing: `odd` is asked first with head and body, and may say something else."""

    odd: Callable[[bytes, bytes], bytes | None] = lambda _head, _body: None

    def __call__(self, head: bytes, body: bytes) -> bytes:
        said = self.odd(head, body)
        return said if said is not None else _soundly(head, body)


def _soundly(head: bytes, body: bytes) -> bytes:
    lengths = re.findall(rb"(?im)^content-length: ?(.*?)\r?$", head)
    if len(lengths) != 1 or not lengths[0].isdigit() or int(lengths[0]) != len(body):
        return answer(400)
    try:
        value = json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refused)
    except (ValueError, RecursionError):
        return answer(400)
    return answer(201 if isinstance(value, dict) and isinstance(value.get("subject"), str) else 422)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len({name for name, _value in pairs}) != len(pairs):
        raise ValueError(pairs)
    return dict(pairs)


def _refused(name: str) -> object:
    raise ValueError(name)


CONTRACT = "contract: desk\nauth: {kind: none}\n"
OPENAPI = """\
openapi: 3.1.0
info: {title: Desk, version: "1"}
paths:
  /tickets:
    post:
      operationId: createTicket
      parameters: [{name: dry, in: query, schema: {type: boolean}}]
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [subject]
              properties:
                subject: {type: string, minLength: 1}
                id: {type: string, readOnly: true}
                due: {type: string, format: date}
                state: {enum: [open, closed]}
                hours: {type: number, maximum: 24}
                tags: {type: array, items: {type: string}}
                urgent: {type: boolean}
            example: {subject: Büro, due: "2026-12-01", state: open, hours: 1.5, tags: [printer], urgent: true}
      responses: {"201": {description: .}}
    get: {operationId: listTickets, responses: {"200": {description: .}}}
"""
