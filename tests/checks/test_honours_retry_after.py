"""honours_retry_after: nobody comes back earlier than the CRM said."""

from email.utils import formatdate

import pytest

from crm_contracts.checks.honours_retry_after import HonoursRetryAfter
from crm_contracts.model.consumer import Outcome
from crm_contracts.model.exchange import Connection
from crm_contracts.model.fault import Trait
from crm_contracts.model.promises import Promises
from crm_contracts.model.verdict import Finding, Verdict
from tests.checks.story import WRITE, Story, run_of

RUN = run_of(Trait.ERROR_STATUS, Trait.LIMITED, promises=Promises(attempts=3))
NOW = 1_800_000_000


def _head(told: str | None, *, date: int | None = NOW) -> bytes:
    lines = [b"HTTP/1.1 503 Service Unavailable"]
    lines += [f"Date: {formatdate(date, usegmt=True)}".encode()] if date is not None else []
    lines += [f"Retry-After: {told}".encode()] if told is not None else []
    return b"\r\n".join(lines) + b"\r\n\r\n"


def _date(seconds: int) -> str:
    return formatdate(NOW + seconds, usegmt=True)


def _verdict(told: str | None, wait: float, *, date: int | None = NOW, status: int = 503) -> Verdict | None:
    """None where no answer said when to come back."""
    story = Story()
    call = story.call(10, 19, Outcome.OK)
    story.exchange(10.0, 10.1, status, call=call, answer_head=_head(told, date=date))
    story.exchange(10.1 + wait, 10.2 + wait, 200, call=call)
    return _of(story)


def _of(story: Story) -> Verdict | None:
    found = HonoursRetryAfter().judge(RUN, story.journal())
    return found.verdict if isinstance(found, Finding) else None


@pytest.mark.parametrize(
    ("told", "wait", "verdict"),
    [
        ("2", 2.0, Verdict.PASSED),
        ("2", 1.97, Verdict.PASSED),
        ("2", 1.8, Verdict.FAILED),
        ("2", 0.1, Verdict.FAILED),
        ("0", 0.0, None),
        ("31536000", 0.1, Verdict.FAILED),
        (None, 0.1, None),
        ("soon", 0.1, None),
        ("-5", 0.1, None),
        ("1.5", 0.1, None),
        ("²", 0.1, None),
    ],
)
def test_seconds(told: str | None, wait: float, verdict: Verdict | None) -> None:
    """The wait is held against whole seconds; what is no Retry-After asks for nothing."""
    assert _verdict(told, wait) is verdict


@pytest.mark.parametrize(
    ("seconds", "wait", "verdict"),
    [
        (
            3,
            2.01,
            Verdict.PASSED,
        ),  # the answer left late in its second: urllib3 waits for 2.01 s and comes in time
        (3, 3.0, Verdict.PASSED),
        (3, 1.5, Verdict.FAILED),
        (3600, 1.0, Verdict.FAILED),
        (1, 0.0, None),
        (-60, 0.0, None),
    ],
)
def test_dates_are_whole(seconds: int, wait: float, verdict: Verdict | None) -> None:
    """An answer of 10:00:00.99 says 10:00:00, so a date is up to a second nearer than it seems."""
    assert _verdict(_date(seconds), wait) is verdict


def test_a_date_without_a_date_of_the_answer_tells_nothing() -> None:
    """Nobody knows by which clock it was meant."""
    assert _verdict(_date(60), 0.1, date=None) is None


def test_a_rate_limit_counts_as_well_as_an_overload() -> None:
    """429 and 503 say it with the same header."""
    assert _verdict("1", 0.1, status=429) is Verdict.FAILED
    assert _verdict("1", 1.0, status=429) is Verdict.PASSED


def test_to_give_up_is_as_good() -> None:
    """A year is longer than any deadline."""
    story = Story()
    call = story.call(10, 10.2, Outcome.REFUSED)
    story.exchange(10.0, 10.1, 429, call=call, answer_head=_head("31536000"))
    finding = HonoursRetryAfter().judge(RUN, story.journal())
    assert isinstance(finding, Finding)
    assert finding.verdict is Verdict.PASSED
    assert finding.reason


def test_another_call_and_a_queue_are_not_held_to_it() -> None:
    """Other users ask for other things, and a queue delivers by its own promise."""
    story = Story()
    call = story.call(10, 10.2, Outcome.QUEUED, spec=WRITE)
    story.exchange(10.0, 10.1, 503, call=call, answer_head=_head("60"))
    story.exchange(11.0, 11.1, 201, call=call)
    later = story.call(12, 13, spec=WRITE)
    story.exchange(12.1, 12.2, 201, call=later)
    assert _of(story) is Verdict.PASSED


def test_requests_side_by_side_are_no_repeats() -> None:
    """The second was on its way when the first was answered."""
    story = Story()
    call = story.call(10, 12, Outcome.REFUSED)
    story.exchange(10.1, 10.3, 503, call=call, answer_head=_head("5"))
    story.exchange(10.2, 10.4, 503, call=call, answer_head=_head("5"))
    assert _of(story) is Verdict.PASSED


def test_where_it_cannot_apply_and_where_nothing_was_seen() -> None:
    """It needs a CRM that says when, a caller that may try again, and calls."""
    check = HonoursRetryAfter()
    assert check.applies(run_of(Trait.ERROR_STATUS))
    assert check.applies(run_of(Trait.LIMITED, promises=Promises(attempts=1)))
    assert check.applies(RUN) is None
    assert _of(Story()) is Verdict.UNKNOWN


def _given_up(*, kept: bool) -> Story:
    """An answer after which its caller closed the connection, before it tried again."""
    story = Story()
    call = story.call(10, 19, Outcome.OK)
    story.exchange(10.0, 10.1, 503, call=call, answer_head=_head("1800"), connection=1)
    story.exchange(10.3, 10.4, 200, call=call, connection=2)
    story.connections = [
        Connection(id=1, accepted=9.9, closed=10.2, closed_by="caller", exchanges=1),
        Connection(id=2, accepted=10.25, exchanges=2 if kept else 1),
    ]
    return story


def test_an_answer_that_was_perhaps_never_read_accuses_nobody() -> None:
    """A caller whose time was up closes a connection that it would have kept; one that keeps none leaves no such trace."""
    assert _of(_given_up(kept=True)) is Verdict.PASSED
    assert _of(_given_up(kept=False)) is Verdict.FAILED
