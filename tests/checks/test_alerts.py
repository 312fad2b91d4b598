"""alerts: somebody is told of failures in a row."""

from dataclasses import replace

import pytest

from crm_contracts.checks.alerts import AlertsCheck
from crm_contracts.model.consumer import HttpDriver, Outcome
from crm_contracts.model.contract import AuthPolicy
from crm_contracts.model.fault import Trait
from crm_contracts.model.journal import Alert
from crm_contracts.model.promises import Alerts, Breaker, Promises
from crm_contracts.model.run import Run
from crm_contracts.model.scenario import Step
from crm_contracts.model.verdict import Finding, Layer, Verdict
from tests.checks.story import WRITE, Story, run_of

PROMISE = Alerts(after=3, within=2.0)


def _run(
    *traits: Trait,
    promise: Alerts = PROMISE,
    times: int = 6,
    auth: AuthPolicy | None = None,
    breaker: Breaker | None = None,
) -> Run:
    promises = Promises(alerts=promise, breaker=breaker)
    run = run_of(*(traits or (Trait.ERROR_STATUS,)), promises=promises, auth=auth)
    return replace(run, scenario=replace(run.scenario, during=(Step(call="each", times=times),)))


def _story(*outcomes: Outcome) -> Story:
    """Calls of one kind, one each second from 10 s on, half a second long."""
    story = Story()
    for number, outcome in enumerate(outcomes):
        story.call(10 + number, 10.5 + number, outcome)
    return story


def _verdict(story: Story, *alerts: float, run: Run | None = None, rest: float = 30.0) -> Verdict | None:
    """None where nothing happened that calls for an alert."""
    told = tuple(Alert(at=at, text="the CRM is away") for at in alerts)
    found = AlertsCheck().judge(run or _run(), story.journal(alerts=told, rest=rest))
    return found.verdict if isinstance(found, Finding) else None


FAILED = Outcome.REFUSED


@pytest.mark.parametrize(
    ("alerts", "verdict"),
    [
        ((13.0,), Verdict.PASSED),
        ((10.6,), Verdict.PASSED),  # earlier than promised is no harm
        ((14.9,), Verdict.PASSED),  # 2 s after the third failure at 12.5 s, and the tolerance
        ((15.1,), Verdict.FAILED),
        ((5.0,), Verdict.FAILED),  # of something else, before the first failure
        ((), Verdict.FAILED),
    ],
)
def test_the_alert_has_to_come_in_time(alerts: tuple[float, ...], verdict: Verdict) -> None:
    """Within so long after the last of so many failures in a row."""
    assert _verdict(_story(FAILED, FAILED, FAILED, FAILED), *alerts) is verdict


def test_kept_data_and_queued_writes_hide_failures_from_users_alone() -> None:
    """Degraded and queued are failures of the CRM, as much as refused, crashed and hung are."""
    for outcome in (Outcome.DEGRADED, Outcome.QUEUED, Outcome.CRASHED, Outcome.HUNG):
        assert _verdict(_story(FAILED, outcome, outcome)) is Verdict.FAILED


def test_failures_count_in_a_row_and_by_kind() -> None:
    """A call that was well begins the count anew, and two of one kind and one of another are no three."""
    assert _verdict(_story(FAILED, FAILED, Outcome.OK, FAILED, FAILED)) is None
    story = _story(FAILED, FAILED)
    story.call(13, 13.1, FAILED, spec=WRITE)
    assert _verdict(story) is None


def test_a_write_that_is_always_queued_is_well() -> None:
    """A caller that gives all its writes to a queue fails nothing by it."""
    story = Story()
    story.call(1, 1.1, Outcome.QUEUED, spec=WRITE)
    for number in range(4):
        story.call(10 + number, 10.1 + number, Outcome.QUEUED, spec=WRITE)
    assert _verdict(story) is None


def test_a_breaker_may_keep_failures_from_being_counted() -> None:
    """Whoever counts at the CRM alone sees the third failure two probes later."""
    run = _run(breaker=Breaker(opens_after=1, half_open_after=1.0))
    assert _verdict(_story(FAILED, FAILED, FAILED), 17.0, run=run) is Verdict.PASSED
    assert _verdict(_story(FAILED, FAILED, FAILED), 18.2, run=run) is Verdict.FAILED


def test_doubts_stay_doubts() -> None:
    """A run that ended too early, a metric that could not be read, and no call at all."""
    story = _story(FAILED, FAILED, FAILED)
    assert _verdict(story, rest=13.0) is Verdict.UNKNOWN
    assert _verdict(Story()) is Verdict.UNKNOWN
    unseen = story.journal(alerts_unseen="the metric /m did not answer")
    doubt = AlertsCheck().judge(_run(), unseen)
    assert isinstance(doubt, Finding)
    assert doubt.verdict is Verdict.UNKNOWN


def test_the_finding_says_where_it_was_looked_for() -> None:
    """The place of the promise, and the layer of what went wrong."""
    run = _run(Trait.SILENCE, promise=Alerts(after=2, within=1.0, seen_in="log", pattern="AWAY"))
    finding = AlertsCheck().judge(run, _story(FAILED, FAILED).journal())
    assert isinstance(finding, Finding)
    assert "in its output: AWAY" in finding.reason
    assert "never" in finding.reason
    assert finding.layer is Layer.TIMING


def test_a_static_token_that_is_refused_calls_for_a_person() -> None:
    """Nobody but a person can replace it; one that can be renewed is mended by its caller."""
    static, check = AuthPolicy(kind="static_token"), AlertsCheck()
    assert check.applies(_run(Trait.CREDENTIALS, auth=static)) is None
    assert check.applies(_run(Trait.CREDENTIALS))
    assert (
        _verdict(_story(FAILED, FAILED, FAILED), run=_run(Trait.CREDENTIALS, auth=static)) is Verdict.FAILED
    )


def test_where_it_cannot_apply() -> None:
    """Without a promise, too few calls, the request's own fault, and a log that nobody sees."""
    check = AlertsCheck()
    assert check.applies(_run()) is None
    assert check.applies(run_of(Trait.ERROR_STATUS))
    assert check.applies(_run(times=2))
    for trait in (Trait.PERMANENT, Trait.LIMITED, Trait.MALFORMED):
        assert check.applies(_run(Trait.ERROR_STATUS, trait))
    run = _run(promise=Alerts(seen_in="log", pattern="x"))
    attached = replace(run, consumer=replace(run.consumer, driver=HttpDriver(attach="http://127.0.0.1:1")))
    assert check.applies(attached)
