"""no_retry_on: what was answered for good is not asked again."""

from typing import Any

import pytest

from crm_contracts.checks.attempts import Attempts
from crm_contracts.checks.backoff import BackoffCheck
from crm_contracts.checks.no_retry_on import NoRetryOn
from crm_contracts.model.consumer import Outcome
from crm_contracts.model.exchange import Payload
from crm_contracts.model.fault import Trait
from crm_contracts.model.promises import Promises
from crm_contracts.model.verdict import Finding, Verdict
from tests.checks.story import WRITE, Story, run_of

RUN = run_of(Trait.ERROR_STATUS, Trait.PERMANENT, promises=Promises(attempts=3))


def _twice(status: int, first: dict[str, Any] | None = None, second: dict[str, Any] | None = None) -> Story:
    story = Story()
    call = story.call(10, 12, Outcome.REFUSED, spec=WRITE)
    story.exchange(10.1, 10.2, status, call=call, **(first or {}))
    story.exchange(10.5, 10.6, status, call=call, **(second or {}))
    return story


def _verdict(story: Story, check: NoRetryOn | None = None) -> Verdict | None:
    """None where nothing was answered for good."""
    found = (check or NoRetryOn()).judge(RUN, story.journal())
    return found.verdict if isinstance(found, Finding) else None


@pytest.mark.parametrize("status", [400, 403, 404, 409, 410, 422])
def test_the_same_request_again_fails(status: int) -> None:
    """Whatever of them was answered, the same request gets the same answer."""
    finding = NoRetryOn().judge(RUN, _twice(status).journal())
    assert isinstance(finding, Finding)
    assert finding.verdict is Verdict.FAILED
    assert str(status) in finding.reason
    assert len(finding.exchanges) == 2


@pytest.mark.parametrize("status", [401, 429, 500, 502, 503])
def test_what_may_pass_may_be_repeated(status: int) -> None:
    """An error of the CRM, a rate limit or a refused token says nothing against the request itself."""
    assert _verdict(_twice(status)) is None


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"body": Payload(kept=b"a", length=1)}, {"body": Payload(kept=b"b", length=1)}),
        ({"head": b"PATCH / HTTP/1.1\r\nIf-Match: 1\r\n"}, {"head": b"PATCH / HTTP/1.1\r\nIf-Match: 2\r\n"}),
        ({"target": "/tickets?v=1"}, {"target": "/tickets?v=2"}),
        ({"token": ("token#1", "valid")}, {"token": ("token#2", "valid")}),
        ({"token": ("token#1", "expired")}, {"token": ("token#2", "valid")}),
        ({"answer_head": b"HTTP/1.1 403 Forbidden\r\nRetry-After: 1\r\n"}, {}),
    ],
)
def test_a_request_that_was_changed_is_another(first: dict[str, Any], second: dict[str, Any]) -> None:
    """Its body, a precondition, its address or its credential; and one that the CRM asked to repeat is no blind one."""
    assert _verdict(_twice(403, first, second)) is Verdict.PASSED


@pytest.mark.parametrize("status", [409, 412])
def test_a_conflict_that_is_followed_by_a_read_is_no_blind_repeat(status: int) -> None:
    """The caller looked what stands there now and then wrote what it had to write."""
    story = Story()
    call = story.call(10, 12, Outcome.OK, spec=WRITE)
    story.exchange(10.1, 10.2, status, call=call)
    story.exchange(
        10.3, 10.4, 200, call=call, method="GET", operation="getOrder", target="/orders/O-1", markers=()
    )
    story.exchange(10.5, 10.6, status, call=call)
    assert _verdict(story) is Verdict.PASSED


def test_a_conflict_under_an_idempotency_key_may_be_asked_again() -> None:
    """The first may be at work still: Stripe's clients repeat a 409 for that reason."""
    assert _verdict(_twice(409, {"key": "k"}, {"key": "k"})) is Verdict.PASSED
    assert _verdict(_twice(422, {"key": "k"}, {"key": "k"})) is Verdict.FAILED


def test_requests_side_by_side_repeat_nothing() -> None:
    """The second was sent before the first was answered."""
    story = Story()
    call = story.call(10, 12, Outcome.REFUSED)
    story.exchange(10.1, 10.3, 404, call=call)
    story.exchange(10.2, 10.4, 404, call=call)
    assert _verdict(story) is Verdict.PASSED


def test_what_a_queue_does_after_the_outcome_is_not_judged_here() -> None:
    """Somebody may have given the permission back by then."""
    story = Story()
    call = story.call(10, 10.3, Outcome.QUEUED, spec=WRITE)
    for start in (10.1, 11.0, 12.0):
        story.exchange(start, start + 0.1, 403, call=call)
    assert _verdict(story) is Verdict.PASSED


def test_one_defect_is_told_once() -> None:
    """Where the cause has a name, neither the number of attempts nor their waits are held against the caller, too."""
    story = Story()
    call = story.call(10, 12, Outcome.REFUSED)
    for number in range(5):
        story.exchange(10.1 + number / 100, 10.105 + number / 100, 404, call=call)
    assert _verdict(story) is Verdict.FAILED
    for check in (Attempts(), BackoffCheck()):
        assert check.judge(RUN, story.journal()).verdict is Verdict.PASSED
    plain = run_of(Trait.ERROR_STATUS, promises=Promises(attempts=3))
    assert Attempts().judge(plain, story.journal()).verdict is Verdict.FAILED


def test_a_scenario_may_name_the_statuses() -> None:
    """Where a CRM means something else by one of them."""
    only = NoRetryOn(statuses=(400,))
    assert _verdict(_twice(404), only) is None
    assert _verdict(_twice(400), only) is Verdict.FAILED


def test_where_it_cannot_apply_and_where_nothing_was_seen() -> None:
    """It needs a fault that answers for good, and calls."""
    assert NoRetryOn().applies(run_of(Trait.ERROR_STATUS))
    assert NoRetryOn().applies(RUN) is None
    assert _verdict(Story()) is Verdict.UNKNOWN
