"""Two requests side by side: what the bad one has otherwise than the good one, down to the first byte."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest

from crm_contracts.contracts.json_scanner import escape
from crm_contracts.diagnosis.encoding import spoken
from crm_contracts.diagnosis.reading import Reading
from crm_contracts.lab.secrets import Secrets
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _
from crm_contracts.model.problem import columns
from crm_contracts.model.secret_names import is_secret

AROUND = 24
"""Bytes shown on either side of the first that differs."""
MOST = 12
"""So many differing values of two bodies are told."""

_USUAL = frozenset(
    {"date", "user-agent", "postman-token", "accept", "accept-encoding", "accept-language", "connection"}
    | {
        "cache-control",
        "content-length",
        "traceparent",
        "tracestate",
        "x-request-id",
        "idempotency-key",
        "host",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that differs: where, what stands here, what stands in the good one.

    `usual` are differences that every two clients have; `aside` are lines with bytes and a caret.
    """

    place: str
    here: str
    good: str
    usual: bool = False
    aside: tuple[str, ...] = ()


def differences(reading: Reading, good: Reading, secrets: Secrets) -> tuple[Difference, ...]:
    """Return what differs between a request and the good one, the telling differences first; secrets are names.

    >>> one, two = Reading(method="PUT", body=b"[1,]"), Reading(method="POST", body=b"[1]")
    >>> [(found.place, found.here, found.good) for found in differences(one, two, Secrets())][:1]
    [('method', 'PUT', 'POST')]
    """
    found = [*_lines(reading, good), *_headers(reading, good, secrets), *_bodies(reading, good, secrets)]
    hidden = (_hidden(one, secrets) for one in found)
    return tuple(sorted(hidden, key=lambda one: one.usual))


def _hidden(found: Difference, secrets: Secrets) -> Difference:
    return Difference(
        place=found.place,
        here=secrets.redact_text(found.here),
        good=secrets.redact_text(found.good),
        usual=found.usual,
        aside=found.aside,
    )


def _lines(reading: Reading, good: Reading) -> Iterator[Difference]:
    if reading.alone or good.alone:
        return
    pairs = (
        (_("method"), reading.method, good.method),
        (_("target"), reading.target, good.target),
        (_("version"), reading.version, good.version),
    )
    yield from (
        Difference(place=place, here=here, good=there) for place, here, there in pairs if here != there
    )


def _headers(reading: Reading, good: Reading, secrets: Secrets) -> Iterator[Difference]:
    if reading.alone or good.alone:
        return
    ours, theirs = _by_name(reading), _by_name(good)
    for name in dict.fromkeys((*theirs, *ours)):
        here, there = ours.get(name), theirs.get(name)
        if here != there:
            shown = [_shown(name, value, secrets) for value in (here, there)]
            yield Difference(
                place=_("header {name}").format(name=name), here=shown[0], good=shown[1], usual=name in _USUAL
            )


def _by_name(reading: Reading) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in reading.lines:
        found[name.lower()] = f"{found[name.lower()]}, {value}" if name.lower() in found else value
    return found


def _shown(name: str, value: str | None, secrets: Secrets) -> str:
    if value is None:
        return _("(not there)")
    if not is_secret(name):
        return value
    scheme, blank, secret = value.rpartition(" ")
    return f"{scheme}{blank}{secrets.name(secret, 'token')}" if secret else value


def _bodies(reading: Reading, good: Reading, secrets: Secrets) -> Iterator[Difference]:
    ours, theirs = reading.body, good.body
    if ours == theirs:
        return
    yield from _coding(ours, theirs)
    at = next(n for n, (a, b) in enumerate(zip_longest(ours, theirs)) if a != b)
    yield Difference(
        place=_("body"),
        here=_("{n} bytes").format(n=len(ours)),
        good=_("{n} bytes, the first other byte is {at}").format(n=len(theirs), at=at),
        aside=(*_window(_("here"), ours, at, secrets), *_window(_("good"), theirs, at, secrets)),
    )
    yield from _values(ours, theirs, secrets)


def _coding(ours: bytes, theirs: bytes) -> Iterator[Difference]:
    pairs = (
        (_("encoding"), _encoding(ours), _encoding(theirs)),
        (_("line ends"), _ends(ours), _ends(theirs)),
    )
    yield from (Difference(place=place, here=here, good=good) for place, here, good in pairs if here != good)


def _encoding(body: bytes) -> str:
    if body.startswith(b"\xef\xbb\xbf"):
        return _("UTF-8 with a byte order mark")
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    if body.isascii():
        # ASCII is UTF-8, too.
        return "UTF-8"
    try:
        body.decode()
    except UnicodeDecodeError:
        return spoken(body) or _("no UTF-8")
    return "UTF-8"


def _ends(body: bytes) -> str:
    return "CR LF" if b"\r\n" in body else "LF" if b"\n" in body else _("none")


def _window(label: str, body: bytes, at: int, secrets: Secrets) -> Iterator[str]:
    body = secrets.redact(body)
    start = _letter(body, max(0, at - AROUND))
    before = f"{label}: {_printable(body[start:at])}"
    yield before + _printable(body[at : _letter(body, at + AROUND)])
    yield " " * columns(before) + "^"


def _letter(body: bytes, offset: int) -> int:
    while offset < len(body) and 0x80 <= body[offset] < 0xC0:
        offset += 1
    return offset


def _printable(data: bytes) -> str:
    shown = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
    text = data.decode("utf-8", "backslashreplace")
    return "".join(shown.get(c) or (c if c.isprintable() else f"\\x{ord(c):02x}") for c in text)


def _values(ours: bytes, theirs: bytes, secrets: Secrets) -> Iterator[Difference]:
    """The values that differ, where both bodies are JSON for a reader that is not strict."""
    try:
        here, there = _flat(json.loads(ours)), _flat(json.loads(theirs))
    except (ValueError, RecursionError):
        return
    changed = [name for name in dict.fromkeys((*there, *here)) if here.get(name, _NO) != there.get(name, _NO)]
    if not changed:
        yield Difference(place=_("values of the body"), here=_("the same"), good=_("the same"), usual=True)
    for name in changed[:MOST]:
        texts = [_value(name, side, secrets) for side in (here, there)]
        yield Difference(place=_("body {pointer}").format(pointer=name or "/"), here=texts[0], good=texts[1])


_NO = object()


def _value(name: str, side: Mapping[str, JSON], secrets: Secrets) -> str:
    if name not in side:
        return _("(not there)")
    value = side[name]
    last = name.rpartition("/")[2]
    if isinstance(value, str) and value and is_secret(last):
        return secrets.name(value, "token")
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:39]}…"


def _flat(value: JSON, pointer: str = "") -> dict[str, JSON]:
    if isinstance(value, dict) and value:
        pairs = [(f"{pointer}/{escape(name)}", part) for name, part in value.items()]
    elif isinstance(value, list) and value:
        pairs = [(f"{pointer}/{index}", part) for index, part in enumerate(value)]
    else:
        return {pointer: value}
    return {name: leaf for place, part in pairs for name, leaf in _flat(part, place).items()}
