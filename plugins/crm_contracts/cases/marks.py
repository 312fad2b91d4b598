"""Which parts of a valid answer decide: those with which it would be borne, were they as in the CRM's own answer."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from crm_contracts.cases.found import Mark, Pointer, at, put
from crm_contracts.model.exchange import Answer
from crm_contracts.model.json import JSON
from crm_contracts.run.case_judge import value_of

MOST = 24
"""Places that are tried; a shrunk answer has few."""

_Tries = Callable[[Sequence[Answer]], list[bool]]


def marks_of(failing: Answer, own: Answer | None, still_fails: _Tries) -> tuple[Mark, ...]:
    """The places that decide, the deepest only; none where the status differs, or where no single place decides."""
    if own is None or own.status != failing.status:
        return ()
    try:
        value, sound = value_of(failing), value_of(own)
    except ValueError:
        return ()
    places = sorted(_differing(value, sound, ()), key=lambda mark: len(mark.pointer))[:MOST]
    tries = [replace(failing, body=_text(put(value, m.pointer, _own_at(sound, m.pointer)))) for m in places]
    failing_still = still_fails(tries) if tries else []
    deciding = [mark for mark, still in zip(places, failing_still, strict=True) if not still]
    return tuple(mark for mark in deciding if not any(_is_inside(other, mark) for other in deciding))


def _differing(value: JSON, sound: JSON, pointer: Pointer) -> Iterator[Mark]:
    if isinstance(value, dict) and isinstance(sound, dict):
        for name in sound:
            if name not in value:
                yield Mark(pointer=(*pointer, name), why="missing")
            elif value[name] != sound[name]:
                yield Mark(pointer=(*pointer, name), why="value")
                yield from _differing(value[name], sound[name], (*pointer, name))
    elif isinstance(value, list) and isinstance(sound, list) and sound:
        for place, entry in enumerate(value):
            if entry != sound[min(place, len(sound) - 1)]:
                yield Mark(pointer=(*pointer, place), why="value")
                yield from _differing(entry, sound[min(place, len(sound) - 1)], (*pointer, place))


def _own_at(sound: JSON, pointer: Pointer) -> JSON:
    """What the CRM's own answer has there; for entries beyond its list, its last entry."""
    for step in pointer:
        if isinstance(sound, list) and isinstance(step, int) and sound:
            sound = sound[min(step, len(sound) - 1)]
        else:
            (sound,) = at(sound, (step,)) or (None,)
    return sound


def _is_inside(inner: Mark, outer: Mark) -> bool:
    return len(inner.pointer) > len(outer.pointer) and inner.pointer[: len(outer.pointer)] == outer.pointer


def _text(value: JSON) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
