"""What the CRM said: the JSON of an answer that came whole, could be read and was a success."""

import gzip
import json
import zlib

from crm_contracts.model.exchange import Exchange
from crm_contracts.model.json import JSON
from crm_contracts.model.likeness import Nothing


def said(seen: Exchange) -> JSON | Nothing:
    """The value of a whole and successful answer; nothing where it failed, was cut short, or is no JSON."""
    if not seen.answered or seen.status is None or not 200 <= seen.status < 300 or not seen.answer.whole:
        return Nothing.HERE
    try:
        value: JSON = json.loads(_plain(seen))
    except (ValueError, OSError, EOFError, zlib.error, RecursionError):
        return Nothing.HERE
    return value


def is_cut(seen: Exchange) -> bool:
    """Whether an answer was too large to keep, so that nobody can tell any more what it said."""
    return not seen.answer.whole


def _plain(seen: Exchange) -> bytes:
    body = seen.answer.kept
    if "chunked" in seen.answer_headers.get("transfer-encoding", "").lower():
        body = _joined(body)
    coding = seen.answer_headers.get("content-encoding", "").lower()
    if coding == "gzip":
        return gzip.decompress(body)
    return zlib.decompress(body) if coding == "deflate" else body


def _joined(body: bytes) -> bytes:
    """The chunks of a body in one (RFC 9112 7.1); raises ValueError where one is missing."""
    parts: list[bytes] = []
    while True:
        line, found, rest = body.partition(b"\r\n")
        if not found:
            raise ValueError(body)
        size = int(line.partition(b";")[0], 16)
        if size == 0:
            return b"".join(parts)
        if len(rest) < size:
            raise ValueError(body)
        parts.append(rest[:size])
        body = rest[size + 2 :]
