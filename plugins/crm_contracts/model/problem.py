"""What is wrong in a file that a user wrote: what, where, the value, what is allowed, the next step."""

import difflib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crm_contracts.model.language import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A place in a text file; line and column count from 1, as editors do."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong in a file, with all that its author needs to mend it.

    `source` is the line of the file as it stands (shown with a caret); `allowed` lists the alternatives, `suggestion`
    is the nearest of them, `remedy` says the next step.
    """

    position: Position
    message: str
    source: str = ""
    allowed: tuple[str, ...] = ()
    suggestion: str | None = None
    remedy: str = ""

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterable[str]:
        yield f"{self.position}: {self.message}"
        if self.source.strip():
            yield f"    {self.source}"
            yield f"    {_caret(self.source, self.position.column)}"
        if self.suggestion:
            yield "  " + _("Did you mean {word!r}?").format(word=self.suggestion)
        if self.allowed:
            yield "  " + _("Allowed: {words}.").format(words=", ".join(self.allowed))
        if self.remedy:
            yield f"  {self.remedy}"


class Problems(Exception):  # noqa: N818 - it is the user's list, not one error of ours
    """Every problem of one or more files at once.

    >>> Problems([Problem(position=Position(file="a.yaml", line=2), message="empty")]).problems[0].message
    'empty'
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))

    def __reduce__(self) -> tuple[type["Problems"], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)


def nearest(word: str, allowed: Iterable[str]) -> str | None:
    """Return the allowed word that was probably meant, or None.

    >>> nearest("latancy", ["latency", "timeout"])
    'latency'
    """
    found = difflib.get_close_matches(word, list(allowed), n=1, cutoff=0.6)
    return found[0] if found else None


def columns(text: str) -> int:
    """Return how many columns of a terminal a text takes.

    >>> columns("ab"), columns("契约")
    (2, 4)
    """
    return sum(map(_width, text))


def _caret(source: str, column: int) -> str:
    before = source[: column - 1]
    return "".join("\t" if char == "\t" else " " * _width(char) for char in before) + "^"


def _width(char: str) -> int:
    # East Asian wide characters take two columns on a terminal, combining marks none: the caret stands under its letter.
    if unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1
