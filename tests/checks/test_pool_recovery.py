"""pool_recovery: what died is replaced, and what was given up is closed."""

import pytest

from crm_contracts.checks.pool_recovery import PoolRecovery
from crm_contracts.model.consumer import Outcome
from crm_contracts.model.contract import AuthPolicy
from crm_contracts.model.exchange import Connection
from crm_contracts.model.fault import Trait
from crm_contracts.model.promises import Breaker, Promises
from crm_contracts.model.run import Run
from crm_contracts.model.verdict import Layer, Verdict
from tests.checks.story import Story, run_of

RUN = run_of(Trait.CONNECTION, promises=Promises(recovers_within=1.0))


def _verdict(story: Story, run: Run = RUN) -> Verdict:
    return PoolRecovery().judge(run, story.journal()).verdict


def _stuck(*, since: float = 21.1, outcome: Outcome = Outcome.REFUSED) -> Story:
    story = Story()
    story.settling(20.1, 20.2, Outcome.REFUSED)
    story.call(since, since + 0.1, outcome)
    return story


def _given_up(count: int, *, closed: float | None = None, at_once: int = 1) -> Story:
    """Calls that give up an unanswered request each; its connections are closed then, or never."""
    story = Story()
    for number in range(count):
        start = 10 + (number // at_once) * 0.5
        story.call(start, start + 0.4, Outcome.REFUSED)
        story.exchange(start + 0.1, closed, None, connection=number + 1)
        end = closed if closed is None or closed > 11 else start + 0.4
        story.connections.append(Connection(id=number + 1, accepted=start + 0.1, closed=end, exchanges=1))
    story.call(22, 22.1)
    return story


def test_no_new_connection_after_heal_fails() -> None:
    """The CRM is well, the call fails, and the CRM heard nothing of it."""
    finding = PoolRecovery().judge(RUN, _stuck().journal())
    assert finding.verdict is Verdict.FAILED
    assert finding.layer is Layer.TCP
    assert "no new connection was opened" in finding.reason


def test_the_promised_time_to_recover_is_granted() -> None:
    """The first calls may still meet what is dead, or a breaker that nobody promised."""
    assert _verdict(_stuck(since=20.9)) is Verdict.PASSED


def test_whoever_tries_holds_on_to_nothing() -> None:
    """A connection or a request after heal shows that it goes on, whatever becomes of it."""
    story = _stuck()
    story.exchange(20.5, 20.6, 503)
    assert _verdict(story) is Verdict.PASSED
    story = _stuck()
    story.connections.append(Connection(id=1, accepted=20.3))
    assert _verdict(story) is Verdict.PASSED


@pytest.mark.parametrize("outcome", [Outcome.OK, Outcome.DEGRADED])
def test_a_cache_needs_no_connection(outcome: Outcome) -> None:
    """Its users are served."""
    assert _verdict(_stuck(outcome=outcome)) is Verdict.PASSED


def test_a_promised_breaker_is_judged_by_its_own_check() -> None:
    """A breaker that stays open leaves the same trace."""
    run = run_of(Trait.CONNECTION, promises=Promises(recovers_within=1.0, breaker=Breaker()))
    assert _verdict(_stuck(), run) is Verdict.PASSED


def test_connections_that_are_given_up_and_left_open_fail() -> None:
    """One for each call that gave up, still open when the run ends."""
    finding = PoolRecovery().judge(RUN, _given_up(8).journal())
    assert finding.verdict is Verdict.FAILED
    assert "8 connections were left open" in finding.reason


def test_connections_that_are_closed_are_no_leak() -> None:
    """With the call that gave them up."""
    assert _verdict(_given_up(8, closed=10.9)) is Verdict.PASSED


def test_a_close_that_is_late_is_no_leak() -> None:
    """The garbage collector closed them before the CRM was well again."""
    assert _verdict(_given_up(8, closed=19.0)) is Verdict.PASSED


def test_the_last_one_of_each_worker_may_stay() -> None:
    """urllib3 closes the connection on which it gave up when it asks again."""
    assert _verdict(_given_up(2)) is Verdict.PASSED
    assert _verdict(_given_up(8, at_once=4)) is Verdict.PASSED
    assert _verdict(_given_up(12, at_once=4)) is Verdict.FAILED


def test_a_pool_of_healthy_connections_is_no_leak() -> None:
    """What was answered can be used again."""
    story = Story()
    for number in range(8):
        call = story.call(10 + number, 10.4 + number)
        story.exchange(10.1 + number, 10.2 + number, 200, call=call, connection=number + 1)
        story.connections.append(Connection(id=number + 1, accepted=10.1 + number, exchanges=1))
    story.call(22, 22.1)
    assert _verdict(story) is Verdict.PASSED


def test_where_it_cannot_apply_and_where_nothing_was_seen() -> None:
    """It needs connections that suffer, a credential that comes back, and calls afterwards."""
    check = PoolRecovery()
    assert check.applies(run_of(Trait.ERROR_STATUS))
    static = AuthPolicy(kind="static_token")
    assert check.applies(run_of(Trait.CONNECTION, Trait.CREDENTIALS, auth=static))
    assert check.applies(RUN) is None
    assert _verdict(Story()) is Verdict.UNKNOWN
