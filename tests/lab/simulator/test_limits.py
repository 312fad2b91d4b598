"""The rate limit and the quota of a day."""

from dataclasses import replace
from email.utils import parsedate_to_datetime
from typing import Literal

import pytest

from crm_contracts.model.contract import Limits
from tests.lab.simulator.crm import NOON, Crm, changed, contract

TWO = replace(contract().limits, requests=2)


def test_one_too_many_is_refused_until_the_window_is_over() -> None:
    """The third of two gets 429 with the seconds to wait; who waits so long is served."""
    crm = Crm(changed(limits=TWO))
    assert [crm.get("/orders").status for _ in range(2)] == [200, 200]
    crm.now += 2.5
    reply = crm.get("/orders")
    assert (reply.status, reply.json["category"], reply.header("retry-after")) == (429, "RATE_LIMITS", "8")
    crm.now += 8
    assert crm.get("/orders").status == 200


def test_refused_requests_do_not_count() -> None:
    """Whoever hammers is not locked out for ever."""
    crm = Crm(changed(limits=TWO))
    for _ in range(20):
        crm.get("/orders")
    crm.now += 10
    assert crm.get("/orders").status == 200


def test_refused_writes_do_nothing() -> None:
    """A write above the limit is not carried out."""
    crm = Crm(changed(limits=replace(TWO, requests=1)))
    assert [crm.post("/tickets", {"subject": "x"}).status for _ in range(2)] == [201, 429]
    assert len(crm.written) == 1


def test_retry_after_as_a_date() -> None:
    """The other form is a date of the CRM's clock, never too early."""
    crm = Crm(changed(limits=replace(TWO, requests=0, retry_after="date")))
    crm.wall += 0.4
    after = crm.get("/orders").header("retry-after")
    assert after is not None
    assert parsedate_to_datetime(after).timestamp() == NOON + 11


def test_some_crms_do_not_say_when() -> None:
    """Salesforce answers 403 without Retry-After."""
    limits = Limits(requests=0, status=403, category="REQUEST_LIMIT_EXCEEDED", retry_after="none")
    reply = Crm(changed(limits=limits), documented=False).get("/orders")
    assert (reply.status, reply.json["category"], reply.header("retry-after")) == (
        403,
        "REQUEST_LIMIT_EXCEEDED",
        None,
    )


def test_headers_tell_what_is_left() -> None:
    """Every answer tells limit, rest and reset, for the window and for the day."""
    crm = Crm()
    crm.get("/orders")
    crm.now += 3.2
    reply = crm.get("/orders/O-9999")
    told = [
        reply.header(f"x-{name}")
        for name in (
            "ratelimit-limit",
            "ratelimit-remaining",
            "ratelimit-reset",
            "daily-quota-limit",
            "daily-quota-remaining",
        )
    ]
    assert told == ["1000", "998", "7", "500000", "499998"]


@pytest.mark.parametrize("form", ["seconds", "date", "none"])
def test_the_quota_of_a_day_ends_at_midnight(form: Literal["seconds", "date", "none"]) -> None:
    """Above the quota everything is refused until the next day begins in UTC."""
    crm = Crm(changed(limits=replace(contract().limits, daily=1, daily_retry_after=form)))
    assert crm.get("/orders").status == 200
    reply = crm.get("/orders")
    said = {"seconds": "43200", "date": "Tue, 24 Nov 2026 00:00:00 GMT", "none": None}
    assert (reply.status, reply.json["category"], reply.header("retry-after")) == (
        429,
        "DAILY_QUOTA",
        said[form],
    )
    crm.wall += 43199
    assert crm.get("/orders").status == 429
    crm.wall += 1
    assert crm.get("/orders").status == 200


def test_no_limits_no_headers() -> None:
    """A contract without limits counts nothing."""
    crm = Crm(changed(limits=Limits()))
    assert all(crm.get("/orders").status == 200 for _ in range(50))
    assert [name for name, _ in crm.get("/orders").answer.headers] == ["content-type"]
