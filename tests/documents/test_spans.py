"""Where values of a YAML text begin and end."""

import pytest

from crm_contracts.documents.spans import extent_of

TEXT = """\
# first
- check: [a, b]   # both
  name: "x: y"
- check:
    - a   # the first
    - b
  # a comment that belongs to nobody
- {check: c}
"""


@pytest.mark.parametrize(
    "place, value",
    [((0, "check"), "[a, b]"), ((0, "name"), '"x: y"'), ((2, "check"), "c"), ((2,), "{check: c}")],
)
def test_a_value_in_brackets_or_alone(place: tuple[str | int, ...], value: str):
    """Its offsets are those of the text itself."""
    found = extent_of(TEXT, place)
    assert found is not None
    assert found.flow
    assert TEXT[found.start : found.end] == value


def test_a_list_of_lines_ends_with_its_last_entry():
    """Comments that follow are not part of it."""
    found = extent_of(TEXT, (1, "check"))
    assert found is not None
    assert not found.flow
    assert TEXT[: found.last].endswith("- b")
    assert found.column == 4


@pytest.mark.parametrize("place", [(3,), (0, "chek"), (0, "check", 5), ("check",)])
def test_a_place_that_is_none(place: tuple[str | int, ...]):
    """None, for whoever asks to know."""
    assert extent_of(TEXT, place) is None
