"""outcomes, deadline, recovery, requests_conform and no_secret_leak."""

from dataclasses import replace

from crm_contracts.checks.deadline import Deadline
from crm_contracts.checks.no_secret_leak import NoSecretLeak
from crm_contracts.checks.outcomes import Outcomes
from crm_contracts.checks.recovery import Recovery
from crm_contracts.checks.requests_conform import RequestsConform
from crm_contracts.model.call import Failure
from crm_contracts.model.consumer import Outcome
from crm_contracts.model.contract import AuthPolicy
from crm_contracts.model.exchange import Payload, Violation
from crm_contracts.model.fault import Trait
from crm_contracts.model.journal import Leak
from crm_contracts.model.problem import columns
from crm_contracts.model.promises import Promises
from crm_contracts.model.verdict import Layer, Verdict
from tests.checks.story import READ, WRITE, Story, run_of

RUN = run_of(Trait.ERROR_STATUS, promises=Promises(deadline=2.0, recovers_within=3.0))


def test_a_crash_fails_and_shows_where() -> None:
    """The traceback's last lines are the evidence."""
    story = Story()
    story.call(1, 1.1)
    failure = Failure(
        type="builtins.KeyError", message="'total'", traceback="File page.py, line 7\nKeyError: 'total'"
    )
    story.call(11, 11.1, Outcome.CRASHED, failure=failure)
    finding = Outcomes().judge(RUN, story.journal())
    assert finding.verdict is Verdict.FAILED
    assert "page.py, line 7" in finding.evidence
    assert finding.layer is Layer.HTTP


def test_what_each_phase_allows() -> None:
    """During a fault a refusal is graceful; before and after it is not."""
    for start, verdict in ((1, Verdict.FAILED), (11, Verdict.PASSED), (21, Verdict.FAILED)):
        story = Story()
        story.call(start, start + 0.1, Outcome.REFUSED)
        assert Outcomes().judge(RUN, story.journal()).verdict is verdict


def test_a_scenario_may_allow_less() -> None:
    """Where a notice is demanded, a refusal is not enough."""
    story = Story()
    story.call(11, 11.1, Outcome.REFUSED)
    strict = Outcomes(during=(Outcome.OK, Outcome.DEGRADED))
    assert strict.judge(RUN, story.journal()).verdict is Verdict.FAILED


def test_settling_is_judged_by_recovery_alone() -> None:
    """A breaker that is rightly still open is no failure."""
    story = Story()
    story.settling(20.1, 20.2, Outcome.REFUSED)
    story.call(22, 22.1)
    assert Outcomes().judge(RUN, story.journal()).verdict is Verdict.PASSED


def test_a_static_token_stays_refused() -> None:
    """Nobody but a person can replace it, so the calls afterwards are refused too, and recovery is not asked for."""
    static = run_of(Trait.CREDENTIALS, auth=AuthPolicy(kind="static_token"))
    story = Story()
    story.call(21, 21.1, Outcome.REFUSED)
    assert Outcomes().judge(static, story.journal()).verdict is Verdict.PASSED
    assert Recovery().applies(static)


def test_what_mends_a_refused_write_is_no_cache() -> None:
    """A read may be served from a cache; a write is queued, or its user is told."""
    for spec, word in ((READ, "cached"), (WRITE, "Queue the write")):
        story = Story()
        story.call(11, 12, Outcome.REFUSED, spec=spec)
        finding = Outcomes(during=(Outcome.OK,)).judge(RUN, story.journal())
        assert (finding.verdict, word in finding.remedy) == (Verdict.FAILED, True)


def test_no_call_is_unknown() -> None:
    """Nothing to look at is never a pass."""
    empty = Story().journal()
    for check in (Outcomes(), Deadline(), Recovery(), RequestsConform()):
        assert check.judge(RUN, empty).verdict is Verdict.UNKNOWN


def test_the_deadline_with_its_tolerance() -> None:
    """2 s are promised: 2.5 s is within the tolerance for scheduling, 3 s and for ever are not."""
    for end, verdict in ((13.5, Verdict.PASSED), (14.0, Verdict.FAILED), (None, Verdict.FAILED)):
        story = Story()
        story.call(11, end)
        assert Deadline().judge(RUN, story.journal()).verdict is verdict
    assert Deadline().applies(run_of(promises=Promises(deadline=None)))


def test_recovery_is_measured_to_the_first_lasting_ok() -> None:
    """An ok that is followed by a failure was luck."""
    for outcomes, verdict in (
        ([Outcome.REFUSED, Outcome.OK, Outcome.OK], Verdict.PASSED),
        ([Outcome.OK, Outcome.REFUSED], Verdict.FAILED),
        ([Outcome.REFUSED] * 3, Verdict.FAILED),
    ):
        story = Story()
        for number, outcome in enumerate(outcomes):
            story.settling(20.2 + number, 20.3 + number, outcome)
        assert Recovery().judge(RUN, story.journal()).verdict is verdict


def test_a_slow_recovery_fails() -> None:
    """3 s are promised, 5 s are too late."""
    story = Story()
    story.settling(20.2, 20.3, Outcome.REFUSED)
    story.settling(25.0, 25.1)
    finding = Recovery().judge(RUN, story.journal())
    assert finding.verdict is Verdict.FAILED
    assert "5.1 s after heal" in finding.reason


def test_a_trailing_comma_is_shown_with_a_caret() -> None:
    """Incident B in one look: the raw bytes with a caret under the comma."""
    story = Story()
    call = story.call(1, 2)
    body = b'{"subject":"printer on fire",}'
    violation = Violation(rule="json.trailing_comma", message="a comma before }", offset=28)
    story.exchange(
        1.1, 1.2, 500, call=call, body=Payload(kept=body, length=len(body)), violations=(violation,)
    )
    finding = RequestsConform().judge(RUN, story.journal())
    assert finding.verdict is Verdict.FAILED
    line, caret = finding.evidence.splitlines()[:2]
    assert line[caret.index("^")] == ","
    assert finding.layer is Layer.REQUEST


def test_a_request_cut_off_by_a_fault_is_nobodys() -> None:
    """A body that ends early because the connection broke is not the caller's."""
    story = Story()
    call = story.call(11, 12)
    cut = Violation(rule="framing.truncated", message="the body ends early", part="head")
    story.exchange(11.1, 11.2, None, call=call, complete=False, violations=(cut,))
    story.exchange(11.3, 11.4, 200, call=call)
    assert RequestsConform().judge(RUN, story.journal()).verdict is Verdict.PASSED


def test_a_leak_fails_under_the_secrets_name() -> None:
    """Only the name of the secret is ever told."""
    story = Story()
    story.call(1, 2)
    leak = Leak(name="token#1", where="the error's message", at=1.0, call=1)
    finding = NoSecretLeak().judge(RUN, replace(story.journal(), leaks=(leak,)))
    assert finding.verdict is Verdict.FAILED
    assert finding.reason == "token#1 appears in the error's message"
    assert NoSecretLeak().judge(RUN, story.journal()).verdict is Verdict.PASSED


def test_a_caller_that_always_queues_is_well_when_it_queues() -> None:
    """It has no other word for success; one that queues only since a fault has not come back."""
    for before, verdict in ((Outcome.QUEUED, Verdict.PASSED), (Outcome.OK, Verdict.FAILED)):
        story = Story()
        story.call(1, 1.1, before, spec=WRITE)
        story.call(11, 11.1, Outcome.QUEUED, spec=WRITE)
        story.call(21, 21.1, Outcome.QUEUED, spec=WRITE)
        run = run_of(Trait.ERROR_STATUS)
        assert Outcomes().judge(run, story.journal()).verdict is verdict
        assert Recovery().judge(run, story.journal()).verdict is verdict


def test_no_secret_leak_needs_something_to_look_at() -> None:
    """Where nothing was called and nothing arrived, nothing was looked at."""
    assert NoSecretLeak().judge(RUN, Story().journal()).verdict is Verdict.UNKNOWN


def test_letters_of_other_languages_stay_readable_above_the_caret() -> None:
    """A Chinese subject is shown as it is, from where a letter begins, and the caret counts its two columns."""
    body = '{"subject": "打印机着火了，请尽快派人来看一看", "x": 1,}'.encode()
    violation = Violation(rule="json.trailing_comma", message="a comma before }", offset=len(body) - 2)
    story = Story()
    story.exchange(
        1.1,
        1.2,
        500,
        call=story.call(1, 2),
        body=Payload(kept=body, length=len(body)),
        violations=(violation,),
    )
    line, caret = RequestsConform().judge(RUN, story.journal()).evidence.splitlines()[:2]
    assert "看一看" in line
    assert "\\x" not in line
    assert columns(caret[: caret.index("^")]) == columns(line[: line.rindex(",")])
