"""One HTTP request to a consumer's service, on a connection of its own: nothing is repeated, nothing is reused."""

import asyncio
import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit

from crm_contracts.model.json import JSON

LONGEST = 64 * 1024 * 1024
_NO_BODY = {204, 304}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a service answered; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def value(self) -> JSON:
        """The body as JSON where it is, else as text."""
        return read_value(self.body.decode("utf-8", "replace"))


class NoReplyError(Exception):
    """The connection ended before a whole answer."""


def read_value(text: str) -> JSON:
    """JSON where a text is JSON, the text itself where it is not, None where there is none.

    >>> read_value('{"id": 1}'), read_value("out of order"), read_value("")
    ({'id': 1}, 'out of order', None)
    """
    if not text.strip():
        return None
    try:
        value: JSON = json.loads(text, parse_constant=str)
    except (ValueError, RecursionError):
        return text
    return value


async def ask(
    base: str, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
) -> Reply:
    """Send one request below `base` and return the answer.

    Raises OSError where there is no connection and NoReplyError where it ends too early. It waits for ever: the caller
    of this function says how long.
    """
    address = urlsplit(base)
    port = address.port or (443 if address.scheme == "https" else 80)
    secure = True if address.scheme == "https" else None
    reader, writer = await asyncio.open_connection(address.hostname, port, ssl=secure, limit=LONGEST)
    try:
        writer.write(_head(address, method, path, headers or {}, body) + (body or b""))
        return await _reply(reader, method)
    except (
        asyncio.IncompleteReadError,
        asyncio.LimitOverrunError,
        ConnectionError,
        ValueError,
        IndexError,
    ) as error:
        raise NoReplyError(str(error)) from error
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            writer.transport.abort()


def _head(
    address: SplitResult, method: str, path: str, headers: Mapping[str, str], body: bytes | None
) -> bytes:
    target = address.path.rstrip("/") + quote(
        path if path.startswith("/") else f"/{path}", safe="/?&=%:;,+@!$'()*~-._[]"
    )
    own = {
        "Host": address.netloc.rpartition("@")[2],
        "Accept": "application/json, */*",
        "Connection": "close",
    }
    if body is not None:
        own |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
    given = {name.title() for name in headers}
    lines = {name: value for name, value in own.items() if name not in given} | dict(headers)
    text = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{method} {target} HTTP/1.1\r\n{text}\r\n".encode()


async def _reply(reader: asyncio.StreamReader, method: str) -> Reply:
    status = 100
    headers: dict[str, str] = {}
    while 100 <= status < 200:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        status = int(head[0].split(" ", 2)[1])
        pairs = (line.partition(":") for line in head[1:] if line)
        headers = {name.strip().lower(): value.strip() for name, _colon, value in pairs}
    empty = method == "HEAD" or status in _NO_BODY
    return Reply(status=status, headers=headers, body=b"" if empty else await _body(reader, headers))


async def _body(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return await _chunks(reader)
    if "content-length" in headers:
        return await reader.readexactly(int(headers["content-length"]))
    return await reader.read()


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    parts = []
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        parts.append(await reader.readexactly(size))
        await reader.readexactly(2)
    return b"".join(parts)
