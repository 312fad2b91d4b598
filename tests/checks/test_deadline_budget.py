"""deadline_budget: no work goes on for a user who was told that it failed."""

from typing import Any

import pytest

from crm_contracts.checks.attempts import Attempts
from crm_contracts.checks.deadline_budget import DeadlineBudget
from crm_contracts.model.consumer import Outcome
from crm_contracts.model.fault import Trait
from crm_contracts.model.promises import Backoff, Promises
from crm_contracts.model.verdict import Layer, Verdict
from tests.checks.story import WRITE, Story, run_of

PROMISES = Promises(attempts=3, backoff=Backoff(waits=(0.5, 0.5)))
RUN = run_of(Trait.SLOW, promises=PROMISES)
RECORD: dict[str, Any] = {"path_params": {"orderId": "O-1"}}


def _verdict(story: Story) -> Verdict:
    return DeadlineBudget().judge(RUN, story.journal()).verdict


def test_a_loop_that_goes_on_inside_fails() -> None:
    """The user waited one second; the second attempt was under way, and the third followed it."""
    story = Story()
    story.call(10, 11, Outcome.REFUSED)
    for start in (10.0, 10.8, 11.6):
        story.exchange(start, start + 0.3, None, **RECORD)
    finding = DeadlineBudget().judge(RUN, story.journal())
    assert finding.verdict is Verdict.FAILED
    assert finding.layer is Layer.TIMING
    assert "1 more attempt(s)" in finding.reason


def test_the_cause_is_told_once() -> None:
    """Attempts after the outcome of a write are this, where one was under way, and `attempts` leaves them to it."""
    story = Story()
    call = story.call(10, 11, Outcome.REFUSED, spec=WRITE)
    for start in (10.0, 10.8, 11.6):
        story.exchange(start, start + 0.3, None, call=call)
    assert _verdict(story) is Verdict.FAILED
    assert Attempts().judge(RUN, story.journal()).verdict is Verdict.PASSED


def test_what_begins_anew_after_the_outcome_is_another_defect() -> None:
    """Nothing was under way when the call ended: `attempts` tells of what came later."""
    story = Story()
    call = story.call(10, 11, Outcome.REFUSED, spec=WRITE)
    for start in (10.0, 11.6):
        story.exchange(start, start + 0.3, None, call=call)
    assert _verdict(story) is Verdict.PASSED
    assert Attempts().judge(RUN, story.journal()).verdict is Verdict.FAILED


def test_a_connection_that_is_closed_late_proves_nothing() -> None:
    """Some libraries close what they gave up with the next request, or with the garbage."""
    story = Story()
    story.call(10, 11, Outcome.REFUSED)
    story.exchange(10.5, 14.0, None, **RECORD)
    assert _verdict(story) is Verdict.PASSED


@pytest.mark.parametrize(("late", "verdict"), [(0.2, Verdict.PASSED), (0.6, Verdict.FAILED)])
def test_a_late_answer_that_was_read_fails(late: float, verdict: Verdict) -> None:
    """Its connection went back to the pool; okhttp drains for a tenth of a second what it gave up."""
    story = Story()
    story.call(10, 11, Outcome.REFUSED)
    story.exchange(10.5, 11 + late, 200, connection=7, **RECORD)
    story.exchange(15, 15.1, 200, call=story.call(15, 15.2), connection=7, position=1)
    assert _verdict(story) is verdict


def test_work_that_serves_the_next_user_is_not_in_vain() -> None:
    """Callers of one flight: the first waits no longer, and what comes late answers the next from the cache."""
    story = Story()
    story.call(10, 11, Outcome.REFUSED)
    story.exchange(10.5, 11.6, 200, connection=7, **RECORD)
    story.call(12, 12.1)
    story.exchange(15, 15.1, 200, call=story.call(15, 15.2), connection=7, position=1)
    assert _verdict(story) is Verdict.PASSED


@pytest.mark.parametrize("outcome", [Outcome.OK, Outcome.DEGRADED, Outcome.QUEUED])
def test_what_a_queue_or_a_cache_goes_on_with_is_by_design(outcome: Outcome) -> None:
    """The user was served, and the answer that comes late is kept for the next."""
    story = Story()
    call = story.call(10, 11, outcome, spec=WRITE)
    for start in (10.0, 10.8, 11.6):
        story.exchange(start, start + 0.3, None, call=call)
    assert _verdict(story) is Verdict.PASSED


def test_a_timer_of_its_own_is_no_retry() -> None:
    """It asked for this order before any call did, and goes on doing so."""
    story = Story()
    story.exchange(8.0, 8.1, 200, **RECORD)
    story.call(10, 11, Outcome.REFUSED)
    for start in (10.8, 11.6):
        story.exchange(start, start + 0.3, None, **RECORD)
    assert _verdict(story) is Verdict.PASSED


def test_what_comes_much_later_is_no_retry_either() -> None:
    """Nobody waits so long between two attempts."""
    story = Story()
    story.call(10, 11, Outcome.REFUSED)
    for start in (10.8, 13.0):
        story.exchange(start, start + 0.3, None, **RECORD)
    assert _verdict(story) is Verdict.PASSED


def test_where_it_cannot_apply_and_where_nothing_was_seen() -> None:
    """It needs answers that are late or do not come, and calls."""
    check = DeadlineBudget()
    assert check.applies(run_of(Trait.ERROR_STATUS))
    assert check.applies(run_of(Trait.SILENCE)) is None
    assert _verdict(Story()) is Verdict.UNKNOWN
