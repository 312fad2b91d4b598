"""token_refresh: three trials, never mixed."""

from dataclasses import replace

from crm_contracts.checks.token_refresh import TokenRefresh
from crm_contracts.model.consumer import Outcome
from crm_contracts.model.contract import AuthPolicy, Refusal
from crm_contracts.model.fault import TokenTerms, Trait
from crm_contracts.model.promises import Promises, Refresh
from crm_contracts.model.verdict import Layer, Verdict
from tests.checks.story import Story, run_of

EARLY = TokenTerms(says=86400, refused_after=3.0, real=3600.0, trial="refused_early")
OLD, NEW = ("token#1", "expired"), ("token#2", "valid")


def test_an_old_token_that_is_kept_fails() -> None:
    """Incident A: the caller goes on with its own schedule and sends the refused token for ever."""
    story = Story(terms=EARLY)
    for second in (13, 14, 15):
        call = story.call(second, second + 0.5, Outcome.REFUSED)
        story.exchange(second + 0.1, second + 0.2, 401, call=call, token=OLD)
    finding = TokenRefresh().judge(run_of(Trait.CREDENTIALS), story.journal())
    assert finding.verdict is Verdict.FAILED
    assert finding.layer is Layer.AUTH
    assert "token#1 was refused, and later calls still sent it" in finding.reason


def test_one_refusal_one_refresh_one_repeat_passes() -> None:
    """The right answer to a refusal."""
    story = Story(terms=EARLY)
    call = story.call(13, 14)
    story.exchange(13.1, 13.2, 401, call=call, token=OLD)
    story.grant(13.3, "token#2")
    story.exchange(13.4, 13.5, 200, call=call, token=NEW)
    later = story.call(15, 16)
    story.exchange(15.1, 15.2, 200, call=later, token=NEW)
    assert TokenRefresh().judge(run_of(Trait.CREDENTIALS), story.journal()).verdict is Verdict.PASSED


def test_a_refusal_without_a_refresh_fails() -> None:
    """A caller that drops the request and asks for nothing has learnt nothing."""
    story = Story(terms=EARLY)
    call = story.call(13, 14, Outcome.REFUSED)
    story.exchange(13.1, 13.2, 401, call=call, token=OLD)
    story.call(15, 15.1, Outcome.REFUSED)
    finding = TokenRefresh().judge(run_of(Trait.CREDENTIALS), story.journal())
    assert finding.verdict is Verdict.FAILED
    assert "no new one was asked for" in finding.reason


def test_a_loop_of_refused_tokens_fails() -> None:
    """One call that repeats a refused request five times refreshes in a loop or not at all."""
    story = Story(terms=EARLY)
    call = story.call(13, 18, Outcome.REFUSED)
    for second in range(13, 18):
        story.exchange(second + 0.1, second + 0.2, 401, call=call, token=OLD)
    assert TokenRefresh().judge(run_of(Trait.CREDENTIALS), story.journal()).verdict is Verdict.FAILED


def test_a_call_already_under_way_is_innocent() -> None:
    """A second call that began before the refresh was delivered may still hold the old token."""
    story = Story(terms=EARLY)
    first, second = story.call(13, 14), story.call(13.05, 14)
    story.exchange(13.1, 13.2, 401, call=first, token=OLD)
    story.exchange(13.25, 13.28, 401, call=second, token=OLD)
    story.grant(13.3, "token#2")
    story.exchange(13.5, 13.6, 200, call=first, token=NEW)
    story.exchange(13.5, 13.6, 200, call=second, token=NEW)
    assert TokenRefresh().judge(run_of(Trait.CREDENTIALS), story.journal()).verdict is Verdict.PASSED


def test_nothing_sent_after_the_end_is_unknown() -> None:
    """A token that nobody used after its end proves nothing."""
    story = Story(terms=EARLY)
    story.grant(9, "token#1", refused_from=13.0)
    call = story.call(11, 12)
    story.exchange(11.1, 11.2, 200, call=call, token=("token#1", "valid"))
    assert TokenRefresh().judge(run_of(Trait.CREDENTIALS), story.journal()).verdict is Verdict.UNKNOWN


def test_a_token_for_every_call_is_never_old() -> None:
    """A caller that keeps no token need not wait for one to be refused."""
    story = Story(terms=EARLY)
    for number, second in enumerate((5, 15, 25), start=1):
        call = story.call(second, second + 0.5)
        story.grant(second + 0.1, f"token#{number}")
        story.exchange(second + 0.2, second + 0.3, 200, call=call, token=(f"token#{number}", "valid"))
    finding = TokenRefresh().judge(run_of(Trait.CREDENTIALS), story.journal())
    assert finding.verdict is Verdict.PASSED
    assert "a new token for every call" in finding.reason


def test_a_token_that_is_kept_for_a_second_call_may_grow_old() -> None:
    """As long as it was not refused, nothing is known."""
    story = Story(terms=EARLY)
    for second, token in ((5, "token#1"), (11, "token#2"), (12, "token#2")):
        call = story.call(second, second + 0.5)
        if second != 12:
            story.grant(second + 0.1, token)
        story.exchange(second + 0.2, second + 0.3, 200, call=call, token=(token, "valid"))
    assert TokenRefresh().judge(run_of(Trait.CREDENTIALS), story.journal()).verdict is Verdict.UNKNOWN


def test_a_static_token_is_refused_once() -> None:
    """A static token cannot be refreshed: one attempt is right, repeating is not."""
    auth = AuthPolicy(kind="static_token", expired=Refusal(refresh_signal=False))
    for tries, verdict in ((1, Verdict.PASSED), (3, Verdict.FAILED)):
        story = Story(terms=EARLY)
        call = story.call(13, 18, Outcome.REFUSED)
        for number in range(tries):
            story.exchange(13.1 + number, 13.2 + number, 401, call=call, token=("token#1", "revoked"))
        assert TokenRefresh().judge(run_of(Trait.CREDENTIALS, auth=auth), story.journal()).verdict is verdict


def test_leeway_is_judged_in_the_callers_own_form() -> None:
    """A caller that promises 10 minutes ahead gets 602 s, and is due two seconds after issue."""
    terms = TokenTerms(says=602, refused_after=4.0, trial="leeway")
    promises = Promises(refresh=Refresh(ahead=600.0))
    for new_from, verdict in ((2.1, Verdict.PASSED), (4.0, Verdict.FAILED)):
        story = Story(terms=terms)
        issued = story.grant(10.0, "token#1", says=602)
        assert issued.delivered
        for tick in range(10):
            at = issued.delivered + tick * 0.5
            call = story.call(at, at + 0.3)
            token = "token#1" if tick * 0.5 < new_from else "token#2"
            story.exchange(at + 0.1, at + 0.2, 200, call=call, token=(token, "valid"))
        run = run_of(Trait.CREDENTIALS, promises=promises, trial="leeway")
        assert TokenRefresh().judge(run, story.journal()).verdict is verdict


def test_leeway_at_a_share_of_the_life() -> None:
    """At 66 % the server says 4 s, and refresh is due 2.64 s after issue."""
    terms = TokenTerms(says=4, refused_after=4.0, trial="leeway")
    story = Story(terms=terms)
    story.grant(10.0, "token#1", says=4)
    late = story.call(13.6, 13.8)
    story.exchange(13.65, 13.7, 200, call=late, token=("token#1", "valid"))
    run = run_of(Trait.CREDENTIALS, promises=Promises(refresh=Refresh(at=0.66)), trial="leeway")
    assert TokenRefresh().judge(run, story.journal()).verdict is Verdict.FAILED


def test_leeway_applies_only_where_it_is_promised() -> None:
    """A reactive caller and one with wide jitter are not asked for an amount."""
    check = TokenRefresh()
    assert check.applies(run_of(Trait.CREDENTIALS, trial="leeway"))
    wide = Promises(refresh=Refresh(ahead=600.0, jitter=30.0))
    assert check.applies(run_of(Trait.CREDENTIALS, trial="leeway", promises=wide))
    assert check.applies(run_of(Trait.CREDENTIALS)) is None
    assert check.applies(run_of(Trait.ERROR_STATUS))


def test_an_honest_short_life_accepts_a_reactive_caller() -> None:
    """Without a promise to refresh ahead, one refusal and one refresh are right."""
    story = Story(terms=TokenTerms(says=3, refused_after=3.0, trial="honest"))
    call = story.call(13, 14)
    story.exchange(13.1, 13.2, 401, call=call, token=OLD)
    story.grant(13.3, "token#2")
    story.exchange(13.4, 13.5, 200, call=call, token=NEW)
    assert TokenRefresh().judge(run_of(Trait.CREDENTIALS), story.journal()).verdict is Verdict.PASSED


def test_an_honest_short_life_binds_who_promises_to_refresh_ahead() -> None:
    """A token that is sent two seconds after its end breaks the promise."""
    story = Story(terms=TokenTerms(says=3, refused_after=3.0, trial="honest"))
    story.grant(10.0, "token#1", says=3, refused_from=13.0)
    call = story.call(15, 16, Outcome.REFUSED)
    story.exchange(15.1, 15.2, 401, call=call, token=OLD)
    run = run_of(Trait.CREDENTIALS, promises=Promises(refresh=Refresh(ahead=1.0)))
    assert TokenRefresh().judge(run, story.journal()).verdict is Verdict.FAILED


def test_a_request_that_waited_in_the_pool_is_innocent() -> None:
    """Its call began before the refresh, though another call has begun since."""
    story = Story(terms=EARLY)
    first = story.call(13, 14, records=("O-1",))
    waited = story.call(13, 15, records=("O-2",))
    story.exchange(13.1, 13.2, 401, call=first, token=OLD, path_params={"orderId": "O-1"})
    story.grant(13.3, "token#2")
    later = story.call(13.4, 15, records=("O-3",))
    story.exchange(13.5, 13.6, 401, call=waited, token=OLD, path_params={"orderId": "O-2"})
    story.exchange(13.7, 13.8, 200, call=later, token=NEW, path_params={"orderId": "O-3"})
    assert TokenRefresh().judge(run_of(Trait.CREDENTIALS), story.journal()).verdict is Verdict.PASSED


def test_where_no_new_token_is_to_be_had_the_old_one_may_be_tried_again() -> None:
    """The token endpoint fails: a caller that tries and asks anew has no newer token to send."""
    story = Story(terms=EARLY)
    for second in (13, 14):
        call = story.call(second, second + 0.9, Outcome.REFUSED)
        for tenth in (0.1, 0.3, 0.5):
            story.exchange(second + tenth, second + tenth + 0.1, 401, call=call, token=OLD)
            grant = story.grant(second + tenth + 0.12, "")
            story.grants[-1] = replace(grant, token=None, succeeded=False, status=503)
    assert TokenRefresh().judge(run_of(Trait.CREDENTIALS), story.journal()).verdict is Verdict.PASSED


def test_a_refused_client_that_asks_in_a_loop_still_fails() -> None:
    """A refusal of the token endpoint is no passing trouble."""
    story = Story(terms=EARLY)
    call = story.call(13, 14, Outcome.REFUSED)
    for tenth in (0.1, 0.3, 0.5):
        story.exchange(13 + tenth, 13.1 + tenth, 401, call=call, token=OLD)
        grant = story.grant(13.12 + tenth, "")
        story.grants[-1] = replace(grant, token=None, succeeded=False, status=400)
    assert TokenRefresh().judge(run_of(Trait.CREDENTIALS), story.journal()).verdict is Verdict.FAILED


def test_several_requests_of_one_call_may_meet_the_refusal_together() -> None:
    """A call that reads four lists at once has four refused; each is repeated once."""
    story = Story(terms=EARLY)
    well = story.call(1, 2)
    call = story.call(13, 14)
    for number in range(4):
        story.exchange(1.1, 1.2, 200, call=well, target=f"/orders/O-1?of={number}")
        story.exchange(13.1, 13.2, 401, call=call, token=OLD, target=f"/orders/O-1?of={number}")
        story.exchange(13.4, 13.5, 200, call=call, token=NEW, target=f"/orders/O-1?of={number}")
    story.grant(13.3, "token#2")
    assert TokenRefresh().judge(run_of(Trait.CREDENTIALS), story.journal()).verdict is Verdict.PASSED


def test_a_refusal_after_which_nothing_was_called_is_unknown() -> None:
    """Whether it would have asked for a new token was not seen."""
    story = Story(terms=EARLY)
    call = story.call(13, 14, Outcome.REFUSED)
    story.exchange(13.1, 13.2, 401, call=call, token=OLD)
    assert TokenRefresh().judge(run_of(Trait.CREDENTIALS), story.journal()).verdict is Verdict.UNKNOWN


def test_asking_for_a_token_in_a_loop_fails() -> None:
    """The token endpoint fails, and the caller asks a hundred times without a pause; with pauses a thread may."""
    for pause, verdict in ((0.01, Verdict.FAILED), (0.2, Verdict.PASSED)):
        story = Story(terms=EARLY)
        call = story.call(13, 19.9, Outcome.REFUSED)
        story.exchange(13.1, 13.2, 401, call=call, token=OLD)
        for number in range(30):
            grant = story.grant(13.3 + number * pause, "")
            story.grants[-1] = replace(grant, token=None, succeeded=False, status=503)
        assert TokenRefresh().judge(run_of(Trait.CREDENTIALS), story.journal()).verdict is verdict
