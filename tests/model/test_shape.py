"""Shapes of values, and whether two values say the same."""

from typing import Any

import pytest

from crm_contracts.model.json import JSON
from crm_contracts.model.likeness import canonical, differences, leaves, volatile, without
from crm_contracts.model.shape import departures, shape_of


def _deep(levels: int) -> JSON:
    value: JSON = 1
    for level in range(levels):
        value = [value] if level % 2 else {"a": value}
    return value


def test_every_value_has_its_own_shape() -> None:
    """What a shape was learned from never departs from it."""
    values: list[JSON] = [
        {"a": [1, "b", None, {"c": True}], "d": {"2026-11-23": {}}},
        [],
        "x",
        None,
        _deep(500),
    ]
    for value in values:
        assert not list(departures(shape_of(values), value))
        assert not list(departures(shape_of([value]), value))


def test_a_departure_names_its_place_once() -> None:
    """A hundred entries that lack the same field are one finding."""
    shape = shape_of([{"rows": [{"id": "a", "n": 1}]}])
    value: JSON = {"rows": [{"id": str(number)} for number in range(100)]}
    (found,) = departures(shape, value)
    assert (found.path, found.wanted, found.found) == ("$.rows[].n", ("number",), None)


@pytest.mark.parametrize(
    "first, second, paths",
    [
        ({"a": 1}, {"a": 1.0}, []),
        ({"a": True}, {"a": 1}, ["$.a"]),
        ({"a": None}, {}, ["$.a"]),
        ([1, 1, 2], [1, 2, 2], ["$[]"]),
        ([1, 2], [1], ["$"]),
        ({"a": [{"b": 1}, {"b": 2}]}, {"a": [{"b": 2}, {"b": 3}]}, ["$.a[].b"]),
    ],
)
def test_differences_have_places(first: Any, second: Any, paths: list[str]) -> None:
    """Lists are bags: what has its equal in the other is no difference, wherever it stands."""
    assert [found.path for found in differences(first, second)] == paths


def test_what_differs_by_itself_can_be_left_out() -> None:
    """Two values of the same thing are equal less what is volatile in them."""
    one: JSON = {"id": 1, "rows": [{"k": 1, "req": "x"}], "gone": "here"}
    other: JSON = {"id": 1, "rows": [{"k": 1, "req": "y"}], "gone": None}
    moving = volatile([one, other])
    assert moving == {"$.rows[].req"}
    assert [found.path for found in differences(without(one, moving), without(other, moving))] == ["$.gone"]


def test_depth_is_bounded() -> None:
    """A hostile answer ends nobody's run, in time or in the stack."""
    deep, other = _deep(400), {"a": _deep(399)}
    assert list(differences(deep, other)) is not None
    assert list(leaves(deep)) == []
    assert isinstance(canonical(_deep(900)), str)
    assert without(deep, {"$.b"})
