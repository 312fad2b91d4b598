"""What an item raises, and the text that people see instead of a traceback."""

from collections.abc import Iterable
from dataclasses import dataclass

from crm_contracts.model.problem import Problem


class Told(Exception):  # noqa: N818 - it is what is told, not an error of ours
    """An item that did not end as it should; `text` is all that a person needs, its first line says what it is."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class CheckFailed(Told):
    """A promise was broken; for a known issue, exactly as known."""


class RunUnknown(Told):
    """A doubt remains: nothing is known about the caller."""


class NotAsKnown(Told):
    """A known issue does not describe what happened any more."""


class Unreadable(Told):
    """A file of the user cannot be read, or its contract has problems."""

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> "Unreadable":
        """All problems of a file at once."""
        return cls("\n".join(map(str, problems)))


@dataclass(frozen=True, slots=True)
class Place:
    """Where pytest's one-line reports say that it happened, and what they say of it."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


class ToldText:
    """A text as pytest prints a failure: whole once, and its first line wherever there is room for one."""

    def __init__(self, text: str, location: tuple[str, int | None, str]) -> None:
        path, line, _name = location
        self.text = text
        self.reprcrash = Place(path, (line or 0) + 1, text.partition("\n")[0])

    def __str__(self) -> str:
        return self.text

    def toterminal(self, writer: object) -> None:
        """Print it; what failed stands out."""
        first, *others = self.text.splitlines() or [""]
        writer.line(first, red=True, bold=True)  # type: ignore[attr-defined]  # pytest's writer has no public type
        for line in others:
            writer.line(line)  # type: ignore[attr-defined]
