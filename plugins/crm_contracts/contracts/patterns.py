r"""A text that a regular expression matches, for the part of ECMA 262's language that schemas use.

Look-arounds count as empty and back references as unknown; whoever uses the text asks a validator whether it fits.
"""

import re
from random import Random
from typing import Final

_CLASSES: Final = {"d": "0123456789", "w": "abcdefghijklmnopqrstuvwxyz0123456789_", "s": " "}
_OTHERS: Final = {"D": "x", "W": "-", "S": "x"}
_CONTROLS: Final = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "0": "\0"}
_ANY: Final = (
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -_.:,;!#$%&()*+/<=>?@[]^{|}~'\"\\`"
)
_PRINTABLE: Final = "".join(map(chr, range(32, 127)))
_COUNTS: Final = re.compile(r"\{(\d+)(,?)(\d*)\}")
_GROUP: Final = re.compile(r"\?(?:P?<[A-Za-z_]\w*>|:)")
_LOOK: Final = re.compile(r"\?<?[=!]")


class PatternUnknownError(ValueError):
    """A regular expression of which this part knows nothing."""


def text_for(pattern: str, random: Random, *, more: int = 0) -> str:
    """Return a text for a pattern; `more` repeats what may be repeated so many times more than is needed.

    >>> text_for("^CO-[0-9]{4}$", Random(1))
    'CO-2914'
    """
    reader = _Reader(pattern, random, more)
    text = reader.alternatives()
    if reader.at < len(pattern):
        raise PatternUnknownError(pattern)
    return text


class _Reader:
    def __init__(self, pattern: str, random: Random, more: int) -> None:
        self.pattern = pattern
        self.random = random
        self.more = more
        self.at = 0

    def alternatives(self) -> str:
        options = [self.sequence()]
        while self.peek() == "|":
            self.at += 1
            options.append(self.sequence())
        return self.random.choice(options)

    def sequence(self) -> str:
        parts: list[str] = []
        while self.peek() not in {"", "|", ")"}:
            parts.append(self.repeated())
        return "".join(parts)

    def repeated(self) -> str:
        start = self.at
        text = self.atom()
        end = self.at
        parts = [text] * min(1, times := self.times())
        after = self.at
        for _again in range(times - 1):
            # The atom is read anew each time, so that [a-z]{4} is no aaaa.
            self.at = start
            parts.append(self.atom())
        self.at = after if times != 1 or after != end else end
        return "".join(parts)

    def times(self) -> int:
        char = self.peek()
        least, most = 1, 1
        if char in {"*", "+", "?"}:
            self.at += 1
            least, most = {"*": (0, 99), "+": (1, 99), "?": (0, 1)}[char]
        elif match := _COUNTS.match(self.pattern, self.at):
            self.at = match.end()
            least = int(match[1])
            most = int(match[3]) if match[3] else (least if not match[2] else least + 99)
        else:
            return 1
        if self.peek() in {"?", "+"}:
            self.at += 1
        return min(most, least + self.more)

    def atom(self) -> str:
        char = self.take()
        if char == "(":
            return self.group()
        if char == "[":
            return self.random.choice(self.members())
        if char == "\\":
            if self.peek() in {"b", "B"}:
                self.at += 1
                return ""
            return self.random.choice(self.escape())
        if char in {"^", "$"}:
            return ""
        if char in {"*", "+", "?"}:
            raise PatternUnknownError(self.pattern)
        return self.random.choice(_ANY) if char == "." else char

    def group(self) -> str:
        look = _LOOK.match(self.pattern, self.at)
        named = _GROUP.match(self.pattern, self.at)
        if look or named:
            self.at = (look or named).end()  # type: ignore[union-attr]
        elif self.peek() == "?":
            raise PatternUnknownError(self.pattern)
        text = self.alternatives()
        if self.take() != ")":
            raise PatternUnknownError(self.pattern)
        return "" if look else text

    def escape(self) -> str:
        char = self.take()
        if char in _CLASSES:
            return _CLASSES[char]
        if char in "xu":
            return self.code(2 if char == "x" else 4)
        if char in "pP":
            self.at = self.pattern.find("}", self.at) + 1 or len(self.pattern)
            return "a" if char == "p" else "-"
        if char.isdigit() and char != "0":
            raise PatternUnknownError(self.pattern)
        return _OTHERS.get(char) or _CONTROLS.get(char) or char

    def code(self, digits: int) -> str:
        if self.peek() == "{":
            end = self.pattern.find("}", self.at)
            text, self.at = self.pattern[self.at + 1 : end], end + 1
        else:
            text, self.at = self.pattern[self.at : self.at + digits], self.at + digits
        try:
            return chr(int(text, 16))
        except (ValueError, OverflowError):
            raise PatternUnknownError(self.pattern) from None

    def members(self) -> str:
        negated = self.peek() == "^"
        self.at += negated
        found = ""
        first = True
        while self.peek() != "]" or first:
            first = False
            found += self.range()
        self.at += 1
        if not negated:
            return found or _empty()
        return "".join(char for char in _PRINTABLE if char not in found) or _empty()

    def range(self) -> str:
        low = self.member()
        if len(low) == 1 and self.peek() == "-" and self.pattern[self.at + 1 : self.at + 2] not in {"", "]"}:
            self.at += 1
            high = self.member()
            if len(high) == 1 and ord(low) <= ord(high):
                return "".join(map(chr, range(ord(low), min(ord(high), ord(low) + 300) + 1)))
            return f"{low}-{high}"
        return low

    def member(self) -> str:
        char = self.take()
        return self.escape() if char == "\\" else char

    def take(self) -> str:
        char = self.peek()
        if not char:
            raise PatternUnknownError(self.pattern)
        self.at += 1
        return char

    def peek(self) -> str:
        return self.pattern[self.at : self.at + 1]


def _empty() -> str:
    raise PatternUnknownError("an empty class")
