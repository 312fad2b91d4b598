"""What many callers at once do to a CRM in trouble: retry_amplification, backlog_after_heal, jitter."""

from dataclasses import replace

import pytest

from crm_contracts.checks.backlog_after_heal import BacklogAfterHeal
from crm_contracts.checks.jitter import JitterCheck
from crm_contracts.checks.retry_amplification import RetryAmplification
from crm_contracts.model.consumer import Outcome
from crm_contracts.model.fault import Trait
from crm_contracts.model.promises import Backoff, Breaker, Promises
from crm_contracts.model.run import Run
from crm_contracts.model.scenario import Step
from crm_contracts.model.verdict import Finding, Verdict
from tests.checks.story import READ, WRITE, Story, run_of

MANY = 25
QUIET = (0.05,) * 20


def _loaded(*traits: Trait, promises: Promises, callers: int = MANY, call: str = "writes") -> Run:
    run = run_of(*traits, promises=promises)
    scenario = replace(run.scenario, during=(Step(call=call, concurrency=callers),))
    return replace(run, scenario=scenario)


def _promising(times: float | None = None, **more: object) -> Promises:
    written = frozenset({"max_amplification"}) if times else frozenset[str]()
    return Promises(max_amplification=times or 5.0, written=written, **more)  # type: ignore[arg-type]


def _storm(attempts: int, *, told_apart: bool = True) -> Story:
    """Twenty-five calls that all fail, each after so many attempts."""
    story = Story()
    spec = WRITE if told_apart else READ
    calls = [story.call(11, 15, Outcome.REFUSED, spec=spec) for _number in range(MANY)]
    for call in calls:
        for number in range(attempts):
            story.exchange(12 + number, 12.1 + number, 503, call=call)
    return story


def _amplified(story: Story, promises: Promises) -> Finding:
    return RetryAmplification().judge(_loaded(Trait.ERROR_STATUS, promises=promises), story.journal())


@pytest.mark.parametrize("told_apart", [True, False])
def test_more_requests_than_promised_for_all_calls_fail(told_apart: bool) -> None:
    """Also where nobody can tell which call each of them belongs to."""
    found = _amplified(_storm(3, told_apart=told_apart), _promising(2.0))
    assert found.verdict is Verdict.FAILED
    assert "25 calls that need 25 requests made 75" in found.reason
    assert "3 times as many; promised are at most 2 times" in found.reason


@pytest.mark.parametrize("told_apart", [True, False])
def test_a_budget_that_all_calls_share_passes(told_apart: bool) -> None:
    """Five of twenty-five calls try twice more."""
    story = _storm(1, told_apart=told_apart)
    for call in story.calls[:5]:
        for moment in (13, 14):
            story.exchange(moment, moment + 0.1, 503, call=call)
    assert _amplified(story, _promising(1.5)).verdict is Verdict.PASSED


def test_an_assumed_number_asks_for_no_less_than_the_promised_attempts() -> None:
    """Seven attempts are promised, and nothing else is written."""
    assert _amplified(_storm(7), _promising(attempts=7)).verdict is Verdict.PASSED


def test_what_a_call_needs_when_all_is_well_is_not_held_against_it() -> None:
    """Each call asks for four lists; two tries of each are twice what it needs."""
    story = Story()
    calm = story.call(1, 5)
    for number in range(4):
        story.exchange(2 + number / 2, 2.1 + number / 2, call=calm, cursor=f"{number}")
    for _number in range(MANY):
        story.call(11, 15, Outcome.REFUSED)
    for number in range(MANY * 8):
        story.exchange(12, 12.1, 503, cursor=f"{number % 4}")
    assert _amplified(story, _promising(2.0)).verdict is Verdict.PASSED


def test_what_a_queue_delivers_later_is_no_retry_of_its_call() -> None:
    """The user was told that it waits; what comes then is judged as a backlog."""
    story = Story()
    calls = [story.call(11, 12, Outcome.QUEUED, spec=WRITE) for _number in range(MANY)]
    for call in calls:
        for moment in (11.5, 14, 16, 18):
            story.exchange(moment, moment + 0.1, 503, call=call)
    assert _amplified(story, _promising(1.0)).verdict is Verdict.PASSED


def test_amplification_needs_load_and_something_to_see() -> None:
    """A single caller, a refused credential and a CRM that accepts no connection show none."""
    check, promises = RetryAmplification(), _promising()
    assert check.applies(_loaded(Trait.ERROR_STATUS, promises=promises)) is None
    assert check.applies(_loaded(Trait.ERROR_STATUS, promises=promises, callers=9)) is not None
    assert check.applies(_loaded(Trait.CREDENTIALS, promises=promises)) is not None
    assert check.applies(_loaded(Trait.UNREACHABLE, promises=promises)) is not None
    assert check.applies(_loaded(Trait.SLOW, promises=Promises(max_amplification=None))) is not None
    assert check.judge(_loaded(Trait.SLOW, promises=promises), Story().journal()).verdict is Verdict.UNKNOWN


def _waiting(calls: int) -> Story:
    """So many writes, one after the other, that were told to wait."""
    story = Story()
    for number in range(calls):
        story.call(11 + number / 5, 11.1 + number / 5, Outcome.QUEUED, spec=WRITE)
    return story


def _backlog(story: Story, times: float | None = None) -> Finding:
    run = _loaded(Trait.ERROR_STATUS, promises=_promising(times))
    return BacklogAfterHeal().judge(run, story.journal())


def test_a_queue_that_lets_go_of_everything_at_once_fails() -> None:
    """Forty writes that came one by one are under way together when the CRM is back."""
    story = _waiting(40)
    for number, call in enumerate(story.calls):
        story.exchange(20.1 + number / 1000, 20.3, 201, call=call)
    found = _backlog(story)
    assert found.verdict is Verdict.FAILED
    assert "40 requests were held back, and 40 of them were under way at once" in found.reason
    assert "at most 10" in found.reason


def test_a_queue_that_is_emptied_one_by_one_passes_however_fast() -> None:
    """Two hundred a second, but never two at once."""
    story = _waiting(40)
    for number, call in enumerate(story.calls):
        story.exchange(20.1 + number / 200, 20.105 + number / 200, 201, call=call)
    assert _backlog(story).verdict is Verdict.PASSED


def test_a_few_workers_may_empty_a_queue() -> None:
    """Ten at once is what every CRM can bear."""
    story = _waiting(40)
    for number, call in enumerate(story.calls):
        story.exchange(20.1 + number // 10, 20.9 + number // 10, 201, call=call)
    assert _backlog(story).verdict is Verdict.PASSED


def test_what_users_send_at_once_anyway_may_come_back_at_once() -> None:
    """Forty users wrote at the same moment; forty deliveries are no more than that."""
    story = Story()
    calls = [story.call(11, 12, Outcome.QUEUED, spec=WRITE) for _number in range(40)]
    for call in calls:
        story.exchange(20.1, 20.3, 201, call=call)
    assert _backlog(story, 1.0).verdict is Verdict.PASSED


def test_calls_of_users_are_no_backlog() -> None:
    """Whoever calls after heal was not held back."""
    story = Story()
    story.call(11, 11.1)
    calls = [story.call(21, 22, spec=WRITE) for _number in range(40)]
    for call in calls:
        story.exchange(21.1, 21.9, 201, call=call)
    found = _backlog(story)
    assert found.verdict is Verdict.PASSED
    assert "nothing was held back" in found.reason


def test_retries_that_wait_for_the_end_of_the_trouble_are_a_backlog() -> None:
    """Thirty calls, begun one by one, all try again the moment the CRM is well."""
    story = Story()
    for number in range(30):
        story.call(11 + number / 5, 21, spec=WRITE)
    for call in story.calls:
        story.exchange(20.01, 20.5, 201, call=call)
    assert _backlog(story).verdict is Verdict.FAILED


def test_a_backlog_needs_load_that_ends() -> None:
    """One caller builds none, and where nothing goes wrong nothing is held back."""
    check, promises = BacklogAfterHeal(), _promising()
    assert check.applies(_loaded(Trait.SLOW, promises=promises)) is None
    assert check.applies(_loaded(Trait.SLOW, promises=promises, callers=3)) is not None
    assert check.applies(_loaded(promises=promises)) is not None
    assert check.applies(_loaded(Trait.SLOW, promises=Promises(max_amplification=None))) is not None


FULL = Backoff(first=1.0, jitter=1.0)


def _spread_over(width: float, calls: int = MANY, *, since: float = 0.2) -> Story:
    story = Story()
    made = [story.call(11, 19, Outcome.REFUSED, spec=WRITE) for _number in range(calls)]
    for number, call in enumerate(made):
        again = 12.05 + since + width * number / (calls - 1)
        story.exchange(12, 12.05, 503, call=call)
        story.exchange(again, again + 0.05, 503, call=call)
    return story


@pytest.mark.parametrize(
    "promise, width, verdict",
    [
        (FULL, 1.0, Verdict.PASSED),
        (FULL, 0.6, Verdict.PASSED),
        (FULL, 0.4, Verdict.FAILED),
        (FULL, 0.0, Verdict.FAILED),
        (Backoff(first=1.0, jitter=0.5), 0.3, Verdict.PASSED),
        (Backoff(first=1.0, jitter=0.5), 0.1, Verdict.FAILED),
        (Backoff(waits=(1.0,), jitter=0.2), 0.15, Verdict.PASSED),
        (Backoff(waits=(1.0,), jitter=0.2), 0.05, Verdict.FAILED),
    ],
)
def test_the_spread_of_the_first_waits(promise: Backoff, width: float, verdict: Verdict) -> None:
    """At least 0.4 of the promised width from the 10th to the 90th percentile."""
    run = _loaded(Trait.ERROR_STATUS, promises=Promises(backoff=promise))
    assert JitterCheck().judge(run, _spread_over(width).journal(control=QUIET)).verdict is verdict


def test_callers_that_come_back_in_step_are_told_the_width() -> None:
    """The sentence names what was seen and what was promised."""
    run = _loaded(Trait.ERROR_STATUS, promises=Promises(backoff=FULL))
    found = JitterCheck().judge(run, _spread_over(0.1).journal(control=QUIET))
    assert "25 calls that failed together tried again within" in found.reason
    assert "the promised jitter of 1 s makes it 400 ms at least" in found.reason


def test_a_noisy_machine_leaves_it_unknown() -> None:
    """Where timers of our own spread as far as the jitter should, nobody can tell."""
    run = _loaded(Trait.ERROR_STATUS, promises=Promises(backoff=FULL))
    noise = tuple(0.05 + number / 20 for number in range(20))
    for width in (0.0, 1.0):
        found = JitterCheck().judge(run, _spread_over(width).journal(control=noise))
        assert found.verdict is Verdict.UNKNOWN
        assert "too noisy" in found.reason


def test_fewer_than_twenty_waits_are_unknown() -> None:
    """Full jitter of nineteen callers may look like none."""
    run = _loaded(Trait.ERROR_STATUS, promises=Promises(backoff=FULL))
    found = JitterCheck().judge(run, _spread_over(0.0, 19).journal(control=QUIET))
    assert found.verdict is Verdict.UNKNOWN
    assert "19 waits" in found.reason


def test_an_immediate_first_retry_has_no_jitter() -> None:
    """Where the first retry follows at once, the second wait is the first that can be spread."""
    promise = Backoff(first=1.0, jitter=1.0, first_immediate=True)
    story = _spread_over(0.0, since=0.0)
    for number, call in enumerate(story.calls):
        story.exchange(12.2 + number / 30, 12.3 + number / 30, 503, call=call)
    run = _loaded(Trait.ERROR_STATUS, promises=Promises(backoff=promise))
    assert JitterCheck().judge(run, story.journal(control=QUIET)).verdict is Verdict.PASSED


def test_where_jitter_cannot_be_judged() -> None:
    """Without a promise, without retries, with too few callers, with reads alone, and behind a breaker that opens."""
    check, promises = JitterCheck(), Promises(backoff=FULL)
    assert check.applies(_loaded(Trait.SLOW, promises=promises)) is None
    assert check.applies(_loaded(Trait.SLOW, promises=Promises(backoff=Backoff()))) is not None
    assert check.applies(_loaded(Trait.SLOW, promises=replace(promises, attempts=1))) is not None
    assert check.applies(_loaded(Trait.SLOW, promises=promises, callers=19)) is not None
    assert check.applies(_loaded(Trait.SLOW, promises=promises, call="reads")) is not None
    assert check.applies(_loaded(Trait.UNREACHABLE, promises=promises)) is not None
    assert check.applies(_loaded(Trait.CREDENTIALS, promises=promises)) is not None
    breaks = replace(promises, breaker=Breaker(opens_after=5))
    assert check.applies(_loaded(Trait.SLOW, promises=breaks)) is not None
