"""A judged run without a lab: a journal as the lab would give it, and the real judge."""

import pytest

from crm_contracts.project import Judged
from tests.reports.story import judged_story


@pytest.fixture
def judged() -> Judged:
    """A run that failed."""
    return judged_story()
