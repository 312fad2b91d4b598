"""From a journal to a verdict."""

from dataclasses import replace

import pytest

from crm_contracts.faults.status import Status
from crm_contracts.model.consumer import Outcome
from crm_contracts.model.fault import Trait
from crm_contracts.model.journal import FaultWindow
from crm_contracts.model.promises import Breaker, Promises
from crm_contracts.model.verdict import Verdict
from crm_contracts.run.judge import applicable, judge
from tests.checks.story import READ, Story, run_of

RUN = run_of(Trait.ERROR_STATUS)


def _good() -> Story:
    story = Story()
    for second in (1, 11, 21):
        call = story.call(second, second + 0.1)
        story.exchange(second + 0.01, second + 0.05, 200, call=call)
    return story


def test_a_sound_run_passes() -> None:
    """Every check that applies passes, so the run does."""
    judged = judge(run_of(Trait.ERROR_STATUS, calls=(READ,)), _good().journal())
    assert judged.verdict is Verdict.PASSED, judged.findings
    assert {finding.check for finding in judged.findings} >= {"outcomes", "deadline", "recovery"}


def test_a_fault_that_never_fired_makes_every_pass_unknown() -> None:
    """Passing under a fault that was not there proves nothing."""
    judged = judge(run_of(Trait.ERROR_STATUS, calls=(READ,)), _good().journal(fired=False))
    assert judged.verdict is Verdict.UNKNOWN
    assert "never fired" in judged.findings[0].reason


def test_a_failure_stands_even_where_the_fault_never_fired() -> None:
    """Failed beats unknown: a crash is a crash."""
    story = _good()
    story.call(12, 12.1, Outcome.CRASHED)
    assert judge(RUN, story.journal(fired=False)).verdict is Verdict.FAILED


def test_trouble_in_the_lab_accuses_nobody() -> None:
    """Toxiproxy dying in the middle is no defect of the caller."""
    judged = judge(RUN, replace(_good().journal(), trouble="Toxiproxy died"))
    assert judged.verdict is Verdict.UNKNOWN
    assert [finding.reason for finding in judged.findings] == ["Toxiproxy died"]


def test_a_consumer_that_does_not_start_fails_with_its_words() -> None:
    """Its output is the evidence."""
    journal = replace(Story().journal(), dead="it did not start", output="ModuleNotFoundError: app")
    judged = judge(RUN, journal)
    assert judged.verdict is Verdict.FAILED
    assert "ModuleNotFoundError" in judged.findings[0].evidence


def test_what_cannot_apply_is_listed_with_its_reason() -> None:
    """It is no verdict, but it is told."""
    checks, not_run = applicable(run_of(Trait.ERROR_STATUS, calls=(READ,)))
    assert {entry.check for entry in not_run} >= {"token_refresh", "lost_writes", "duplicate_writes"}
    assert all(entry.reason for entry in not_run)
    assert "attempts" in {check.check for check in checks}


def test_promises_that_were_not_written_are_assumed() -> None:
    """A default is a promise that nobody made, and the report says so."""
    promises = Promises(deadline=2.0, written=frozenset({"deadline"}))
    judged = judge(run_of(Trait.ERROR_STATUS, promises=promises), _good().journal())
    assert "attempts" in judged.assumed
    assert "deadline" not in judged.assumed


def test_a_toxic_that_no_call_met_did_not_fire() -> None:
    """Our own probe is no caller."""
    story = Story(place="toxic")
    for second in (1, 21):
        call = story.call(second, second + 0.1)
        story.exchange(second + 0.01, second + 0.05, 200, call=call)
    judged = judge(run_of(Trait.CONNECTION, calls=(READ,)), story.journal())
    assert judged.verdict is Verdict.UNKNOWN


def _struck(*windows: FaultWindow, calls_send: bool) -> Verdict:
    """What a run under a status fault is worth, whose one call of `during` sent something or was answered by a cache."""
    run = run_of(Trait.ERROR_STATUS, calls=(READ,))
    run = replace(run, scenario=replace(run.scenario, faults=(Status(code=503),)))
    story = Story()
    for second in (1, 11, 21):
        call = story.call(second, second + 0.1)
        if second != 11 or calls_send:
            story.exchange(second + 0.01, second + 0.05, 200, call=call)
    return judge(run, replace(story.journal(), faults=windows)).verdict


def _window(started: float, *, fired: bool) -> FaultWindow:
    return FaultWindow(
        fault="status", place="reply", sentence="503", started=started, ended=started + 5, fired=fired
    )


def test_a_cache_may_keep_every_request_from_a_fault() -> None:
    """A caller that sends nothing because it need not is not in doubt; one that sends past the fault is."""
    assert _struck(_window(10, fired=False), calls_send=False) is Verdict.PASSED
    assert _struck(_window(10, fired=False), calls_send=True) is Verdict.UNKNOWN


@pytest.mark.parametrize("promised, verdict", [(True, Verdict.PASSED), (False, Verdict.UNKNOWN)])
def test_a_promised_breaker_may_keep_every_request_from_a_fault(promised: bool, verdict: Verdict) -> None:
    """Calls that it refuses send nothing, which is legal; without such a promise the fault met nobody."""
    run = run_of(
        Trait.ERROR_STATUS, calls=(READ,), promises=Promises(breaker=Breaker() if promised else None)
    )
    run = replace(run, scenario=replace(run.scenario, faults=(Status(code=503),)))
    story = Story()
    for second in (1, 11, 21):
        call = story.call(second, second + 0.1, Outcome.REFUSED if second == 11 else Outcome.OK)
        if second != 11:
            story.exchange(second + 0.01, second + 0.05, 200, call=call)
    judged = judge(run, replace(story.journal(), faults=(_window(10, fired=False),)))
    assert [f.verdict for f in judged.findings if f.check == "outcomes"] == [verdict]


def test_a_caller_that_never_sends_anything_stays_in_doubt() -> None:
    """Nothing shows that it is connected with this CRM at all."""
    run = run_of(Trait.ERROR_STATUS, calls=(READ,))
    run = replace(run, scenario=replace(run.scenario, faults=(Status(code=503),)))
    story = Story()
    for second in (1, 11, 21):
        story.call(second, second + 0.1)
    journal = replace(story.journal(), faults=(_window(10, fired=False),))
    assert judge(run, journal).verdict is Verdict.UNKNOWN


def test_a_fault_that_repeats_needs_to_fire_once() -> None:
    """A busy machine may let one of three short windows pass without a call."""
    windows = (_window(10, fired=True), _window(15, fired=False))
    assert _struck(*windows, calls_send=True) is Verdict.PASSED
