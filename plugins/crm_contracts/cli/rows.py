"""Things with their sentences, one after the other, wrapped under the sentence."""

import shutil
import sys
from collections.abc import Iterable, Iterator

from crm_contracts.reports.columns import padded, width, wrapped

COLUMNS = 80
GAP = 2
SHARE = 0.4
"""Of a terminal's columns a name takes so many; a longer one has its sentence on the next line."""


def rows(pairs: Iterable[tuple[str, str]], *, columns: int | None = None) -> Iterator[str]:
    """The lines; `columns` is the width of a terminal (None: no line is broken).

    >>> list(rows([("down", "The CRM is away."), ("latency", "Late.")]))
    ['down     The CRM is away.', 'latency  Late.']
    """
    known = list(pairs)
    room = max((width(name) for name, _text in known), default=0)
    if columns is None:
        yield from (f"{padded(name, room)}{' ' * GAP}{text}".rstrip() for name, text in known)
        return
    indent = " " * (min(room, int(columns * SHARE)) + GAP)
    for name, text in known:
        first, *others = wrapped(text, columns, indent=indent) or [""]
        if width(name) + GAP > len(indent):
            yield name
            yield from (first, *others)
        else:
            yield f"{padded(name, len(indent))}{first[len(indent) :]}".rstrip()
            yield from others


def terminal() -> int:
    """The columns of the terminal that we write to; a log or a pipe has as many as a small terminal."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else COLUMNS
