"""attempts: bounded retries."""

from dataclasses import replace

import pytest

from crm_contracts.checks.attempts import Attempts
from crm_contracts.model.consumer import Outcome
from crm_contracts.model.exchange import Connection
from crm_contracts.model.fault import Trait
from crm_contracts.model.promises import Promises
from crm_contracts.model.verdict import Verdict
from tests.checks.story import WRITE, Story, run_of

THREE = Promises(attempts=3)


def test_more_attempts_than_promised_fail() -> None:
    """Four tries of one request are one more than three."""
    story = Story()
    call = story.call(10, 14, Outcome.REFUSED)
    for second in (10, 11, 12, 13):
        story.exchange(second + 0.1, second + 0.2, 503, call=call)
    finding = Attempts().judge(run_of(Trait.ERROR_STATUS, promises=THREE), story.journal())
    assert finding.verdict is Verdict.FAILED
    assert "4 attempts" in finding.reason
    assert len(finding.exchanges) == 4


def test_the_promised_number_passes() -> None:
    """Three tries keep the promise of three."""
    story = Story()
    call = story.call(10, 14, Outcome.REFUSED)
    for second in (10, 11, 12):
        story.exchange(second + 0.1, second + 0.2, 503, call=call)
    finding = Attempts().judge(run_of(Trait.ERROR_STATUS, promises=THREE), story.journal())
    assert finding.verdict is Verdict.PASSED


def test_paging_is_no_retry() -> None:
    """Five pages of one list are five requests, not five tries."""
    story = Story()
    call = story.call(10, 14)
    for page in range(5):
        story.exchange(10.1 + page, 10.2 + page, 200, call=call, cursor=f"c{page}")
    finding = Attempts().judge(run_of(Trait.SLOW, promises=Promises(attempts=1)), story.journal())
    assert finding.verdict is Verdict.PASSED


def test_reading_twice_is_no_retry() -> None:
    """A clean success ends a chain, so a second read of the same record is a new one."""
    story = Story()
    call = story.call(10, 14)
    for second in (10, 11, 12):
        story.exchange(second + 0.1, second + 0.2, 200, call=call)
    finding = Attempts().judge(run_of(Trait.SLOW, promises=Promises(attempts=1)), story.journal())
    assert finding.verdict is Verdict.PASSED


def test_a_librarys_own_replay_counts_once() -> None:
    """Go's and Java's clients repeat a GET at once when a reused connection died."""
    story = Story()
    call = story.call(10, 11)
    story.exchange(10.1, 10.2, None, call=call, connection=1, position=3)
    story.exchange(10.21, 10.3, 200, call=call, connection=2)
    run = run_of(Trait.CONNECTION, promises=Promises(attempts=1))
    assert Attempts().judge(run, story.journal()).verdict is Verdict.PASSED


@pytest.mark.parametrize(
    "position, keys, verdict",
    [
        pytest.param(3, ("k", "k"), Verdict.PASSED, id="one key on a reused connection"),
        pytest.param(0, ("k", "k"), Verdict.FAILED, id="a new connection"),
        pytest.param(3, ("k", "l"), Verdict.FAILED, id="another key"),
        pytest.param(3, (None, None), Verdict.FAILED, id="no key"),
    ],
)
def test_go_replays_a_write_with_a_key(
    position: int, keys: tuple[str | None, str | None], verdict: Verdict
) -> None:
    """Go's client takes a request with an Idempotency-Key for repeatable, and does it where a reused connection died."""
    story = Story()
    call = story.call(10, 11, spec=WRITE)
    story.exchange(10.1, 10.2, None, call=call, connection=1, position=position, key=keys[0])
    story.exchange(10.21, 10.3, 201, call=call, connection=2, key=keys[1])
    run = run_of(Trait.CONNECTION, promises=Promises(attempts=1))
    assert Attempts().judge(run, story.journal()).verdict is verdict


def test_the_repeat_after_a_refused_token_is_no_retry() -> None:
    """One refusal, one refresh, one repeat with the new token is right, even with one attempt."""
    story = Story()
    call = story.call(10, 11)
    story.exchange(10.1, 10.2, 401, call=call, token=("token#1", "expired"))
    story.exchange(10.3, 10.4, 200, call=call, token=("token#2", "valid"))
    run = run_of(Trait.CREDENTIALS, promises=Promises(attempts=1))
    assert Attempts().judge(run, story.journal()).verdict is Verdict.PASSED


def test_attempts_after_a_refusal_fail() -> None:
    """A refused write that is still tried afterwards surprises its user."""
    story = Story()
    call = story.call(10, 11, Outcome.REFUSED, spec=WRITE)
    story.exchange(10.1, 10.2, 503, call=call)
    story.exchange(12.0, 12.1, 503, call=call)
    finding = Attempts().judge(run_of(Trait.ERROR_STATUS, promises=THREE), story.journal())
    assert finding.verdict is Verdict.FAILED
    assert "after its outcome" in finding.reason


def test_a_queue_may_deliver_later() -> None:
    """A queued write is tried later by design."""
    story = Story()
    call = story.call(10, 11, Outcome.QUEUED, spec=WRITE)
    story.exchange(10.1, 10.2, 503, call=call)
    story.exchange(21.0, 21.1, 201, call=call)
    finding = Attempts().judge(run_of(Trait.ERROR_STATUS, promises=THREE), story.journal())
    assert finding.verdict is Verdict.PASSED


def test_connections_without_a_request_are_attempts() -> None:
    """Under reset_peer upstream the CRM sees connections and no request at all."""
    story = Story(place="toxic")
    story.call(10, 14, Outcome.REFUSED)
    story.connections = [Connection(id=n, accepted=10.0 + n, closed=10.5 + n) for n in range(4)]
    finding = Attempts().judge(run_of(Trait.CONNECTION, promises=THREE), story.journal())
    assert finding.verdict is Verdict.FAILED
    assert "a connection without a request" in finding.evidence


def test_a_bare_connection_may_be_for_either_operation() -> None:
    """A call that does two operations opens a connection for each, and neither is a retry of the other."""
    both = replace(WRITE, does=("getOrder", "createTicket"))
    for count, verdict in ((2, Verdict.PASSED), (3, Verdict.FAILED)):
        story = Story(place="toxic")
        story.call(10, 14, Outcome.REFUSED, spec=both)
        story.connections = [Connection(id=n, accepted=10.1 + n, closed=10.5 + n) for n in range(count)]
        run = run_of(Trait.CONNECTION, promises=Promises(attempts=1))
        assert Attempts().judge(run, story.journal()).verdict is verdict


def test_a_queues_deliveries_do_not_count_for_its_call() -> None:
    """Three tries, then queued; the queue's own tries come later and are its own."""
    story = Story()
    call = story.call(10, 14, Outcome.QUEUED, spec=WRITE)
    for second in (10, 11, 12, 15, 16, 17):
        story.exchange(second + 0.1, second + 0.2, 503, call=call)
    run = run_of(Trait.ERROR_STATUS, promises=THREE)
    assert Attempts().judge(run, story.journal()).verdict is Verdict.PASSED


def test_what_cannot_be_told_apart_is_judged_in_sum() -> None:
    """Two calls at once with six attempts keep a promise of three, with seven they do not."""
    for count, verdict in ((6, Verdict.PASSED), (7, Verdict.FAILED)):
        story = Story()
        story.call(10, 19, Outcome.REFUSED)
        story.call(10, 19, Outcome.REFUSED)
        for number in range(count):
            story.exchange(11 + number, 11.5 + number, 503)
        finding = Attempts().judge(run_of(Trait.ERROR_STATUS, promises=THREE), story.journal())
        assert finding.verdict is verdict


def test_one_repeat_each_after_a_refused_token_is_no_retry_in_sum() -> None:
    """Twenty threads whose token is refused repeat once each with another; who repeats again tries too often."""
    for again, verdict in ((0, Verdict.PASSED), (1, Verdict.FAILED)):
        story = Story()
        for _number in range(20):
            story.call(10, 19, Outcome.OK)
        for number in range(20):
            story.exchange(10.1 + number / 100, 10.15 + number / 100, 401, token=("token#1", "expired"))
        for number in range(20 + again):
            story.exchange(11 + number / 100, 11.05 + number / 100, 200, token=("token#2", "valid"))
        run = run_of(Trait.CREDENTIALS, promises=Promises(attempts=1))
        assert Attempts().judge(run, story.journal()).verdict is verdict


@pytest.mark.parametrize(
    "wait, verdict",
    [
        pytest.param(0.01, Verdict.PASSED, id="at once"),
        pytest.param(0.2, Verdict.FAILED, id="after a wait"),
    ],
)
def test_a_library_may_open_the_next_connection_when_it_gives_one_up(wait: float, verdict: Verdict) -> None:
    """Node does so at each time limit, whether or not there is something to send; a wait before it is the caller's own."""
    story = Story(place="toxic")
    for number in range(2):
        story.call(10, 14, Outcome.REFUSED)
        for attempt in range(4):
            start = 10.1 + number / 50 + attempt * (0.4 + wait)
            closed = start + 0.4
            story.connections.append(
                Connection(id=len(story.connections) + 1, accepted=start, closed=closed, received=0)
            )
    finding = Attempts().judge(run_of(Trait.CONNECTION, promises=THREE), story.journal())
    assert finding.verdict is verdict


def test_it_does_not_apply_while_nothing_can_be_seen() -> None:
    """Under `down` no attempt reaches us, and without a fault nothing is tried again."""
    assert Attempts().applies(run_of(Trait.UNREACHABLE))
    assert Attempts().applies(run_of())
    assert Attempts().applies(run_of(Trait.ERROR_STATUS, promises=Promises(attempts=None)))
    assert Attempts().applies(run_of(Trait.ERROR_STATUS)) is None


def test_a_call_that_asks_for_seven_lists_retries_none_of_them_by_doing_so() -> None:
    """What a call asks for when all is well is no retry when the CRM is sick; what goes beyond it is."""
    for tries, verdict in ((3, Verdict.PASSED), (4, Verdict.FAILED)):
        story = Story()
        well = story.call(1, 2)
        for number in range(7):
            story.exchange(1.1, 1.2, 200, call=well, target=f"/orders/O-1?of={number}")
        call = story.call(10, 14, Outcome.REFUSED)
        for number in range(7):
            for attempt in range(tries):
                start = 10.1 + attempt + number / 1000
                story.exchange(start, start + 0.01, 503, call=call, target=f"/orders/O-1?of={number}")
        finding = Attempts().judge(run_of(Trait.ERROR_STATUS, promises=THREE), story.journal())
        assert finding.verdict is verdict


def test_more_tries_of_one_of_several_lists_fail() -> None:
    """The other six do not lend it theirs."""
    story = Story()
    well = story.call(1, 2)
    for number in range(7):
        story.exchange(1.1, 1.2, 200, call=well, target=f"/orders/O-1?of={number}")
    call = story.call(10, 16, Outcome.REFUSED)
    for second in range(5):
        story.exchange(10.1 + second, 10.2 + second, 503, call=call, target="/orders/O-1?of=1")
    finding = Attempts().judge(run_of(Trait.ERROR_STATUS, promises=THREE), story.journal())
    assert finding.verdict is Verdict.FAILED


def test_parallel_connections_that_are_reset_are_no_retries() -> None:
    """A call that sends three requests at once has three connections reset."""
    story = Story(place="toxic")
    well = story.call(1, 2)
    for number in range(3):
        story.exchange(1.1, 1.2, 200, call=well, target=f"/orders/O-1?of={number}")
    story.call(10, 14, Outcome.REFUSED)
    for number in range(9):
        story.connections.append(Connection(id=50 + number, accepted=10.5, first_byte=10.5, closed=11))
    finding = Attempts().judge(run_of(Trait.CONNECTION, promises=THREE), story.journal())
    assert finding.verdict is Verdict.PASSED


def test_following_a_redirect_is_no_retry() -> None:
    """The CRM itself asked for the next request; requests follows 30 of them."""
    story = Story()
    call = story.call(10, 14, Outcome.REFUSED)
    for number in range(31):
        story.exchange(10 + number / 10, 10.01 + number / 10, 308, call=call)
    finding = Attempts().judge(run_of(Trait.ERROR_STATUS, promises=THREE), story.journal())
    assert finding.verdict is Verdict.PASSED


def test_a_library_may_replay_once_after_a_new_connection_too() -> None:
    """aiohttp repeats an idempotent request once where the server hung up; a second repeat is the caller's own."""
    for times, verdict in ((2, Verdict.PASSED), (3, Verdict.FAILED)):
        story = Story()
        call = story.call(10, 11, Outcome.REFUSED)
        for number in range(times):
            story.exchange(10.1 + number / 100, 10.105 + number / 100, None, call=call)
        run = run_of(Trait.CONNECTION, promises=Promises(attempts=1))
        assert Attempts().judge(run, story.journal()).verdict is verdict


def test_a_queue_that_waits_may_open_connections_during_another_call() -> None:
    """While a write that was queued has not arrived, nobody knows whose a connection without a request is."""
    story = Story(place="toxic")
    story.call(10, 10.1, Outcome.QUEUED, spec=WRITE)
    story.call(11, 14, Outcome.REFUSED)
    for number in range(5):
        start = 11.1 + number / 2
        story.connections.append(
            Connection(id=50 + number, accepted=start, first_byte=start, closed=start + 0.1)
        )
    finding = Attempts().judge(run_of(Trait.CONNECTION, promises=THREE), story.journal())
    assert finding.verdict is Verdict.PASSED


def test_one_trace_for_everything_binds_no_later_call_to_the_first() -> None:
    """What the second call asks is not an attempt of the first one after its outcome."""
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    story = Story()
    first = story.call(10, 11, Outcome.REFUSED)
    story.exchange(10.1, 10.2, 503, call=first, traceparent=trace)
    second = story.call(12, 13)
    story.exchange(12.1, 12.2, 200, call=second, traceparent=trace)
    finding = Attempts().judge(run_of(Trait.ERROR_STATUS, promises=THREE), story.journal())
    assert finding.verdict is Verdict.PASSED
