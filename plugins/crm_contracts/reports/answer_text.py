"""An answer as people read it: its JSON with the places marked that decide, or its bytes with a caret."""

import json
from collections.abc import Iterator, Sequence

from crm_contracts.contracts import StrictJsonError, strict_json
from crm_contracts.model.case import Served
from crm_contracts.model.delivery import Delivery, End
from crm_contracts.model.exchange import Answer
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _
from crm_contracts.cases.found import Mark, Pointer
from crm_contracts.reports.columns import cut, width

COLUMNS = 72
MOST_LINES = 14
"""Lines of one answer; what is marked is always among them."""


def told(served: Served, own: Answer | None, marks: Sequence[Mark]) -> list[str]:
    """The answer in a few lines of at most 72 columns."""
    if isinstance(served, Delivery):
        return [*_wire(served)]
    first = f"{served.status} {served.header('content-type') or ''}".rstrip()
    value = _value(served.body)
    if value is None or (
        own is not None and not marks and served.body != own.body and served.status == own.status
    ):
        return [first, *_bytes(served.body, own.body if own else None)]
    return [first, *_shortened(list(_pretty(value[0], (), marks, "", "")))]


def _wire(served: Delivery) -> Iterator[str]:
    """The head as it goes onto the wire, how much follows, and what becomes of the connection."""
    data = b"".join(piece.data for piece in served.pieces)
    head, _found, body = data.partition(b"\r\n\r\n")
    yield from (cut(_visible(line), COLUMNS) for line in head.split(b"\r\n")[:MOST_LINES])
    yield ""
    yield _("({size} bytes)").format(size=len(body)) if len(body) > COLUMNS else _visible(body)
    ends = {
        End.CLOSE: _("the connection closes"),
        End.RESET: _("the connection is reset"),
        End.HANG: _("nothing more comes"),
    }
    if served.end in ends:
        yield f"({ends[served.end]})"


def _value(body: bytes) -> tuple[JSON] | None:
    try:
        return (strict_json(body),)
    except StrictJsonError:
        return None


_Line = tuple[str, bool]


def _pretty(value: JSON, pointer: Pointer, marks: Sequence[Mark], indent: str, lead: str) -> Iterator[_Line]:
    """Lines of JSON, and whether each is marked."""
    found = {mark.pointer: mark for mark in marks}
    sign = _("   <- this") if pointer in found and found[pointer].why == "value" else ""
    if isinstance(value, dict) and (value or _missing(pointer, marks)):
        yield f"{indent}{lead}{{{sign}", bool(sign)
        for name, entry in value.items():
            named = f"{json.dumps(name, ensure_ascii=False)}: "
            yield from _pretty(entry, (*pointer, name), marks, f"{indent}  ", named)
        for name in _missing(pointer, marks):
            yield (
                indent + "  " + _("(no {name})   <- this").format(name=json.dumps(name, ensure_ascii=False)),
                True,
            )
        yield f"{indent}}}", False
    elif isinstance(value, list) and value:
        yield f"{indent}{lead}[{sign}", bool(sign)
        for place, entry in enumerate(value):
            yield from _pretty(entry, (*pointer, place), marks, f"{indent}  ", "")
        yield f"{indent}]", False
    else:
        yield cut(f"{indent}{lead}{_scalar(value)}", COLUMNS - len(sign)) + sign, bool(sign)


def _scalar(value: JSON) -> str:
    text = json.dumps(value, ensure_ascii=False)
    # Letters that no terminal shows, or that turn its lines around, are told by their number.
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _missing(pointer: Pointer, marks: Sequence[Mark]) -> list[str]:
    return [str(m.pointer[-1]) for m in marks if m.why == "missing" and m.pointer[:-1] == pointer]


def _shortened(lines: list[_Line]) -> list[str]:
    """The lines around those that are marked, and the first ones."""
    if len(lines) <= MOST_LINES:
        return [text for text, _marked in lines]
    marked = [place for place, (_text, is_marked) in enumerate(lines) if is_marked]
    wanted = {0, 1, len(lines) - 1} | {near for place in marked[:3] for near in (place - 1, place, place + 1)}
    wanted |= set(range(max(0, MOST_LINES - len(wanted) - 2)))
    kept = sorted(place for place in wanted if 0 <= place < len(lines))
    told: list[str] = []
    for before, place in zip((-1, *kept), kept, strict=False):
        if place > before + 1:
            told.append(_("... {count} more ...").format(count=place - before - 1))
        told.append(lines[place][0])
    return told


def _bytes(body: bytes, own: bytes | None) -> list[str]:
    """The bytes around the first that is another than in the CRM's own answer, with a caret under it."""
    if not body:
        return [_("(no byte)")]
    offset = _offset(body, own)
    start, stop = max(0, offset - COLUMNS // 2), offset + COLUMNS // 2 - 6
    # No letter is cut in the middle.
    start += next((n for n, byte in enumerate(body[start : start + 4]) if byte & 0xC0 != 0x80), 0)
    before, after = _visible(body[start:offset]), _visible(body[offset:stop])
    dots = "..." if start else ""
    end = "..." if stop < len(body) else ""
    where = _("^ byte {offset}").format(offset=offset)
    return [f"{dots}{before}{after}{end}", " " * width(dots + before) + where]


def _offset(body: bytes, own: bytes | None) -> int:
    if own is None:
        return 0
    pairs = zip(body, own, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(body), len(own)))


def _visible(data: bytes) -> str:
    text = data.decode("utf-8", "backslashreplace")
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
