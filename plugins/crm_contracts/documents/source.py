"""The text of a file and the way from a line and column, or an offset, to a `Problem` that shows the line."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from crm_contracts.model.problem import Position, Problem

LONGEST_LINE = 200
"""Of a longer line only so many characters are shown, and none where the caret would stand beyond them."""

# YAML 1.1's reader, which libyaml is, ends a line at these three more.
_YAML_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_JSON_BREAK = re.compile("\r\n|[\n\r]")


@dataclass(frozen=True, kw_only=True)
class Source:
    r"""The text of one file; `file` is its name as users are shown it.

    >>> str(Source(file="a.json", text="[1,\n 2]", json=True).at(5))
    'a.json:2:2'
    """

    file: str
    text: str
    json: bool = False

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """The offset at which each line starts."""
        breaks = _JSON_BREAK if self.json else _YAML_BREAK
        return (0, *(found.end() for found in breaks.finditer(self.text)))

    def line(self, number: int) -> str:
        """One line as it stands, counted from 1; empty where there is none."""
        if not 1 <= number <= len(self.starts):
            return ""
        start = self.starts[number - 1]
        end = self.starts[number] if number < len(self.starts) else len(self.text)
        return "".join(
            char if char.isprintable() or char == "\t" else "\ufffd" for char in _cut(self.text, start, end)
        )

    def at(self, offset: int) -> Position:
        """The position of the character at an offset."""
        line = bisect_right(self.starts, offset)
        return Position(file=self.file, line=line, column=offset - self.starts[line - 1] + 1)

    def problem(
        self,
        position: Position,
        message: str,
        *,
        allowed: tuple[str, ...] = (),
        suggestion: str | None = None,
        remedy: str = "",
    ) -> Problem:
        """A problem at a position, with the line of the file."""
        line = self.line(position.line)
        if len(line) > LONGEST_LINE:
            line = f"{line[:LONGEST_LINE]}…" if position.column <= LONGEST_LINE else ""
        return Problem(
            position=position,
            message=message,
            source=line,
            allowed=allowed,
            suggestion=suggestion,
            remedy=remedy,
        )


def _cut(text: str, start: int, end: int) -> str:
    # A line of a minified file can have millions of characters, and nobody is shown them.
    return text[start : min(end, start + LONGEST_LINE + 1)].rstrip("\r\n\x85\u2028\u2029")
