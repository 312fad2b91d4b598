"""JSON as lax parsers take it: what the first team's test environment accepted and production did not (N21).

Taken are a byte order mark, comments, trailing commas, single quotes, bare names, NaN and Infinity, and duplicate
names (the last one counts).
"""

import json
import re
from typing import NoReturn

from crm_contracts.model.json import JSON

_SPACE = re.compile(r"(?:\s+|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_NAME = re.compile(r"[A-Za-z_$][\w$]*")
_NUMBER = re.compile(r"[-+]?(?:NaN|Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)")
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"|\'((?:[^\'\\]|\\.)*)\'', re.DOTALL)
_WORDS: dict[str, JSON] = {"true": True, "false": False, "null": None, "undefined": None}
_DEEPEST = 200


class LaxJsonError(ValueError):
    """A text that even a lax parser cannot read."""


def lax_json(data: bytes) -> JSON:
    """Parse what looks like JSON; raises `LaxJsonError` where nothing can be made of it.

    >>> lax_json(b'{"a": [1, 2,], // two' + bytes([10]) + b"}")
    {'a': [1, 2]}
    """
    try:
        return _Lax(data.decode("utf-8-sig", "replace")).whole()
    except RecursionError as error:
        raise LaxJsonError("nested too deeply") from error


class _Lax:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0

    def whole(self) -> JSON:
        value = self.value()
        if self.peek():
            self.fail("something follows the end")
        return value

    def value(self) -> JSON:
        char = self.peek()
        if char == "{":
            return self.members()
        if char == "[":
            return self.elements()
        if char in {'"', "'"}:
            return self.string()
        return self.scalar()

    def members(self) -> dict[str, JSON]:
        found: dict[str, JSON] = {}
        self.open()
        while self.peek() != "}":
            name = self.string() if self.peek() in {'"', "'"} else self.bare()
            self.take(":")
            found[name] = self.value()
            self.separator("}")
        self.close()
        return found

    def elements(self) -> list[JSON]:
        found: list[JSON] = []
        self.open()
        while self.peek() != "]":
            found.append(self.value())
            self.separator("]")
        self.close()
        return found

    def open(self) -> None:
        self.at += 1
        self.depth += 1
        if self.depth > _DEEPEST:
            self.fail("nested too deeply")

    def close(self) -> None:
        self.at += 1
        self.depth -= 1

    def string(self) -> str:
        found = _STRING.match(self.text, self.at)
        if found is None:
            self.fail("a string does not end")
        self.at = found.end()
        double, single = found.groups()
        inner = double if double is not None else single.replace("\\'", "'").replace('"', '\\"')
        try:
            return str(json.loads(f'"{inner}"', strict=False))
        except ValueError as error:
            raise LaxJsonError(f"no such escape before {self.at}") from error

    def bare(self) -> str:
        found = _NAME.match(self.text, self.at)
        if found is None:
            self.fail("a name is missing")
        self.at = found.end()
        return found.group()

    def scalar(self) -> JSON:
        found = _NUMBER.match(self.text, self.at)
        if found is not None and found.group():
            self.at = found.end()
            return _number(found.group())
        word = self.bare()
        if word not in _WORDS:
            self.fail(f"{word} is no value")
        return _WORDS[word]

    def separator(self, end: str) -> None:
        if self.peek() == ",":
            self.at += 1
        elif self.peek() != end:
            self.fail("a comma is missing")

    def take(self, char: str) -> None:
        if self.peek() != char:
            self.fail(f"{char} is missing")
        self.at += 1

    def peek(self) -> str:
        found = _SPACE.match(self.text, self.at)
        assert found is not None
        self.at = found.end()
        return self.text[self.at : self.at + 1]

    def fail(self, what: str) -> NoReturn:
        raise LaxJsonError(f"{what} at {self.at}")


def _number(text: str) -> JSON:
    # As most lax parsers do: what JSON cannot write becomes null, or the answer could not be written either.
    if text.lstrip("+-") in {"NaN", "Infinity"}:
        return None
    try:
        return int(text)
    except ValueError:
        return float(text)
