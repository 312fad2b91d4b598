"""Text in columns of a terminal, where Chinese letters take two and combining marks none."""

import re
import unicodedata
from collections.abc import Iterator

_WIDE = (
    "\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6"
)
# No line begins with these: they stay with the letter before them.
_CLOSING = "，。、；：！？）》」』”’…"
_PIECE = re.compile(rf"\s+|[{_WIDE}][{_CLOSING}]*|[^\s{_WIDE}]+[{_CLOSING}]*")


def width(text: str) -> int:
    """How many columns a text takes.

    >>> width("order"), width("部分功能受限")
    (5, 12)
    """
    return sum(_columns(char) for char in text)


def padded(text: str, columns: int) -> str:
    """A text filled up with spaces; a longer one stays as it is.

    >>> padded("单", 4) + "|"
    '单  |'
    """
    return text + " " * max(0, columns - width(text))


def cut(text: str, columns: int) -> str:
    """A text of at most so many columns; what is cut away is marked.

    >>> cut("token-lifetime-cut", 8)
    'token-l…'
    """
    if width(text) <= columns:
        return text
    kept = ""
    for char in text:
        if width(kept) + _columns(char) > columns - 1:
            break
        kept += char
    return f"{kept}…"


def ending(text: str, columns: int) -> str:
    """The end of a text in at most so many columns: of an id or a path it says the most.

    >>> ending("scenarios/auth/token-expired.yaml", 14)
    '…-expired.yaml'
    """
    if width(text) <= columns:
        return text
    return f"…{cut(text[::-1], columns)[:-1][::-1]}"


def wrapped(text: str, columns: int, *, indent: str = "") -> list[str]:
    """A sentence as lines of at most so many columns; a word that is longer than a line stays whole.

    >>> wrapped("the CRM was well again", 14, indent="  ")
    ['  the CRM was', '  well again']
    """
    lines = [line for part in text.splitlines() or [""] for line in _filled(part, columns - width(indent))]
    return [f"{indent}{line}".rstrip() for line in lines]


def _filled(text: str, columns: int) -> Iterator[str]:
    line, broken = "", False
    for piece in _PIECE.findall(text):
        if line.strip() and width(line) + width(piece.rstrip()) > columns:
            yield line.rstrip()
            line, broken = "", True
        # The indentation of a line that is given stays, the space at which a line was broken goes.
        line += "" if broken and not line and piece.isspace() else piece
    yield line.rstrip()


def _columns(char: str) -> int:
    if unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1
