"""failover: the spare address is used in time, and the first one again after heal."""

from dataclasses import replace

import pytest

from crm_contracts.checks.attempts import Attempts
from crm_contracts.checks.backoff import BackoffCheck
from crm_contracts.checks.breaker import BreakerCheck
from crm_contracts.checks.failover import Failover
from crm_contracts.checks.outcomes import Outcomes
from crm_contracts.checks.safe_retries import SafeRetries
from crm_contracts.model.call import Phase
from crm_contracts.model.consumer import HttpDriver, Outcome
from crm_contracts.model.fault import Trait
from crm_contracts.model.promises import Backoff, Breaker, Promises
from crm_contracts.model.run import Run
from crm_contracts.model.verdict import Finding, NotRun, Verdict
from tests.checks.story import WRITE, Story, run_of

PROMISES = Promises(failover_within=1.0, recovers_within=2.0, attempts=2)
RUN = run_of(Trait.UNREACHABLE, promises=PROMISES)


def _found(story: Story, run: Run = RUN) -> Finding | NotRun:
    return Failover().judge(run, story.journal())


def _verdict(story: Story, run: Run = RUN) -> Verdict | None:
    found = _found(story, run)
    return found.verdict if isinstance(found, Finding) else None


def _switching(*, after: float = 0.3) -> Story:
    """The first call fails; the next one is served by the spare so many seconds later."""
    story = Story()
    story.call(1, 1.1)
    story.exchange(1.0, 1.1)
    story.call(10.1, 10.2, Outcome.REFUSED)
    story.call(10.1 + after, 10.2 + after)
    story.exchange(10.15 + after, 10.18 + after, spare=True)
    return story


def test_whoever_switches_in_time_passes() -> None:
    """The failures before the switch are granted."""
    found = _found(_switching())
    assert isinstance(found, Finding)
    assert found.verdict is Verdict.PASSED
    assert "400 ms" in found.reason


def test_whoever_switches_late_fails() -> None:
    """The spare served the first call 2.1 s after the first failure; promised is 1 s."""
    assert _verdict(_switching(after=2.0)) is Verdict.FAILED


def test_whoever_never_switches_fails() -> None:
    """A call that begins later than promised is refused."""
    story = Story()
    story.call(10.1, 10.2, Outcome.REFUSED)
    story.call(12.0, 12.1, Outcome.REFUSED)
    found = _found(story)
    assert isinstance(found, Finding)
    assert found.verdict is Verdict.FAILED
    assert "although the spare was there" in found.reason


def test_kept_data_is_not_the_spare() -> None:
    """A read that is still served from a cache when the spare had to be used fails."""
    story = Story()
    story.call(10.1, 10.2, Outcome.DEGRADED)
    story.call(12.0, 12.1, Outcome.DEGRADED)
    assert _verdict(story) is Verdict.FAILED


def test_time_counts_from_the_first_call_that_was_hurt() -> None:
    """Nobody can know that an address is away before asking it."""
    story = Story()
    story.call(18.0, 18.1, Outcome.REFUSED)
    story.call(18.6, 18.7)
    story.exchange(18.61, 18.65, spare=True)
    assert _verdict(story) is Verdict.PASSED


def test_a_first_address_that_still_serves_asks_for_nothing() -> None:
    """A fault of a few answers is got over by a retry."""
    story = Story()
    story.call(10.1, 10.4)
    story.exchange(10.1, 10.2, 503, faults=("some",))
    story.exchange(10.3, 10.4)
    story.call(12.0, 12.1)
    story.exchange(12.0, 12.1)
    assert _verdict(story) is Verdict.PASSED


def test_a_first_address_that_is_away_now_and_then_need_not_be_left() -> None:
    """One of three replicas is bad: a caller without retries shows it to every third user, and no failure in a row."""
    story = Story()
    for number in range(6):
        start = 10.1 + number
        bad = number % 3 == 0
        story.call(start, start + 0.1, Outcome.REFUSED if bad else Outcome.OK)
        story.exchange(start, start + 0.1, None if bad else 200, faults=("some",) if bad else ())
    assert not isinstance(_found(story), Finding)


def test_an_answer_that_the_fault_swallowed_is_none() -> None:
    """Under a fault of TCP the CRM may have answered what never arrived."""
    story = Story()
    for number in range(3):
        story.call(10.1 + number, 10.2 + number, Outcome.REFUSED)
        story.exchange(10.1 + number, 10.15 + number, 200, faults=("some",))
    assert _verdict(story) is Verdict.FAILED


def test_a_fault_that_is_over_before_the_promise_asks_for_nothing() -> None:
    """One failed call within the promised time shows neither."""
    story = Story()
    story.call(19.5, 19.6, Outcome.REFUSED)
    assert isinstance(_found(story), NotRun)


def test_a_call_that_spans_the_end_of_the_fault_says_nothing() -> None:
    """It may have met the fault with its first attempt and the way back with its last."""
    story = _switching()
    story.call(19.9, 20.3, Outcome.REFUSED)
    assert _verdict(story) is Verdict.PASSED


def test_an_ambiguous_write_need_not_be_sent_to_the_spare() -> None:
    """A caller without keys rightly refuses it; where nothing was sent it may not."""
    story = _switching()
    story.call(12.0, 12.1, Outcome.REFUSED, spec=WRITE)
    assert _verdict(story) is Verdict.FAILED
    open_end = run_of(Trait.CONNECTION, Trait.AMBIGUOUS, promises=PROMISES)
    assert _verdict(story, open_end) is Verdict.PASSED


def test_a_queued_write_is_accepted() -> None:
    """Its user has an answer, and lost_writes asks whether it arrives."""
    story = _switching()
    story.call(12.0, 12.1, Outcome.QUEUED, spec=WRITE)
    assert _verdict(story) is Verdict.PASSED


def test_whoever_stays_at_the_spare_fails() -> None:
    """Later than recovers_within after heal it asks the spare, and never asked the first address since."""
    story = _switching()
    story.call(23.0, 23.1)
    story.exchange(23.0, 23.1, spare=True)
    found = _found(story)
    assert isinstance(found, Finding)
    assert found.verdict is Verdict.FAILED
    assert "3 s after heal" in found.reason
    assert "at the spare" in found.evidence


@pytest.mark.parametrize("moment", [20.5, 22.2])
def test_whoever_asked_the_first_address_again_is_back(moment: float) -> None:
    """Also one that spreads its calls over both from then on."""
    story = _switching()
    story.call(moment, moment + 0.1)
    story.exchange(moment, moment + 0.1)
    story.call(23.0, 23.1)
    story.exchange(23.0, 23.1, spare=True)
    assert _verdict(story) is Verdict.PASSED


def test_nobody_is_held_to_what_was_not_watched() -> None:
    """The run ended within recovers_within after heal."""
    story = _switching()
    story.call(21.0, 21.1)
    story.exchange(21.0, 21.1, spare=True)
    assert _verdict(story) is Verdict.PASSED


def test_where_it_applies() -> None:
    """It needs the promise, a first address that becomes unusable, and a caller that can be told of a spare."""
    assert Failover().applies(RUN) is None
    assert Failover().applies(run_of(Trait.UNREACHABLE)) is not None
    assert Failover().applies(run_of(Trait.CREDENTIALS, promises=PROMISES)) is not None
    assert Failover().applies(run_of(Trait.SLOW, promises=PROMISES)) is not None
    fresh = replace(RUN, scenario=replace(RUN.scenario, starts=Phase.DURING))
    assert Failover().applies(fresh) is not None
    running = replace(RUN, consumer=replace(RUN.consumer, driver=HttpDriver(attach="http://127.0.0.1:1")))
    assert Failover().applies(running) is not None


def test_the_switch_is_no_retry() -> None:
    """Two attempts at the first address and one at the spare, at once, keep `attempts: 2` and the promised wait."""
    story = Story()
    call = story.call(10.0, 11.2)
    story.exchange(10.0, 10.1, 503, call=call, faults=("some",))
    story.exchange(11.1, 11.15, 503, call=call, faults=("some",))
    story.exchange(11.151, 11.2, call=call, spare=True)
    run = run_of(Trait.ERROR_STATUS, promises=replace(PROMISES, backoff=Backoff(waits=(1.0,))))
    assert Attempts().judge(run, story.journal()).verdict is Verdict.PASSED
    assert BackoffCheck().judge(run, story.journal()).verdict is Verdict.PASSED


def test_hammering_the_spare_is_still_seen() -> None:
    """Three tries of one thing at the spare are more than `attempts: 2`."""
    story = Story()
    call = story.call(10.0, 12.0, Outcome.REFUSED)
    for number in range(3):
        story.exchange(10.0 + number / 2, 10.1 + number / 2, 503, call=call, spare=True)
    run = run_of(Trait.ERROR_STATUS, promises=PROMISES)
    assert Attempts().judge(run, story.journal()).verdict is Verdict.FAILED


def test_a_breaker_stands_before_the_first_address() -> None:
    """Once it is open, calls that go to the spare do not count as probes."""
    story = Story()
    story.call(1, 1.1)
    story.exchange(1, 1.1)
    for number in range(8):
        start = 10.0 + number / 10
        call = story.call(start, start + 0.05)
        if number < 2:
            story.exchange(start, start + 0.01, 503, call=call, faults=("some",))
        story.exchange(start + 0.02, start + 0.03, call=call, spare=True)
    run = run_of(Trait.ERROR_STATUS, promises=replace(PROMISES, breaker=Breaker(opens_after=1)))
    found = BreakerCheck().judge(run, story.journal())
    assert isinstance(found, NotRun) or found.verdict is Verdict.PASSED


def test_a_write_at_both_addresses_is_one_write() -> None:
    """Repeated at the spare after an ambiguous end without its key it is unsafe, with the key it is safe."""
    for key, verdict in (("other", Verdict.FAILED), ("same", Verdict.PASSED)):
        story = Story()
        call = story.call(10.0, 10.5, spec=WRITE)
        story.exchange(10.0, 10.1, None, call=call, key="same", ended_by="fault")
        story.exchange(10.2, 10.3, 201, call=call, key=key, spare=True)
        run = run_of(Trait.AMBIGUOUS, promises=PROMISES)
        assert SafeRetries().judge(run, story.journal()).verdict is verdict


def test_what_the_spare_served_may_be_ok() -> None:
    """A scenario in which no answer of the first address is whole allows no ok, but the spare's answers are whole."""
    run = run_of(Trait.MALFORMED, promises=PROMISES)
    for spare, verdict in ((True, Verdict.PASSED), (False, Verdict.FAILED)):
        story = Story()
        call = story.call(10.0, 10.5)
        story.exchange(10.1, 10.2, faults=("some",))
        story.exchange(10.3, 10.4, call=call, spare=spare)
        assert Outcomes(during=(Outcome.REFUSED,)).judge(run, story.journal()).verdict is verdict
