"""Values as they cross from the caller's process."""

import dataclasses
import datetime as dt
import decimal
import enum
import json
import uuid
from pathlib import PurePosixPath
from types import SimpleNamespace
from typing import NamedTuple

import attrs
import pydantic
import pytest

from crm_contracts.consumers.child.values import as_json


@dataclasses.dataclass
class Order:
    id: str
    lines: list


@attrs.define
class Customer:
    name: str


class Ticket(pydantic.BaseModel):
    opened: dt.date


class Level(enum.Enum):
    HIGH = "high"


class Number(enum.IntEnum):
    ONE = 1


class Text(str):
    __slots__ = ()


class Plain:
    def __init__(self):
        self.shown, self._hidden = 1, 2


class Point(NamedTuple):
    x: int
    y: int


@pytest.mark.parametrize(
    "value, expected",
    [
        ({"a": [1, 2.5, None, True, "é\ud800"]}, {"a": [1, 2.5, None, True, "é\ud800"]}),
        ((1, {2}), [1, [2]]),
        ({3: Order("O-1", [Customer("Li")])}, {"3": {"id": "O-1", "lines": [{"name": "Li"}]}}),
        (Ticket(opened=dt.date(2026, 1, 2)), {"opened": "2026-01-02"}),
        (
            [dt.datetime(2026, 1, 2, 3, tzinfo=dt.UTC), decimal.Decimal("1.50")],
            ["2026-01-02T03:00:00+00:00", "1.50"],
        ),
        ([uuid.UUID(int=1), PurePosixPath("/a")], ["00000000-0000-0000-0000-000000000001", "/a"]),
        ([Level.HIGH, Number.ONE, Text("t")], ["high", 1, "t"]),
        (Point(1, 2), {"x": 1, "y": 2}),
        (Plain(), {"shown": 1}),
        (SimpleNamespace(a=1), {"a": 1}),
    ],
)
def test_values_have_a_plain_form(value, expected):
    """Collections, dataclasses, attrs, pydantic, enumerations, dates, and what plain objects hold in public."""
    plain, comparable = as_json(value)
    assert plain == expected
    assert json.loads(json.dumps(plain)) == expected
    assert comparable


def endless():
    ring: list[object] = []
    ring.append(ring)
    return ring


class Hostile:
    def __getattribute__(self, name):
        raise RuntimeError(name)

    def __repr__(self):
        raise RuntimeError


MAKERS = {
    "object": object,
    "nan": lambda: float("nan"),
    "infinite": lambda: [float("inf")],
    "bytes": lambda: b"bytes",
    "endless": endless,
    "hostile": Hostile,
    "exception": lambda: ValueError("x"),
    "function": lambda: len,
    "long": lambda: "x" * 9_000_000,
}


@pytest.mark.parametrize("made", MAKERS.values(), ids=MAKERS)
def test_what_has_no_plain_form_is_told_and_not_compared(made):
    """A repr is for people; a value that breaks when it is looked at breaks nothing here."""
    value = made()
    plain, comparable = as_json(value)
    assert json.dumps(plain)
    assert not comparable
