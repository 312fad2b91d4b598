"""A file of a user after it was read: its value, and a position for each part of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from crm_contracts.documents.source import Source
from crm_contracts.model.json import JSON
from crm_contracts.model.problem import Position, Problem

Place: TypeAlias = tuple[str | int, ...]
"""The way from the root of a document to one of its values: keys and indices."""


@dataclass(frozen=True, kw_only=True)
class Document:
    """A YAML or JSON file that could be read; positions are worked out when the first is asked for.

    >>> from crm_contracts.documents import parse
    >>> document = parse(b"a: {b: 1}", file="x.yaml")
    >>> document.position(("a", "b")).column, document.position(("a", "b"), key=True).column
    (8, 5)
    """

    value: JSON
    source: Source = field(repr=False, compare=False)

    @property
    def file(self) -> str:
        """The file's name as users are shown it."""
        return self.source.file

    def position(self, path: Place, *, key: bool = False) -> Position:
        """Where a value (or its key) starts; for a value that does not exist, where the nearest one around it does."""
        path = tuple(path)
        while path not in self._places:
            path, key = path[:-1], False
        at_key, at_value = self._places[path]
        return at_key if key and at_key else at_value

    def problem(
        self,
        path: Place,
        message: str,
        *,
        key: bool = False,
        allowed: tuple[str, ...] = (),
        suggestion: str | None = None,
        remedy: str = "",
    ) -> Problem:
        """A problem of one value (or its key), with the line of the file."""
        position = self.position(path, key=key)
        return self.source.problem(position, message, allowed=allowed, suggestion=suggestion, remedy=remedy)

    def get(self, path: Place) -> JSON:
        """The value at a place, or None where there is none."""
        value = self.value
        for step in path:
            value = child(value, step)
        return value

    @cached_property
    def _places(self) -> dict[Place, tuple[Position | None, Position]]:
        from crm_contracts.documents.json_text import json_marks
        from crm_contracts.documents.yaml_text import yaml_marks

        marks = json_marks(self.source) if self.source.json else yaml_marks(self.source)
        root = Position(file=self.file)
        return {(): (None, root)} | dict(_walk((), None, self.value, marks))


def child(value: JSON, step: str | int) -> JSON:
    """The part of a value that one step leads to, or None."""
    if isinstance(value, dict) and isinstance(step, str):
        return value.get(step)
    if isinstance(value, list) and isinstance(step, int) and -len(value) <= step < len(value):
        return value[step]
    return None


_Places = Iterator[tuple[Place, tuple[Position | None, Position]]]


def _walk(path: Place, key: Position | None, value: JSON, marks: Iterator[Position]) -> _Places:
    # Marks come in the order of the text, which is also the order of dicts: keys are never written twice.
    here = next(marks, None)
    if here is None:
        return
    yield path, (key, here)
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _walk((*path, name), next(marks, None), part, marks)
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _walk((*path, index), None, part, marks)
