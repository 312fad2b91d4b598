# ruff: noqa: INP001, T201 - a script that prints
"""Callers for the gateway's figures, in a process of their own: `python callers.py HOST PORT CONNECTIONS SECONDS REQUESTS KIND...`

The access token is read from stdin; printed are the number of answers and the seconds they took.
"""

import re
import selectors
import socket
import sys
import time
from collections.abc import Callable, Iterator

_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)

Make = Callable[[int], bytes]


def main() -> None:
    """Each connection asks again as soon as it has its answer."""
    host, port, connections, seconds, requests, *kinds = sys.argv[1:]
    token = sys.stdin.read()
    head = f"Host: crm\r\nAuthorization: Bearer {token}\r\nAccept: application/json\r\n".encode()
    asked = _requests([MAKES[kind] for kind in kinds], head)
    selector = _open((host, int(port)), int(connections), asked)
    began = time.monotonic()
    count = _drive(selector, asked, int(requests), began + float(seconds))
    print(count, time.monotonic() - began)


def _open(address: tuple[str, int], connections: int, asked: Iterator[bytes]) -> selectors.BaseSelector:
    selector = selectors.DefaultSelector()
    for _ in range(connections):
        caller = socket.create_connection(address)
        caller.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(caller, selectors.EVENT_READ, bytearray())
        caller.sendall(next(asked))
    return selector


def _drive(selector: selectors.BaseSelector, asked: Iterator[bytes], requests: int, until: float) -> int:
    count = 0
    while count < requests and time.monotonic() < until:
        for key, _ready in selector.select(1.0):
            caller = key.fileobj
            assert isinstance(caller, socket.socket)
            came = caller.recv(65536)
            if not came:
                raise SystemExit("the gateway closed a connection")
            key.data.extend(came)
            if _whole(key.data):
                key.data.clear()
                count += 1
                caller.sendall(next(asked))
    return count


def _requests(makes: list[Make], head: bytes) -> Iterator[bytes]:
    number = 0
    while True:
        for make in makes:
            number += 1
            line, _, rest = make(number).partition(b"\r\n")
            yield line + b"\r\n" + head + rest


def _whole(data: bytearray) -> bool:
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return False
    length = _LENGTH.search(data, 0, end + 2)
    return len(data) - end - 4 >= (int(length[1]) if length else 0)


def _with_body(target: bytes, body: bytes) -> bytes:
    head = b"POST " + target + b" HTTP/1.1\r\nContent-Type: application/json\r\n"
    return head + f"Content-Length: {len(body)}\r\n\r\n".encode() + body


def _get(_number: int) -> bytes:
    return b"GET /crm/2026-03/contacts/C-1001 HTTP/1.1\r\n\r\n"


def _search(_number: int) -> bytes:
    body = b'{"email": "ada.lovelace@example.com", "lifecycleStage": "customer", "limit": 10}'
    return _with_body(b"/crm/2026-03/contacts/search", body)


def _create(number: int) -> bytes:
    body = f'{{"subject": "printer on fire {number}", "priority": "high", "description": "{"x" * 150}"}}'
    return _with_body(b"/crm/2026-03/tickets", body.encode())


def _padded(_number: int) -> bytes:
    return b"GET /crm/2026-03/contacts?limit=4 HTTP/1.1\r\nX-Padding: " + b"p" * 195 + b"\r\n\r\n"


MAKES: dict[str, Make] = {"get": _get, "search": _search, "create": _create, "padded": _padded}

if __name__ == "__main__":
    main()
