"""breaker: it opens, lets probes through, leaves other calls alone and closes."""

from dataclasses import replace

import pytest

from crm_contracts.checks.breaker import BreakerCheck
from crm_contracts.model.call import Call
from crm_contracts.model.consumer import CallSpec, Outcome
from crm_contracts.model.contract import Effect
from crm_contracts.model.exchange import Connection
from crm_contracts.model.fault import Trait
from crm_contracts.model.promises import Breaker, Promises
from crm_contracts.model.run import Run
from crm_contracts.model.scenario import Step
from crm_contracts.model.verdict import Finding, NotRun, Verdict
from tests.checks.story import READ, WRITE, Story, run_of

LIST = CallSpec(name="list_orders", does=("listOrders",), effect=Effect.READ)
OPEN = 1.0


def _run(*traits: Trait, breaker: Breaker | None = None, times: int = 12) -> Run:
    promise = breaker or Breaker(opens_after=3, half_open_after=OPEN)
    run = run_of(*(traits or (Trait.ERROR_STATUS,)), promises=Promises(attempts=3, breaker=promise))
    return replace(run, scenario=replace(run.scenario, during=(Step(call="each", times=times),)))


def _fails(
    story: Story, at: float, attempts: int = 1, *, spec: CallSpec = READ, status: int | None = 503
) -> Call:
    call = story.call(at, at + 0.1, Outcome.REFUSED, spec=spec)
    for number in range(attempts):
        start = at + 0.01 + number * 0.02
        story.exchange(start, start + 0.01, status, call=call, operation=spec.does[0])
    return call


def _refused(story: Story, at: float, *, spec: CallSpec = READ) -> Call:
    return story.call(at, at + 0.01, Outcome.REFUSED, spec=spec)


def _judged(story: Story, breaker: Breaker | None = None) -> Finding:
    found = BreakerCheck().judge(_run(breaker=breaker), story.journal())
    assert isinstance(found, Finding), found
    return found


def test_one_that_opens_and_probes_passes() -> None:
    """Three fail, the others are refused at once, and a probe goes through when its time has come."""
    story = Story()
    for at in (10.0, 10.2, 10.4):
        _fails(story, at)
    for at in (10.6, 10.8, 11.0, 11.2, 11.4):
        _refused(story, at)
    _fails(story, 11.5)
    _refused(story, 11.7)
    _fails(story, 12.65)
    finding = _judged(story)
    assert finding.verdict is Verdict.PASSED
    assert finding.reason == "it opened"


def test_one_that_never_opens_fails() -> None:
    """Call after call reaches a CRM that fails."""
    story = Story()
    for number in range(12):
        _fails(story, 10 + number * 0.2)
    finding = _judged(story)
    assert finding.verdict is Verdict.FAILED
    assert "find_order went on after 3 failures in a row" in finding.reason


def test_one_call_more_than_promised_is_granted() -> None:
    """Some breakers open with the failure that reaches the number, some with the next."""
    story = Story()
    for at in (10.0, 10.2, 10.4, 10.6):
        _fails(story, at)
    for at in (10.8, 11.0):
        _refused(story, at)
    assert _judged(story).verdict is Verdict.PASSED


def test_a_success_begins_the_count_anew() -> None:
    """Failures in a row are counted, as pybreaker does."""
    story = Story()
    for number in range(12):
        if number % 3 == 2:
            story.exchange(
                10.01 + number * 0.2,
                10.05 + number * 0.2,
                200,
                call=story.call(10 + number * 0.2, 10.1 + number * 0.2),
            )
        else:
            _fails(story, 10 + number * 0.2)
    found = BreakerCheck().judge(_run(), story.journal())
    assert isinstance(found, NotRun)
    assert "did not fail so often" in found.reason


def test_a_breaker_around_retries_probes_with_a_whole_call() -> None:
    """pybreaker around tenacity: where calls are counted, a probe is a call with all its attempts."""
    story = Story()
    for at in (10.0, 10.2, 10.4, 10.6):
        _fails(story, at, attempts=3)
    _refused(story, 10.8)
    _fails(story, 11.8, attempts=3)
    _fails(story, 12.9, attempts=3)
    assert _judged(story).verdict is Verdict.PASSED
    of_attempts = Breaker(opens_after=3, counts="attempts", half_open_after=OPEN)
    assert _judged(story, of_attempts).verdict is Verdict.FAILED


def test_a_breaker_inside_of_retries_is_counted_by_attempts() -> None:
    """stamina around a breaker: six attempts open it in the middle of the second call."""
    promise = Breaker(opens_after=6, counts="attempts", half_open_after=OPEN)
    story = Story()
    _fails(story, 10.0, attempts=3)
    _fails(story, 10.2, attempts=3)
    for at in (10.4, 10.6, 10.8):
        _refused(story, at)
    _fails(story, 11.4, attempts=1)
    _refused(story, 11.6)
    assert _judged(story, promise).verdict is Verdict.PASSED


def test_several_probes_where_they_are_promised() -> None:
    """resilience4j permits ten calls when it is half open, and decides when all are done."""
    story = Story()
    for at in (10.0, 10.2, 10.4, 10.6):
        _fails(story, at)
    for number in range(3):
        _fails(story, 11.8 + number * 0.12)
    _refused(story, 12.3)
    for number in range(3):
        _fails(story, 13.1 + number * 0.12)
    assert _judged(story, Breaker(opens_after=3, half_open_after=OPEN, probes=3)).verdict is Verdict.PASSED
    assert _judged(story, Breaker(opens_after=3, half_open_after=OPEN, probes=2)).verdict is Verdict.FAILED


def test_the_open_time_may_count_from_the_probes_start() -> None:
    """Hystrix does so: a slow probe is followed by the next as soon as it ends."""
    story = Story()
    for at in (10.0, 10.2, 10.4, 10.6):
        _fails(story, at)
    for at in (11.8, 12.85, 13.9):
        call = story.call(at, at + 1.0, Outcome.REFUSED)
        story.exchange(at + 0.01, at + 1.0, None, call=call)
    assert _judged(story).verdict is Verdict.PASSED


def test_a_first_byte_that_is_read_late_accuses_nobody() -> None:
    """On a busy machine a probe may arrive long after its breaker let it through, and the next one in time."""
    story = Story()
    for at in (10.0, 10.2, 10.4, 10.6):
        _fails(story, at)
    for at, late in ((11.8, 0.5), (12.85, 0.0), (13.9, 0.3)):
        story.exchange(
            at + late + 0.01, at + late + 0.05, 503, call=story.call(at, at + 0.6, Outcome.REFUSED)
        )
    assert _judged(story).verdict is Verdict.PASSED


def test_calls_that_were_under_way_when_it_opened_are_no_probes() -> None:
    """Twelve users at once fail together, and nobody can have known."""
    story = Story()
    for number in range(12):
        call = story.call(10 + number / 1000, 10.5 + number / 1000, Outcome.REFUSED, spec=WRITE)
        story.exchange(10.1 + number / 1000, 10.4 + number / 1000, 503, call=call)
    for at in (10.7, 10.8):
        _refused(story, at, spec=WRITE)
    assert _judged(story).verdict is Verdict.PASSED


def test_slow_answers_are_no_failures_to_a_call_that_was_well() -> None:
    """Whoever waits long enough has nothing to open a breaker for."""
    story = Story(place="toxic")
    for number in range(12):
        call = story.call(10 + number * 0.5, 10.4 + number * 0.5)
        story.exchange(10.1 + number * 0.5, 10.3 + number * 0.5, 200, call=call, faults=("some",))
    assert isinstance(BreakerCheck().judge(_run(), story.journal()), NotRun)


def test_resets_are_counted_by_their_connections() -> None:
    """No request was seen at all, and each connection that was reset is an attempt."""
    story = Story(place="toxic")
    for number in range(12):
        at = 10 + number * 0.2
        story.call(at, at + 0.1, Outcome.REFUSED)
        story.connections.append(Connection(id=number + 1, accepted=at + 0.05, closed=at + 0.06))
    assert _judged(story).verdict is Verdict.FAILED


def test_one_for_the_whole_crm_stops_what_works() -> None:
    """Writes fail, reads went well, and are refused once the breaker of the writes is open."""
    story = Story()
    for number in range(4):
        at = 10 + number * 0.3
        story.exchange(at + 0.01, at + 0.05, 200, call=story.call(at, at + 0.1))
        _fails(story, at + 0.15, spec=WRITE)
    for at in (11.5, 11.6):
        _refused(story, at, spec=WRITE)
        _refused(story, at + 0.05)
    finding = _judged(story)
    assert finding.verdict is Verdict.FAILED
    assert "only other operations failed" in finding.reason


def test_one_for_each_operation_lets_the_others_go_on() -> None:
    """Reads go on being asked; that a cache answers some of them is no harm."""
    story = Story()
    for number in range(6):
        at = 10 + number * 0.3
        call = story.call(at, at + 0.1)
        if number != 4:
            story.exchange(at + 0.01, at + 0.05, 200, call=call)
        if number < 3:
            _fails(story, at + 0.15, spec=WRITE)
        else:
            _refused(story, at + 0.15, spec=WRITE)
    assert _judged(story).verdict is Verdict.PASSED


def test_one_that_never_closes_fails() -> None:
    """No probe comes although its time is long over."""
    story = Story()
    for at in (10.0, 10.2, 10.4):
        _fails(story, at)
    for at in (10.6, 10.8):
        _refused(story, at)
    for at in (20.2, 20.8, 21.2):
        story.settling(at, at + 0.01, Outcome.REFUSED)
    assert _judged(story).verdict is Verdict.PASSED
    story.settling(21.5, 21.51, Outcome.REFUSED)
    finding = _judged(story)
    assert finding.verdict is Verdict.FAILED
    assert "no probe came after heal" in finding.reason


def test_a_probe_under_way_at_heal_keeps_it_open_rightly() -> None:
    """A queue's probe that began before heal failed after it, and the open time began anew."""
    story = Story()
    for at in (10.0, 10.2, 10.4):
        _fails(story, at)
    _refused(story, 10.6)
    story.exchange(19.9, 20.9, None, operation="createTicket", method="POST", target="/tickets")
    for at in (21.5, 21.7):
        story.settling(at, at + 0.01, Outcome.REFUSED)
    assert _judged(story).verdict is Verdict.PASSED


def test_what_cannot_be_given_to_one_call_is_judged_in_sum() -> None:
    """Four users at once read the same list: only together can their attempts be too many."""
    for after, verdict in ((0, Verdict.PASSED), (40, Verdict.FAILED)):
        story = Story()
        for number in range(12 + after):
            for user in range(4):
                at = 10 + number * 0.1 + user / 1000
                story.call(at, at + 0.09, Outcome.REFUSED, spec=LIST)
                if number < 4 or after:
                    story.exchange(at + 0.01, at + 0.05, 503, operation="listOrders", target="/orders")
        assert _judged(story).verdict is verdict


@pytest.mark.parametrize(
    ("traits", "times", "applies"),
    [
        ((Trait.ERROR_STATUS,), 12, True),
        ((Trait.CONNECTION,), 12, True),
        ((Trait.SLOW, Trait.AMBIGUOUS), 12, True),
        ((Trait.ERROR_STATUS,), 5, False),
        ((Trait.ERROR_STATUS, Trait.PERMANENT), 12, False),
        ((Trait.ERROR_STATUS, Trait.LIMITED), 12, False),
        ((Trait.UNREACHABLE,), 12, False),
        ((Trait.CREDENTIALS,), 12, False),
    ],
)
def test_where_it_applies(traits: tuple[Trait, ...], times: int, applies: bool) -> None:
    """Where the CRM fails by errors, broken connections or slowness alone, and often enough."""
    assert (BreakerCheck().applies(_run(*traits, times=times)) is None) is applies


def test_without_a_promise_or_a_call_nothing_is_judged() -> None:
    """Nobody has to have a breaker, and nothing to look at is never a pass."""
    assert BreakerCheck().applies(run_of(Trait.ERROR_STATUS))
    assert _judged(Story()).verdict is Verdict.UNKNOWN
