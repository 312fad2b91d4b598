"""Words that a program under test or a CRM chose, made fit to be shown: no control codes, no endless lines or lists."""

import re
from collections.abc import Iterator

from crm_contracts.model.language import _
from crm_contracts.reports.columns import cut, width

LONGEST = 2000
"""Characters of one line; a line of such words is wrapped by the terminal, so only what nobody reads is cut."""
_CODES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_FRAME = re.compile(r'(?P<indent>\s*)File "(?P<path>[^"]+)", (?P<where>line \d+(?:, in .*)?)')
_MARKS = re.compile(r"\s*[\^~]+\s*")


def visible(text: str) -> str:
    r"""A text without codes that a terminal would obey; each is shown by its number, line ends and tabs stay.

    >>> print(visible("\x1b[31mred\x07"))
    \x1b[31mred\x07
    """
    return _CODES.sub(_named, text.replace("\r\n", "\n"))


def first_lines(text: str, most: int) -> Iterator[str]:
    r"""The first lines of a text, and how many more there are; a single one is shown instead.

    >>> list(first_lines("a\nb\nc\nd", 2))
    ['a', 'b', '... 2 more lines']
    """
    lines = _lines(text)
    most += len(lines) == most + 1
    yield from lines[:most]
    if len(lines) > most:
        yield _("... {count} more lines").format(count=len(lines) - most)


def last_lines(text: str, most: int) -> Iterator[str]:
    r"""How many lines there were before, and the last lines of a text; a single one is shown instead.

    >>> list(last_lines("a\nb\nc\nd", 2))
    ['... 2 earlier lines ...', 'c', 'd']
    """
    lines = _lines(text)
    most += len(lines) == most + 1
    if len(lines) > most:
        yield _("... {count} earlier lines ...").format(count=len(lines) - most)
    yield from lines[max(0, len(lines) - most) :]


def narrowed(lines: Iterator[str], columns: int) -> Iterator[str]:
    """Lines with their tracebacks cut to so many columns: file, line and the marked place stay readable."""
    shown = list(lines)
    for index, line in enumerate(shown):
        below = shown[index + 1] if index + 1 < len(shown) else ""
        above = shown[index - 1] if index else ""
        if frame := _FRAME.fullmatch(line):
            yield _frame(frame, columns)
        elif _MARKS.fullmatch(line) and index > 1 and _FRAME.fullmatch(shown[index - 2]):
            yield _part(line, _skipped(above, line, columns), columns, is_marks=True)
        elif index and _FRAME.fullmatch(above):
            marks = below if _MARKS.fullmatch(below) else ""
            yield _part(line, _skipped(line, marks, columns), columns)
        else:
            yield line


def _lines(text: str) -> list[str]:
    return [_shortened(line.rstrip()) for line in visible(text).rstrip().split("\n")] if text.strip() else []


def _shortened(line: str) -> str:
    if len(line) <= LONGEST:
        return line
    return line[:LONGEST] + " " + _("... {count} more characters").format(count=len(line) - LONGEST)


def _named(code: re.Match[str]) -> str:
    number = ord(code[0])
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"


def _frame(frame: re.Match[str], columns: int) -> str:
    """`File "PATH", line N, in NAME`; of a path that is too long its end is shown, which names the file."""
    path, surplus = frame["path"], width(frame[0]) - columns
    if surplus > 0:
        kept = max(len(path.rpartition("/")[2]), len(path) - surplus - 1)
        path = path if kept >= len(path) else f"…{path[len(path) - kept :]}"
    return cut(f'{frame["indent"]}File "{path}", {frame["where"]}', max(columns, len(path) + 24))


def _skipped(source: str, marks: str, columns: int) -> int:
    """How many letters behind the indentation are left out, so that the marked place is seen."""
    end = len(marks.rstrip())
    if width(source) <= columns or end < columns:
        return 0
    return max(0, len(marks) - len(marks.lstrip()) - columns // 2)


def _part(line: str, skipped: int, columns: int, *, is_marks: bool = False) -> str:
    if not skipped:
        return line[:columns].rstrip() if is_marks else cut(line, columns)
    indent = " " * (len(line) - len(line.lstrip()) if not is_marks else 4)
    rest = line[len(indent) + skipped :]
    if is_marks:
        return f"{indent} {rest}"[:columns].rstrip()
    return cut(f"{indent}…{rest}", columns)
