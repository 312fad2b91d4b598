"""Why a request cannot be read: the first byte that breaks HTTP's framing, by RFC 9110 and 9112.

The parser decides that a head is unreadable; these rules find where. All offsets count from the start of their part.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from crm_contracts.model.exchange import Violation
from crm_contracts.model.language import _

HEAD_LIMIT = 64 * 1024
"""A longer head (bytes) is refused; common servers stop at 8 to 64 kB."""
BODY_LIMIT = 64 * 1024 * 1024
"""A longer body (bytes) is refused."""

_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_NAME_END = re.compile(rb"[^!#$%&'*+\-.^_`|~0-9A-Za-z]")
_REQUEST_LINE = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+ [!-~]+ HTTP/1\.[01]\r\n")
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_BARE = re.compile(rb"(?<!\r)\n|\r(?!\n)")
_RAW = re.compile(rb"[^!-~]")
_TLS = (b"\x16\x03", b"\x80")

Headers = Sequence[tuple[str, str]]


def broken(
    rule: str, message: str, offset: int | None, *, part: Literal["head", "body"] = "head"
) -> Violation:
    """A violation of HTTP's framing."""
    return Violation(rule=f"framing.{rule}", message=message, part=part, offset=offset)


def explain(head: bytes, words: str) -> Violation:
    r"""Return the first violation of a head that the parser refused; `words` are the parser's own.

    >>> explain(b"GET / HTTP/1.1\r\nHost : crm\r\n\r\n", "").offset
    20
    """
    found = next(_violations(head), None)
    return found or broken("unreadable", _("The request cannot be read: {words}.").format(words=words), None)


def hopeless(begun: bytes) -> Violation | None:
    """Return what already makes a head unreadable that is not complete yet, or None."""
    if not begun[:1].isalpha():
        return next(_violations(begun), None)
    if found := _BARE.search(begun, 0, len(begun) - 1):
        return next(_violations(begun[: found.end()]), None)
    if len(begun) > HEAD_LIMIT:
        return too_large()
    return None


def strict(head: bytes, headers: Headers, named: Mapping[str, str]) -> Violation | None:
    """Return what a parser lets pass and a strict reader does not: the request line's form, and the Host header."""
    if not _REQUEST_LINE.match(head):
        return next(_request_line(head[: head.find(b"\r\n")]), None)
    if "host" in named and len(named) == len(headers):
        return None
    hosts = sum(1 for name, _value in headers if name == "host")
    if hosts == 1 or (hosts == 0 and head[: head.find(b"\r\n")].endswith(b"1.0")):
        return None
    if hosts:
        return broken("host", _("More than one Host header."), _second(head, b"host"))
    return broken("host", _("The Host header is missing, which HTTP/1.1 demands (RFC 9112 3.2)."), 0)


def too_large() -> Violation:
    """A head above the limit."""
    return broken("head_too_large", _("The head is longer than {n} bytes.").format(n=HEAD_LIMIT), HEAD_LIMIT)


def too_long(head: bytes) -> Violation:
    """A body above the limit."""
    where = _values(head, b"content-length")[0][0]
    return broken("body_too_large", _("The body is longer than {n} bytes.").format(n=BODY_LIMIT), where)


def cut_off(part: Literal["head", "body"], received: int, expected: int | None) -> Violation:
    """A request whose connection ended before it was complete."""
    if part == "head":
        message = _("The connection ended in the middle of the head, after {n} bytes.").format(n=received)
        return broken("short_head", message, received)
    if expected is None:
        message = _("The connection ended before the last chunk, after {n} bytes.").format(n=received)
    else:
        message = _("The body has {n} bytes, Content-Length says {m}.").format(n=received, m=expected)
    return broken("short_body", message, received, part="body")


def _violations(head: bytes) -> Iterator[Violation]:
    if head.startswith(_TLS):
        yield broken("tls", _("These bytes are TLS, but this port speaks plain HTTP."), 0)
    lines = head.split(b"\n")
    yield from _request_line(lines[0].removesuffix(b"\r"))
    start = 0
    for number, line in enumerate(lines[:-1]):
        yield from _line(line, start, first=number == 0)
        start += len(line) + 1
    yield from _lengths(head)


def _request_line(line: bytes) -> Iterator[Violation]:
    method, space, rest = line.partition(b" ")
    if not _TOKEN.fullmatch(method):
        yield broken("method", _("The request does not begin with a method."), _first(_NAME_END, method))
        return
    target, _space, version = rest.rpartition(b" ")
    start = len(method) + 1
    if (raw := _RAW.search(target)) and raw[0] >= b"\x80":
        yield broken(
            "target", _("The target has a raw byte that must be percent-encoded."), start + raw.start()
        )
    elif raw or not space or not target:
        yield broken("request_line", _("The request line is not METHOD target HTTP/1.1."), start + _at(raw))
    elif version not in {b"HTTP/1.1", b"HTTP/1.0"}:
        yield broken("version", _("The request line does not end with HTTP/1.1."), start + len(target) + 1)
    elif not method.isupper():
        yield broken("method", _("Methods are upper-case words."), 0)


def _line(line: bytes, start: int, *, first: bool) -> Iterator[Violation]:
    nul = line.find(b"\0")
    if nul >= 0:
        yield broken("nul", _("A NUL byte within the head."), start + nul)
    if not line.endswith(b"\r"):
        yield broken("line_ending", _("A line ends with LF alone; HTTP demands CR LF."), start + len(line))
    elif (bare := line.find(b"\r")) < len(line) - 1:
        yield broken("line_ending", _("A CR without LF within a line."), start + bare)
    elif not first and len(line) > 1:
        yield from _header(line[:-1], start)


def _header(line: bytes, start: int) -> Iterator[Violation]:
    name, colon, value = line.partition(b":")
    if line[:1] in b" \t" or not colon:
        yield broken(
            "header_newline", _("A newline within a header: this line is no header of its own."), start
        )
    elif name.endswith((b" ", b"\t")):
        yield broken(
            "space_before_colon", _("A space before the colon of a header."), start + len(name.rstrip())
        )
    elif not _TOKEN.fullmatch(name):
        yield broken(
            "header_name", _("A header's name has a forbidden character."), start + _first(_NAME_END, name)
        )
    elif control := _CONTROL.search(value):
        where = start + len(name) + 1 + control.start()
        yield broken("control_character", _("A control character within a header."), where)


def _lengths(head: bytes) -> Iterator[Violation]:
    length, coding = _values(head, b"content-length"), _values(head, b"transfer-encoding")
    if length and coding:
        message = _("Content-Length and Transfer-Encoding together: where the body ends is ambiguous.")
        yield broken("ambiguous_length", message, max(length[0][0], coding[0][0]))
    if len(length) > 1:
        yield broken("content_length", _("More than one Content-Length header."), length[1][0])
    if length and not length[0][1].isdigit():
        yield broken("content_length", _("Content-Length is no plain number."), length[0][0])
    if coding and coding[-1][1].lower() != b"chunked":
        yield broken("transfer_encoding", _("Only the transfer coding chunked is understood."), coding[-1][0])


def _values(head: bytes, wanted: bytes) -> list[tuple[int, bytes]]:
    found, start = [], 0
    for line in head.split(b"\n"):
        name, _colon, value = line.partition(b":")
        if name.lower() == wanted:
            found.append((start, value.strip()))
        start += len(line) + 1
    return found


def _second(head: bytes, name: bytes) -> int:
    return _values(head, name)[1][0]


def _first(pattern: re.Pattern[bytes], text: bytes) -> int:
    return _at(pattern.search(text))


def _at(found: re.Match[bytes] | None) -> int:
    return found.start() if found else 0
