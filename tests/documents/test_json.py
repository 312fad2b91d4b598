"""JSON files of users: RFC 8259 with positions."""

import pytest

from crm_contracts.documents import parse
from crm_contracts.model.problem import Problems


def problems(text: str) -> list[str]:
    with pytest.raises(Problems) as refused:
        parse(text.encode(), file="a.json", json=True)
    return [f"{problem.position} {problem.message}" for problem in refused.value.problems]


def test_a_value_and_its_key_have_positions() -> None:
    """Strings with brackets, commas and escaped quotes do not confuse the count."""
    document = parse(b'{"a": ["x,]}", "\\"", {"b" : -1.5}],\n "c": {}}', file="a.json", json=True)

    assert document.value == {"a": ["x,]}", '"', {"b": -1.5}], "c": {}}
    assert str(document.position(("a", 2, "b"))) == "a.json:1:29"
    assert str(document.position(("a", 2, "b"), key=True)) == "a.json:1:23"
    assert str(document.position(("c",))) == "a.json:2:7"


@pytest.mark.parametrize(
    "text, told",
    [
        ("", ["a.json:1:1 The file is empty."]),
        ('{"a": 1,}', ["a.json:1:8 A comma stands after the last entry."]),
        ("[1,\n 2,\n]", ["a.json:2:3 A comma stands after the last entry."]),
        (
            '{"a": 1, "b": NaN,\n "a": [{"c": 1, "c": -Infinity}]}',
            [
                "a.json:1:15 NaN is no number that JSON has.",
                "a.json:2:2 The key 'a' stands twice; the first is at a.json:1:2.",
                "a.json:2:17 The key 'c' stands twice; the first is at a.json:2:9.",
                "a.json:2:22 -Infinity is no number that JSON has.",
            ],
        ),
        ('{"a": "\\ud800"}', ["a.json:1:8 Half of a surrogate pair stands alone."]),
        ('{"a": ' + "1" * 5000 + "}", [f"a.json:1:7 {'1' * 40} is no number that JSON has."]),
        ("[1e999, 2E5]", ["a.json:1:2 1e999 is no number that JSON has."]),
        ("[" * 200 + "]" * 200, ["a.json:1:101 Nested deeper than 100 levels."]),
        ("[" * 100_000, ["a.json:1:101 Nested deeper than 100 levels."]),
    ],
)
def test_what_json_does_not_allow_is_told_with_its_place(text: str, told: list[str]) -> None:
    """Every duplicate key and every number that is none is told at once."""
    assert problems(text) == told


def test_broken_syntax_has_a_position() -> None:
    """The words are Python's, the place is ours."""
    (told,) = problems('{"a": tru}')

    assert told.startswith("a.json:1:7 This is no valid JSON: ")
