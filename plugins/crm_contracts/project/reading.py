"""Files that are read once: the value, or all that is wrong, is kept for whoever asks again."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar, cast

from crm_contracts.model.problem import Problems

T = TypeVar("T")


@dataclass(slots=True)
class Readings:
    """What was read so far.

    >>> readings = Readings()
    >>> readings.once(Path("a"), lambda: 1), readings.once(Path("a"), lambda: 2)
    (1, 1)
    """

    _kept: dict[Path, object] = field(default_factory=dict)

    def once(self, path: Path, read: Callable[[], T]) -> T:
        """The value of a file; raises Problems each time where the first reading did."""
        if path not in self._kept:
            try:
                self._kept[path] = read()
            except Problems as found:
                self._kept[path] = found
        value = self._kept[path]
        if isinstance(value, Problems):
            raise Problems(value.problems)
        return cast("T", value)


def or_none(read: Callable[[Path], T], path: Path) -> T | None:
    """The value of a file, or None where it cannot be read."""
    try:
        return read(path)
    except Problems:
        return None
