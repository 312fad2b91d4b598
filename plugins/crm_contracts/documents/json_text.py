"""JSON files: RFC 8259, without duplicate keys."""

import json
import re
from collections.abc import Iterator
from itertools import islice
from math import isinf
from typing import NoReturn

from crm_contracts.documents.limits import DEPTH, MOST_PROBLEMS
from crm_contracts.documents.parsers import in_our_words
from crm_contracts.documents.source import Source
from crm_contracts.documents.yaml_text import empty
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _
from crm_contracts.model.problem import Position, Problem, Problems

_TOKEN = re.compile(r'[{}\[\],:]|"(?:[^"\\]|\\.)*"|[^\s{}\[\],:"]+')
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_TRAILING = re.compile(r",(?=\s*[}\]])")


class _Odd(Exception):  # noqa: N818 - no error: the slow way tells what it is
    pass


def read_json(source: Source) -> JSON:
    """Return the value of a JSON text; raises Problems."""
    if not source.text.strip():
        raise Problems([empty(source)])
    try:
        value: JSON = json.loads(
            source.text, object_pairs_hook=_pairs, parse_constant=_constant, parse_float=_float
        )
    except json.JSONDecodeError as broken:
        raise Problems([_syntax(source, broken)]) from None
    except (_Odd, RecursionError, ValueError):
        raise Problems(list(_oddities(source))) from None
    if refused := _deep(source) or _lone_surrogate(source, value):
        raise Problems([refused])
    return value


def json_marks(source: Source) -> Iterator[Position]:
    """Where each key and value starts, in the order of the text."""
    for found in _TOKEN.finditer(source.text):
        if found[0] not in "}],:":
            yield source.at(found.start())


def _pairs(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise _Odd
    return values


def _constant(_name: str) -> NoReturn:
    raise _Odd


def _float(text: str) -> float:
    number = float(text)
    if isinf(number):
        raise _Odd
    return number


def _no_number(token: str) -> bool:
    """Also Python's own limit on the digits of an integer."""
    if token in {"NaN", "Infinity", "-Infinity"}:
        return True
    if token[0] not in "-0123456789":
        return False
    return len(token) > 4000 if token.lstrip("-").isdigit() else isinf(float(token))


def _syntax(source: Source, broken: json.JSONDecodeError) -> Problem:
    comma = source.text.rfind(",", 0, broken.pos + 1)
    if comma >= 0 and _TRAILING.match(source.text, comma):
        return source.problem(source.at(comma), _("A comma stands after the last entry."))
    message = _("This is no valid JSON: {problem}.").format(problem=in_our_words(broken.msg))
    return source.problem(source.at(broken.pos), message)


def _oddities(source: Source) -> Iterator[Problem]:
    """Everything in a text of sound syntax that is refused all the same."""
    yield from islice(_Tokens(source).problems(), MOST_PROBLEMS)


class _Tokens:
    """The slow way through a text, token by token, when the fast one met something that it refuses."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.keys: list[dict[str, int] | None] = []

    def problems(self) -> Iterator[Problem]:
        before = ""
        for found in _TOKEN.finditer(self.source.text):
            token, at = found[0], found.start()
            if token in "{[":
                self.keys.append({} if token == "{" else None)
            elif token in "}]":
                self.keys.pop()
            elif token[0] == '"' and before in {"{", ","} and self.keys and self.keys[-1] is not None:
                yield from self._key(json.loads(token), at, self.keys[-1])
            elif _no_number(token):
                yield self._at(at, _("{value} is no number that JSON has.").format(value=token[:40]))
            if len(self.keys) > DEPTH:
                yield self._at(at, _("Nested deeper than {depth} levels.").format(depth=DEPTH))
                return
            before = token

    def _key(self, key: str, at: int, seen: dict[str, int]) -> Iterator[Problem]:
        if key in seen:
            first = self.source.at(seen[key])
            message = _("The key {key!r} stands twice; the first is at {place}.").format(key=key, place=first)
            yield self._at(at, message)
        seen.setdefault(key, at)

    def _at(self, offset: int, message: str) -> Problem:
        return self.source.problem(self.source.at(offset), message)


def _deep(source: Source) -> Problem | None:
    # Brackets are counted without regard to strings first: nearly no file needs the exact way.
    if source.text.count("{") + source.text.count("[") <= DEPTH:
        return None
    depth = 0
    for found in re.finditer(r'"(?:[^"\\]|\\.)*"|[{}\[\]]', source.text):
        bracket = found[0]
        if bracket in "{[":
            depth += 1
        elif bracket in "}]":
            depth -= 1
        if depth > DEPTH:
            message = _("Nested deeper than {depth} levels.").format(depth=DEPTH)
            return source.problem(source.at(found.start()), message)
    return None


def _lone_surrogate(source: Source, value: JSON) -> Problem | None:
    if not (found := _SURROGATE.search(source.text)):
        return None
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return source.problem(source.at(found.start()), _("Half of a surrogate pair stands alone."))
    return None
