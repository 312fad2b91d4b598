"""YAML as these files may use it: the core rules of YAML 1.2, one document, text keys, no aliases, no tags.

YAML 1.1, which PyYAML speaks, reads `no` as False, `12:30:00` as 45000 and `010` as 8, and takes the last of two equal
keys without a word. Values are built from the parser's events, so nothing is built from an alias at all.
"""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from crm_contracts.documents.limits import DEPTH, MOST_PROBLEMS
from crm_contracts.documents.parsers import in_our_words
from crm_contracts.documents.source import Source
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _
from crm_contracts.model.problem import Position, Problem, Problems

_TEXT_TAGS = {"!", "tag:yaml.org,2002:str"}
_PLAIN_TAGS = {None, *_TEXT_TAGS, "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}
_PLACEHOLDER = r"\{\s*(?:unique|(?:known|endpoint)\.[\w.-]+)\s*\}"
_IS_PLACEHOLDER = re.compile(r"(?:unique|(?:known|endpoint)\.[\w.-]+)")
_BARE_PLACEHOLDER = re.compile(rf"(?:^|[:,\[-])\s*({_PLACEHOLDER})")
# https://yaml.org/spec/1.2.2/#103-core-schema
_INTEGER = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NO_JSON = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_WORDS: dict[str, JSON] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMERIC = frozenset("+-.0123456789")
# What YAML calls printable; https://yaml.org/spec/1.2.2/#51-character-set
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Core(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """PyYAML's parser (libyaml where it is built in), of which only the events are used."""


def read_yaml(source: Source) -> JSON:
    """Return the value of a YAML text; raises Problems with everything that is wrong up to the first broken syntax."""
    return _Reading(source).value()


def yaml_marks(source: Source) -> Iterator[Position]:
    """Where each key and value starts, in the order of the text."""
    started = (yaml.ScalarEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent)
    for event in _events(source.text):
        if isinstance(event, started):
            yield _position(source, event.start_mark)


def plain(text: str) -> JSON:
    """Read an unquoted scalar by YAML 1.2's core rules; raises ValueError for a number that JSON does not have.

    >>> [plain(text) for text in ("no", "12:30:00", "010", "0o10", "1e3", "~", "TRUE")]
    ['no', '12:30:00', 10, 8, 1000.0, None, True]
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMERIC:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _BASED.fullmatch(text):
        return int(text, 0)
    return _float(text)


def _float(text: str) -> JSON:
    if _NO_JSON.fullmatch(text):
        raise ValueError(text)
    if not _FLOAT.fullmatch(text):
        return text
    number = float(text)
    if number in {float("inf"), float("-inf")}:
        raise ValueError(text)
    return number


def _events(text: str) -> Iterator[Any]:
    loader = Core(text)
    try:
        while loader.check_event():
            yield loader.get_event()
    finally:
        loader.dispose()


class _Stop(Exception):  # noqa: N818 - no error: reading ends here
    pass


class _Reading:
    """One pass over the events of a text, with the problems that were met so far."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.events = _events(source.text)

    def value(self) -> JSON:
        value: JSON = None
        try:
            self._only_printable()
            value = self._root()
        except yaml.MarkedYAMLError as broken:
            self.problems.append(_syntax(self.source, broken))
        except _Stop:
            pass
        if self.problems:
            raise Problems(self.problems)
        return value

    def _only_printable(self) -> None:
        if found := _UNPRINTABLE.search(self.source.text):
            message = _("The character {char} may not stand in YAML.").format(char=f"U+{ord(found[0]):04X}")
            self.problems.append(self.source.problem(self.source.at(found.start()), message))
            raise _Stop

    def _root(self) -> JSON:
        value: JSON = None
        documents = 0
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents == 2:
                    self._add(event, _("A second document starts here; a file holds one."))
                    raise _Stop
                value = self._node(next(self.events), 1)
        if not documents:
            self.problems.append(empty(self.source))
        return value

    def _node(self, event: Any, depth: int) -> JSON:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            return self._scalar(event)
        if kind is yaml.AliasEvent:
            return self._alias(event)
        if depth > DEPTH:
            self._add(event, _("Nested deeper than {depth} levels.").format(depth=DEPTH))
            raise _Stop
        if event.tag not in _PLAIN_TAGS:
            self._tag(event)
        return self._mapping(event, depth) if kind is yaml.MappingStartEvent else self._sequence(depth)

    def _sequence(self, depth: int) -> JSON:
        values: list[JSON] = []
        for event in self.events:
            if type(event) is yaml.SequenceEndEvent:
                break
            values.append(self._node(event, depth + 1))
        return values

    def _mapping(self, start: Any, depth: int) -> JSON:
        values: dict[str, JSON] = {}
        marks: dict[str, Any] = {}
        for event in self.events:
            if type(event) is yaml.MappingEndEvent:
                break
            key = self._key(event, marks, depth)
            values[key] = self._node(next(self.events), depth + 1)
            if start.flow_style and values[key] is None and _IS_PLACEHOLDER.fullmatch(key):
                self._placeholder(start, event)
        return values

    def _key(self, event: Any, marks: dict[str, Any], depth: int) -> str:
        if type(event) is not yaml.ScalarEvent:
            self._node(event, depth + 1)
            if type(event) is not yaml.AliasEvent:
                self._add(
                    event,
                    _("A key must be text."),
                    remedy=_("A value that starts with a brace needs quotes."),
                )
            return f"\0{len(marks)}"
        # Keys of JSON are text: the `200:` of a contract's answers is "200", and `no:` is "no".
        key: str = event.value
        if key in marks:
            first = _position(self.source, marks[key])
            self._add(
                event,
                _("The key {key!r} stands twice; the first is at {place}.").format(key=key, place=first),
            )
        marks.setdefault(key, event.start_mark)
        return key

    def _scalar(self, event: Any) -> JSON:
        text: str = event.value
        if event.tag is None:
            if not event.implicit[0]:
                return text
            return self._plain(event, text)
        if event.tag not in _TEXT_TAGS:
            self._tag(event)
        return text

    def _plain(self, event: Any, text: str) -> JSON:
        try:
            return plain(text)
        except ValueError:
            # Also Python's own limit on the digits of an integer.
            self._add(event, _("{value} is no number that JSON has.").format(value=text[:40]))
            return None

    def _alias(self, event: Any) -> JSON:
        self._add(
            event,
            _("The alias *{name} is refused.").format(name=event.anchor),
            remedy=_(
                "Write the value out: with aliases a small file can grow into gigabytes. In OpenAPI use $ref."
            ),
        )
        return None

    def _tag(self, event: Any) -> None:
        tag = event.tag.replace("tag:yaml.org,2002:", "!!")
        self._add(
            event, _("The tag {tag} is refused.").format(tag=tag), remedy=_("Write the value without it.")
        )

    def _placeholder(self, start: Any, key: Any) -> None:
        self._add(start, _("This is a YAML map, not text."), remedy=_in_quotes(f"{{{key.value}}}"))

    def _add(self, event: Any, message: str, *, remedy: str = "") -> None:
        position = _position(self.source, event.start_mark)
        self.problems.append(self.source.problem(position, message, remedy=remedy))
        if len(self.problems) >= MOST_PROBLEMS:
            raise _Stop


def empty(source: Source) -> Problem:
    """The problem of a file in which nothing stands."""
    return source.problem(Position(file=source.file), _("The file is empty."))


def _position(source: Source, mark: Any) -> Position:
    return Position(file=source.file, line=mark.line + 1, column=mark.column + 1)


def _in_quotes(placeholder: str) -> str:
    return _('Put it in quotes: "{placeholder}".').format(placeholder=placeholder)


def _syntax(source: Source, broken: yaml.MarkedYAMLError) -> Problem:
    at_end = broken.problem_mark is not None and not source.line(broken.problem_mark.line + 1).strip()
    mark = (at_end and broken.context_mark) or broken.problem_mark
    position = _position(source, mark) if mark else Position(file=source.file)
    line = source.line(position.line)
    if line[position.column - 1 : position.column] == "\t":
        message = _("A tab stands where YAML wants spaces.")
        return source.problem(position, message, remedy=_("Indent with spaces."))
    if line[position.column - 1 : position.column + 1].strip() == ":" and line[: position.column - 1].count(
        ":"
    ):
        message = _("A colon with a space after it stands inside plain text.")
        return source.problem(position, message, remedy=_("Put the text in quotes."))
    message = _("This is no valid YAML: {problem}.").format(
        problem=in_our_words(broken.problem or broken.context or "")
    )
    bare = _BARE_PLACEHOLDER.search(line)
    return source.problem(position, message, remedy=_in_quotes(bare[1] + "…") if bare else "")
