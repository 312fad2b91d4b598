"""Which form a request was given in: captured HTTP, HTTP as editors write it, a curl command, HAR, or a body alone."""

import re

from crm_contracts.diagnosis import curl, har, written
from crm_contracts.diagnosis.given import MOST, Given, Unreadable
from crm_contracts.model.language import _

_METHOD = re.compile(rb"[A-Za-z]+[ \t]+(?:/|\*|https?://)\S*", re.ASCII)
_URL = re.compile(rb"https?://\S+[ \t]*(?:\r?\n|\Z)")
_VERSION = re.compile(rb"[^\r\n]* HTTP/\d")
_ANSWER = re.compile(rb"HTTP/\d")
_COMMENT = (b"#", b"//")


def given(data: bytes, *, entry: int | None = None) -> Given:
    r"""Return the request that a file means; `entry` is the number of a HAR's entry, from 1.

    Raises Unreadable where it is no request.

    >>> given(b"GET /orders HTTP/1.1\r\nHost: crm\r\n\r\n").kind
    'captured'
    >>> given(b"curl http://crm/orders").raw
    b'GET /orders HTTP/1.1\r\nHost: crm\r\nUser-Agent: curl\r\nAccept: */*\r\n\r\n'
    """
    if len(data) > MOST:
        sentence = _("It has {size:.1f} MB; at most {most} MB are read.")
        raise Unreadable(sentence.format(size=len(data) / 2**20, most=MOST // 2**20))
    start = _without_comments(data)
    if not start.strip():
        raise Unreadable(_("It is empty."))
    if _ANSWER.match(start):
        raise Unreadable(_("It is an answer (it begins with HTTP/). The request is looked for."))
    return _known(data, start, entry)


def _known(data: bytes, start: bytes, entry: int | None) -> Given:
    if re.match(rb"\$?\s*curl(\.exe)?\s", start):
        return curl.given(start)
    if (found := har.given(data, entry)) is not None:
        return found
    if _METHOD.match(start) or _URL.match(start) or _VERSION.match(start):
        return _http(data) or written.given(start)
    if start[:1] in b'{["':
        notes = (_("a body alone: no method, no address, no headers"),)
        return Given(kind="body", raw=data, notes=notes)
    if _is_binary(data):
        # The framing tells what such bytes are (TLS, HTTP/2, ...).
        return Given(kind="captured", raw=data)
    raise Unreadable(
        _("It is neither HTTP (METHOD /path HTTP/1.1), nor a curl command, nor a HAR file, nor JSON.")
    )


def _http(data: bytes) -> Given | None:
    """Captured HTTP: lines of its head end with CR LF, as HTTP's do."""
    head = re.split(rb"\r?\n\r?\n", data.lstrip(b"\r\n"), maxsplit=1)[0]
    return Given(kind="captured", raw=data) if b"\r\n" in head or b"\r\n\r\n" in data else None


def _without_comments(data: bytes) -> bytes:
    """Editors' request files begin with comments."""
    while (line := data.lstrip(b"\r\n \t")).startswith(_COMMENT):
        data = line.partition(b"\n")[2]
    return data.lstrip(b"\r\n") if data[:1] in b"\r\n" else data


def _is_binary(data: bytes) -> bool:
    return b"\0" in data[:4096] or data.startswith((b"\x16\x03", b"\x80", b"PRI * HTTP/2"))
