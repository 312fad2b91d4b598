"""A slow, exact reader of JSON bytes: it names the rule that a text breaks, and finds the byte of any value.

The grammar is RFC 8259's; each method reads one production and leaves the position behind it.
"""

import math
import re
from collections.abc import Callable
from typing import NoReturn

from crm_contracts.model.language import _

DEEPEST = 128
"""Arrays and objects may nest this deep (serde_json's limit; .NET stops at 64, Jackson at 1,000)."""

_SPACE = re.compile(rb"[ \t\n\r]*")
_PLAIN = re.compile(rb'[^"\\\x00-\x1f]*')
_NUMBER = re.compile(rb"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_NUMBER_LIKE = re.compile(rb"[-+.0-9][-+.0-9a-zA-Z_]*")
_HALF_NUMBER = re.compile(rb"-?(?:(?:0|[1-9][0-9]*)(?:\.|(?:\.[0-9]+)?[eE][+-]?))?\Z")
_WORD = re.compile(rb"[A-Za-z_$][A-Za-z0-9_$]*")
_HEX = re.compile(rb"[0-9a-fA-F]{4}")
_LITERALS = (b"true", b"false", b"null")
_NOT_NUMBERS = (b"NaN", b"Infinity")
_SHORT_ESCAPES = {34: '"', 92: "\\", 47: "/", 98: "\b", 102: "\f", 110: "\n", 114: "\r", 116: "\t"}
_BOM = b"\xef\xbb\xbf"
_BOMS_16 = (b"\xff\xfe", b"\xfe\xff")


class StrictJsonError(ValueError):
    """A text that is no strict JSON: the rule that it breaks, a sentence, and the offset of the wrong byte from 0."""

    def __init__(self, rule: str, message: str, offset: int) -> None:
        self.rule, self.message, self.offset = rule, message, offset
        super().__init__(f"{rule} at byte {offset}: {message}")

    def __reduce__(self) -> tuple[type["StrictJsonError"], tuple[str, str, int]]:
        return type(self), (self.rule, self.message, self.offset)


class Offsets(dict[str, int]):
    """Where each value of a JSON text begins, by its JSON pointer; `names` has the same for the names of members."""

    def __init__(self) -> None:
        super().__init__()
        self.names: dict[str, int] = {}

    def nearest(self, pointer: str) -> int | None:
        """The offset of the value, or of the nearest value around it.

        >>> offsets = scan(b'{"a": [10]}')
        >>> offsets.nearest("/a/0"), offsets.nearest("/a/7/x")
        (7, 6)
        """
        while pointer not in self:
            if not pointer:
                return None
            pointer = pointer.rpartition("/")[0]
        return self[pointer]


def scan(data: bytes) -> Offsets:
    """Read a whole text and tell where its values are; raises `StrictJsonError` at the first wrong byte.

    >>> scan(b'{"a": true}')["/a"]
    6
    """
    wrong = _wrong_utf8(data)
    scanner = _Scanner(data)
    try:
        scanner.text()
    except StrictJsonError as error:
        if wrong is None or wrong.offset > error.offset:
            raise
    if wrong is not None:
        raise wrong
    return scanner.offsets


def escape(name: str) -> str:
    """A member's name as one token of a JSON pointer (RFC 6901).

    >>> escape("a/b~c")
    'a~1b~0c'
    """
    return name.replace("~", "~0").replace("/", "~1")


def _wrong_utf8(data: bytes) -> StrictJsonError | None:
    if data.startswith(_BOMS_16):
        return StrictJsonError("json.utf8", _("The text is UTF-16; JSON travels as UTF-8."), 0)
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return StrictJsonError("json.utf8", _("This byte is no UTF-8."), error.start)
    return None


class _Scanner:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0
        self.depth = 0
        self.offsets = Offsets()

    def text(self) -> None:
        if self.data.startswith(_BOM):
            raise self.fail("json.bom", _("The text begins with a byte order mark."), 0)
        self.space()
        if self.at == len(self.data):
            raise self.fail("json.empty", _("The text is empty."), 0)
        self.value("")
        self.space()
        if self.at < len(self.data):
            raise self.fail("json.trailing_data", _("Something follows the end of the value."))

    def value(self, pointer: str) -> None:
        self.offsets[pointer] = self.at
        char = self.peek()
        if char == b"{":
            self.nested(pointer, self.members)
        elif char == b"[":
            self.nested(pointer, self.elements)
        elif char == b'"':
            self.string()
        elif char in b"-+.0123456789":
            self.number()
        else:
            self.word(char)

    def nested(self, pointer: str, read: Callable[[str], None]) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.fail("json.depth", _("Nested deeper than {limit}.").format(limit=DEEPEST))
        self.at += 1
        read(pointer)
        self.depth -= 1

    def members(self, pointer: str) -> None:
        seen: set[str] = set()
        comma: int | None = None
        while (char := self.upcoming()) != b"}" or comma is not None:
            self.after_comma(char, b"}", comma)
            self.member(pointer, char, seen)
            comma = self.comma(b"}")
            if comma is None:
                return
        self.at += 1

    def member(self, pointer: str, char: bytes, seen: set[str]) -> None:
        start = self.at
        name = self.name(char)
        if name in seen:
            raise self.fail("json.duplicate_key", _("This name stands twice in one object."), start)
        seen.add(name)
        here = f"{pointer}/{escape(name)}"
        self.offsets.names[here] = start
        if self.upcoming() != b":":
            raise self.fail("json.missing_colon", _("A colon is missing after the name."))
        self.at += 1
        self.upcoming()
        self.value(here)

    def name(self, char: bytes) -> str:
        if char == b'"':
            return self.string()
        if char == b"'":
            raise self.fail("json.single_quotes", _("Strings stand in double quotes."))
        if _WORD.match(self.data, self.at):
            raise self.fail("json.unquoted_key", _("A name stands in double quotes."))
        raise self.unexpected()

    def elements(self, pointer: str) -> None:
        comma: int | None = None
        index = 0
        while (char := self.upcoming()) != b"]" or comma is not None:
            self.after_comma(char, b"]", comma)
            self.value(f"{pointer}/{index}")
            index += 1
            comma = self.comma(b"]")
            if comma is None:
                return
        self.at += 1

    def after_comma(self, char: bytes, end: bytes, comma: int | None) -> None:
        if comma is not None and char == end:
            raise self.fail("json.trailing_comma", _("A comma stands before the end."), comma)

    def comma(self, end: bytes) -> int | None:
        # The position of a comma that was read, or None where the array or object ended.
        char = self.upcoming()
        here = self.at
        if char not in {b",", end}:
            self.no_comma(char)
        self.at += 1
        return here if char == b"," else None

    def no_comma(self, char: bytes) -> NoReturn:
        if char in b'"{[-0123456789tfn':
            raise self.fail("json.missing_comma", _("A comma is missing before this value."))
        raise self.unexpected()

    def string(self) -> str:
        parts: list[str] = []
        self.at += 1
        while True:
            match = _PLAIN.match(self.data, self.at)
            assert match is not None
            parts.append(match.group().decode(errors="replace"))
            self.at = match.end()
            char = self.peek()
            if char == b'"':
                self.at += 1
                return "".join(parts)
            if char != b"\\":
                raise self.fail(
                    "json.control_character", _("A control character stands unescaped in a string.")
                )
            parts.append(self.escaped())

    def escaped(self) -> str:
        start = self.at
        self.at += 1
        char = self.peek()[0]
        self.at += 1
        if char in _SHORT_ESCAPES:
            return _SHORT_ESCAPES[char]
        if char != ord("u"):
            raise self.fail("json.escape", _("JSON has no such escape."), start)
        return self.unicode(start)

    def unicode(self, start: int) -> str:
        unit = self.unit(start)
        if not 0xD800 <= unit <= 0xDFFF:
            return chr(unit)
        if unit < 0xDC00 and self.data.startswith(b"\\u", self.at):
            self.at += 2
            low = self.unit(self.at - 2)
            if 0xDC00 <= low <= 0xDFFF:
                return chr(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00))
        raise self.fail("json.lone_surrogate", _("Half of a surrogate pair stands alone."), start)

    def unit(self, start: int) -> int:
        match = _HEX.match(self.data, self.at)
        if match is None:
            if len(self.data) - self.at < 4:
                raise self.truncated()
            raise self.fail("json.escape", _("Four hexadecimal digits follow \\u."), start)
        self.at = match.end()
        return int(match.group(), 16)

    def number(self) -> None:
        start = self.at
        if self.data.startswith(b"-Infinity", start):
            raise self.fail("json.nan", _("NaN and Infinity are no JSON."))
        like = _NUMBER_LIKE.match(self.data, start)
        assert like is not None
        if not _NUMBER.fullmatch(like.group()):
            if like.end() == len(self.data) and _HALF_NUMBER.match(like.group()):
                self.at = like.end()
                raise self.truncated()
            raise self.fail("json.number", _("This is no JSON number."))
        if math.isinf(float(like.group())):
            raise self.fail("json.number", _("This number is beyond what a double can hold."))
        self.at = like.end()

    def word(self, char: bytes) -> None:
        match = _WORD.match(self.data, self.at)
        word = match.group() if match else b""
        if word in _LITERALS:
            self.at += len(word)
        elif word in _NOT_NUMBERS:
            raise self.fail("json.nan", _("NaN and Infinity are no JSON."))
        elif word:
            self.wrong_word(word)
        elif char == b"'":
            raise self.fail("json.single_quotes", _("Strings stand in double quotes."))
        else:
            raise self.unexpected()

    def wrong_word(self, word: bytes) -> NoReturn:
        if self.at + len(word) == len(self.data) and any(known.startswith(word) for known in _LITERALS):
            self.at = len(self.data)
            raise self.truncated()
        raise self.fail("json.literal", _("JSON knows the words true, false and null alone."))

    def space(self) -> None:
        match = _SPACE.match(self.data, self.at)
        assert match is not None
        self.at = match.end()
        if self.data.startswith((b"//", b"/*"), self.at):
            raise self.fail("json.comment", _("JSON has no comments."))

    def upcoming(self) -> bytes:
        self.space()
        return self.peek()

    def peek(self) -> bytes:
        if self.at >= len(self.data):
            raise self.truncated()
        return self.data[self.at : self.at + 1]

    def truncated(self) -> StrictJsonError:
        return self.fail("json.truncated", _("The text ends too early."), len(self.data))

    def unexpected(self) -> StrictJsonError:
        if self.data[self.at] < 0x20:
            return self.fail("json.control_character", _("A control character stands between the values."))
        return self.fail("json.unexpected", _("Nothing in JSON begins like this here."))

    def fail(self, rule: str, message: str, offset: int | None = None) -> StrictJsonError:
        return StrictJsonError(rule, message, self.at if offset is None else offset)
