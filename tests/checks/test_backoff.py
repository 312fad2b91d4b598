"""backoff: the waits between attempts."""

from dataclasses import replace

import pytest

from crm_contracts.checks.backoff import BackoffCheck
from crm_contracts.model.consumer import Outcome
from crm_contracts.model.exchange import Connection
from crm_contracts.model.fault import Trait
from crm_contracts.model.promises import Backoff, Promises
from crm_contracts.model.verdict import Verdict
from tests.checks.story import WRITE, Story, run_of


def _story(*waits: float) -> Story:
    story, at = Story(), 10.1
    call = story.call(10, 19.9, Outcome.REFUSED)
    for wait in (0.0, *waits):
        at += wait
        story.exchange(at, at + 0.1, 503, call=call)
        at += 0.1
    return story


def _verdict(promise: Backoff | None, *waits: float) -> Verdict:
    run = run_of(Trait.ERROR_STATUS, promises=Promises(backoff=promise))
    return BackoffCheck().judge(run, _story(*waits).journal()).verdict


@pytest.mark.parametrize(
    ("promise", "waits", "verdict"),
    [
        (Backoff(waits=(1.0, 2.0)), (1.0, 2.0), Verdict.PASSED),
        (Backoff(waits=(1.0, 2.0)), (1.0, 1.0), Verdict.FAILED),
        (Backoff(first=0.5), (0.5, 1.0, 2.0), Verdict.PASSED),
        (Backoff(first=0.5), (0.5, 0.5), Verdict.FAILED),
        (Backoff(first=1.0, jitter=0.5), (0.5, 1.0), Verdict.PASSED),
        (Backoff(first=1.0, jitter=0.5), (0.4,), Verdict.FAILED),
        (Backoff(first=1.0, jitter=0.2), (0.8,), Verdict.PASSED),
        (Backoff(first=1.0, jitter=0.2), (0.7,), Verdict.FAILED),
        (Backoff(first=1.0, first_immediate=True), (0.0, 1.0, 2.0), Verdict.PASSED),
        (Backoff(first=1.0, jitter=1.0), (0.1, 1.9), Verdict.PASSED),
        (Backoff(first=1.0, jitter=1.0), (0.01, 0.02), Verdict.PASSED),
        (None, (0.0,), Verdict.PASSED),
        (None, (0.0, 0.0), Verdict.FAILED),
        (None, (0.1, 0.1, 0.1), Verdict.PASSED),
    ],
)
def test_each_form_of_promise(promise: Backoff | None, waits: tuple[float, ...], verdict: Verdict) -> None:
    """Every gap is held against the promised wait in the form in which it was promised."""
    assert _verdict(promise, *waits) is verdict


def test_full_jitter_needs_its_mean() -> None:
    """Twelve gaps of a tenth are no full jitter; twelve of half are."""
    promise = Backoff(first=0.5, factor=1.0, jitter=1.0)
    assert _verdict(promise, *([0.06] * 12)) is Verdict.FAILED
    assert _verdict(promise, *([0.25] * 12)) is Verdict.PASSED


def test_a_librarys_own_replay_needs_no_wait() -> None:
    """A reused connection that died is replaced at once by many HTTP libraries."""
    story = Story()
    call = story.call(10, 11)
    story.exchange(10.1, 10.2, None, call=call, connection=1, position=2)
    story.exchange(10.21, 10.3, 200, call=call, connection=2)
    run = run_of(Trait.CONNECTION, promises=Promises(backoff=Backoff(first=1.0)))
    assert BackoffCheck().judge(run, story.journal()).verdict is Verdict.PASSED


def test_bare_connections_of_two_operations_are_not_told_apart() -> None:
    """A call that looks up and then creates opens two connections at once, and neither is a retry."""
    story = Story(place="toxic")
    story.call(10, 14, Outcome.REFUSED, spec=replace(WRITE, does=("getOrder", "createTicket")))
    story.connections = [Connection(id=n, accepted=10.1 + n / 100, closed=10.105 + n / 100) for n in range(4)]
    run = run_of(Trait.CONNECTION, promises=Promises(backoff=Backoff(first=1.0)))
    assert BackoffCheck().judge(run, story.journal()).verdict is Verdict.PASSED


def test_where_it_cannot_apply() -> None:
    """One attempt has no gap, and a refused credential calls for a refresh instead of a wait."""
    check = BackoffCheck()
    assert check.applies(run_of(Trait.ERROR_STATUS, promises=Promises(attempts=1)))
    assert check.applies(run_of(Trait.CREDENTIALS))
    assert check.applies(run_of(Trait.UNREACHABLE))
    assert check.applies(run_of())
    assert check.applies(run_of(Trait.CONNECTION)) is None


def test_a_connection_that_is_closed_after_the_wait_hides_no_wait() -> None:
    """urllib3 waits before it closes the connection on which it gave up, so the close says nothing about the wait."""
    story = Story()
    call = story.call(10, 14, Outcome.REFUSED)
    for start in (10.1, 11.5, 13.0):
        story.exchange(start, start + 1.39, None, call=call)
    run = run_of(Trait.SILENCE, promises=Promises(attempts=3, backoff=Backoff(waits=(1.0, 1.0))))
    assert BackoffCheck().judge(run, story.journal()).verdict is Verdict.PASSED


def test_attempts_on_which_a_caller_gives_up_at_once_still_need_their_wait() -> None:
    """From one start to the next start there is less than the promised wait, whenever it gave up."""
    story = Story()
    call = story.call(10, 14, Outcome.REFUSED)
    for start in (10.1, 10.4):
        story.exchange(start, start + 0.2, None, call=call)
    run = run_of(Trait.SILENCE, promises=Promises(attempts=3, backoff=Backoff(waits=(1.0, 1.0))))
    assert BackoffCheck().judge(run, story.journal()).verdict is Verdict.FAILED


def test_requests_side_by_side_do_not_wait_for_each_other() -> None:
    """Lists that a call reads at once have no gap between them; each one's own tries have."""
    story = Story()
    call = story.call(10, 14, Outcome.REFUSED)
    for second in (10, 12):
        for number in range(4):
            start = second + 0.1 + number / 1000
            story.exchange(start, start + 0.01, 503, call=call, target=f"/orders/O-1?of={number}")
    run = run_of(Trait.ERROR_STATUS, promises=Promises(attempts=3, backoff=Backoff(waits=(1.0, 1.0))))
    assert BackoffCheck().judge(run, story.journal()).verdict is Verdict.PASSED


def test_an_answer_that_came_too_late_hides_no_wait() -> None:
    """It was written while the caller, which had given up, already waited for its next attempt."""
    story = Story()
    call = story.call(10, 14, Outcome.REFUSED)
    for start in (10.1, 11.6):
        story.exchange(start, start + 1.49, 200, call=call, faults=("slow",))
    run = run_of(Trait.SLOW, promises=Promises(attempts=3, backoff=Backoff(waits=(1.0, 1.0))))
    assert BackoffCheck().judge(run, story.journal()).verdict is Verdict.PASSED
