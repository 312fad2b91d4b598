"""A JSON text taken apart: where its tokens and values stand, so that one of them can be changed and the rest left alone."""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from crm_contracts.contracts.json_scanner import escape
from crm_contracts.contracts.strict_json import StrictJsonError, strict_json
from crm_contracts.model.json import JSON

Kind = Literal["object", "array", "string", "number", "word"]

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*|true|false|null|[{}\[\]:,]')
_KINDS: dict[int, Kind] = {ord("{"): "object", ord("["): "array", ord('"'): "string"}
_WORDS = b"tfn"


@dataclass(slots=True, kw_only=True, eq=False)
class Part:
    """A value of the text: its bytes from `start` to `end`, its name where it is a member.

    `began` is where its name, or else itself, begins; `around` is the value that it lies in; `index` counts its siblings
    before it.
    """

    kind: Kind
    start: int
    end: int
    began: int
    name: str | None = None
    around: "Part | None" = None
    index: int = 0
    inside: list["Part"] = field(default_factory=list)

    @property
    def pointer(self) -> str:
        """Its JSON pointer."""
        if self.around is None:
            return ""
        return f"{self.around.pointer}/{self.index if self.name is None else escape(self.name)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A sound JSON text; `tokens` are pairs of start and end, `names` those of the names of members."""

    body: bytes
    tokens: tuple[tuple[int, int], ...] = ()
    parts: tuple[Part, ...] = ()
    names: tuple[tuple[int, int], ...] = ()

    def of(self, *kinds: Kind) -> list[Part]:
        """The values of some kinds, in the order of the text."""
        return [part for part in self.parts if part.kind in kinds]

    def value(self, part: Part) -> JSON:
        """A value as Python holds it."""
        return strict_json(self.body[part.start : part.end])

    @property
    def strings(self) -> list[tuple[int, int]]:
        """Every string with its quotes, names included."""
        return [(start, end) for start, end in self.tokens if self.body[start] == ord('"')]

    def marks(self, mark: bytes) -> list[int]:
        """Where a mark of punctuation stands."""
        return [start for start, _end in self.tokens if self.body[start : start + 1] == mark]


@lru_cache(maxsize=64)
def text_of(body: bytes) -> Text:
    """Take a text apart; what is no strict JSON has no parts.

    >>> [part.pointer for part in text_of(b'{"a": [1, 2]}').parts]
    ['', '/a', '/a/0', '/a/1']
    """
    try:
        strict_json(body)
    except StrictJsonError:
        return Text(body=body)
    tokens = tuple(match.span() for match in _TOKEN.finditer(body))
    reader = _Reader(body)
    for start, end in tokens:
        reader.take(start, end)
    return Text(body=body, tokens=tokens, parts=tuple(reader.parts), names=tuple(reader.names))


class _Reader:
    """Reads tokens of a sound text one after another."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.parts: list[Part] = []
        self.names: list[tuple[int, int]] = []
        self.open: list[Part] = []
        self.name: tuple[int, int] | None = None

    def take(self, start: int, end: int) -> None:
        char = self.body[start]
        if char in b":,":
            return
        if char in b"}]":
            self.open.pop().end = end
        elif char == ord('"') and self.open and self.open[-1].kind == "object" and self.name is None:
            self.name = (start, end)
            self.names.append(self.name)
        else:
            self.value(_KINDS.get(char, "word" if char in _WORDS else "number"), start, end)

    def value(self, kind: Kind, start: int, end: int) -> None:
        part = Part(kind=kind, start=start, end=end, began=start)
        if self.name is not None:
            part.began = self.name[0]
            part.name = str(strict_json(self.body[slice(*self.name)]))
            self.name = None
        if self.open:
            part.around = self.open[-1]
            part.index = len(part.around.inside)
            part.around.inside.append(part)
        self.parts.append(part)
        if kind in {"object", "array"}:
            self.open.append(part)
