"""refresh_stampede: one renewal serves all callers of a token, and no refresh token is used twice."""

from dataclasses import replace
from typing import Any

import pytest

from crm_contracts.checks.refresh_stampede import RefreshStampede
from crm_contracts.model.call import Call
from crm_contracts.model.contract import AuthPolicy, RefreshToken, Refusal
from crm_contracts.model.exchange import Connection
from crm_contracts.model.fault import TokenTerms, Trait
from crm_contracts.model.verdict import Finding, Layer, Verdict
from tests.checks.story import Story, run_of

EARLY = TokenTerms(says=86400, held_for=0.0, trial="refused_early")
ROTATING = AuthPolicy(refresh_token=RefreshToken(rotates=True))


def _judged(story: Story, auth: AuthPolicy | None = None) -> Finding:
    return RefreshStampede().judge(run_of(Trait.CREDENTIALS, auth=auth), story.journal())


def _refused(*tokens: str) -> Story:
    """Calls at the same time, each refused with its token."""
    story = Story(terms=EARLY)
    for number, token in enumerate(tokens):
        call = story.call(13, 15, records=(f"O-{number}",))
        params = {"orderId": f"O-{number}"}
        story.exchange(13.1, 13.2, 401, call=call, token=(token, "expired"), path_params=params)
    return story


def _asked(story: Story, moment: float, delivered: float | None = None, **more: Any) -> None:
    grant = story.grant(moment, f"token#1{len(story.grants)}")
    story.grants[-1] = replace(grant, delivered=delivered or moment + 0.1, **more)


@pytest.mark.parametrize("pause", [0.0, 0.3])
def test_every_caller_asking_for_its_own_fails(pause: float) -> None:
    """Side by side, or each in its turn behind a lock that nobody looks behind."""
    story = _refused(*["token#1"] * 4)
    for number in range(4):
        _asked(story, 13.3 + number * pause)
    found = _judged(story)
    assert found.verdict is Verdict.FAILED
    assert found.layer is Layer.AUTH
    assert "4 tokens were asked for after token#1 was refused" in found.reason


def test_one_that_renews_for_all_passes() -> None:
    """Twenty callers, one renewal."""
    story = _refused(*["token#1"] * 20)
    _asked(story, 13.3)
    assert _judged(story).verdict is Verdict.PASSED


def test_workers_with_a_token_each_may_renew_it() -> None:
    """Four tokens were refused, so four new ones are right."""
    story = _refused("token#1", "token#2", "token#3", "token#4")
    for _number in range(4):
        _asked(story, 13.3)
    assert _judged(story).verdict is Verdict.PASSED


def test_what_failed_or_never_arrived_is_not_counted() -> None:
    """Asking again is right then."""
    story = _refused("token#1")
    _asked(story, 13.3, succeeded=False, status=503, token=None)
    _asked(story, 13.4)
    story.grants[-1] = replace(story.grants[-1], delivered=None)
    _asked(story, 13.5)
    assert _judged(story).verdict is Verdict.PASSED


def test_each_refusal_in_its_own_time_has_its_own_renewal() -> None:
    """A key that is rotated again and again voids each new token, too."""
    story = Story(terms=EARLY)
    for second in (11, 13, 15):
        call = story.call(second, second + 1)
        story.exchange(second + 0.1, second + 0.2, 401, call=call, token=(f"token#{second}", "revoked"))
        _asked(story, second + 0.3)
    assert _judged(story).verdict is Verdict.PASSED


def test_a_renewal_ahead_of_time_afterwards_is_nobodys_business() -> None:
    """The calls that were refused are over."""
    story = _refused("token#1")
    _asked(story, 13.3)
    _asked(story, 16.0)
    assert _judged(story).verdict is Verdict.PASSED


def test_without_a_refusal_nothing_is_counted() -> None:
    """A caller that asks for a token at every call is never refused."""
    story = Story(terms=EARLY)
    for second in (11, 12, 13):
        story.call(second, second + 0.5)
        _asked(story, second + 0.1)
    assert _judged(story).verdict is Verdict.PASSED


def _renewed(story: Story, call: Call, moment: float, used: str, follower: str, **more: Any) -> None:
    story.exchange(moment, moment + 0.1, 401, call=call, token=(f"token#{moment}", "expired"))
    _asked(story, moment + 0.2, grant_type="refresh_token", used_refresh=used, refresh=follower, **more)


def test_a_refresh_token_that_was_replaced_and_comes_back_fails() -> None:
    """A CRM that detects reuse takes all tokens back."""
    story = Story(terms=EARLY)
    _renewed(story, story.call(11, 12), 11.1, "refresh#1", "refresh#2")
    _renewed(story, story.call(13, 14), 13.1, "refresh#1", "", succeeded=False, status=400)
    found = _judged(story, ROTATING)
    assert found.verdict is Verdict.FAILED
    assert "refresh#1 was used again after its use had replaced it with refresh#2" in found.reason


def test_refresh_tokens_used_once_each_pass() -> None:
    """Each use replaces it, and the next one is used."""
    story = Story(terms=EARLY)
    _renewed(story, story.call(11, 12), 11.1, "refresh#1", "refresh#2")
    _renewed(story, story.call(13, 14), 13.1, "refresh#2", "refresh#3")
    assert _judged(story, ROTATING).verdict is Verdict.PASSED


def test_a_use_whose_answer_was_lost_may_be_repeated() -> None:
    """The caller cannot know its follower."""
    story = Story(terms=EARLY)
    call = story.call(11, 14)
    _renewed(story, call, 11.1, "refresh#1", "refresh#2")
    story.grants[-1] = replace(story.grants[-1], delivered=None)
    _asked(story, 12.0, grant_type="refresh_token", used_refresh="refresh#1", refresh="refresh#3")
    assert _judged(story, ROTATING).verdict is Verdict.PASSED


def test_a_refresh_token_that_stays_may_be_used_again() -> None:
    """Most CRMs leave it as it is."""
    story = Story(terms=EARLY)
    for second in (11, 13):
        _renewed(story, story.call(second, second + 1), second + 0.1, "refresh#1", "refresh#1")
    assert _judged(story).verdict is Verdict.PASSED
    assert _judged(story, ROTATING).verdict is Verdict.PASSED


def test_where_nobody_can_say_how_many_tokens_are_right() -> None:
    """Tokens that do not last, an endpoint in trouble, and credentials that cannot be renewed."""
    check = RefreshStampede()
    assert check.applies(run_of(Trait.CREDENTIALS)) is None
    assert check.applies(run_of(Trait.ERROR_STATUS)) is not None
    assert check.applies(run_of(Trait.CREDENTIALS, Trait.TOKEN_ENDPOINT)) is not None
    assert check.applies(run_of(Trait.CREDENTIALS, trial="honest")) is not None
    assert check.applies(run_of(Trait.CREDENTIALS, trial="odd")) is not None
    deaf = AuthPolicy(expired=Refusal(refresh_signal=False))
    assert check.applies(run_of(Trait.CREDENTIALS, auth=deaf)) is not None
    assert check.applies(run_of(Trait.CREDENTIALS, auth=AuthPolicy(kind="static_token"))) is not None


def test_a_token_that_was_perhaps_never_read_is_not_counted() -> None:
    """A caller whose time was up closed the connection of its first request and asked again."""
    story = _refused("token#1")
    for moment, connection in ((13.3, 8), (13.8, 9)):
        _asked(story, moment)
        story.exchange(moment, moment + 0.1, purpose="token", operation=None, connection=connection)
    story.connections = [
        Connection(id=8, accepted=13.3, closed=13.6, closed_by="caller", exchanges=1),
        Connection(id=9, accepted=13.8, exchanges=2),
    ]
    assert _judged(story).verdict is Verdict.PASSED
    story.connections = []
    assert _judged(story).verdict is Verdict.FAILED
