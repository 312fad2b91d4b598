"""The house that the tests of neighbours share."""

from pathlib import Path

import pytest

from tests.neighbours.house import House


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A project with one caller, one scenario and two tests by hand."""
    return House.build(tmp_path)
