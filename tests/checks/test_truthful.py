"""truthful: what is shown as a success says what the CRM's records say."""

import gzip
import json
from dataclasses import replace
from typing import Any

import pytest

from crm_contracts.checks.truthful import Truthful
from crm_contracts.model.consumer import CallSpec, Outcome
from crm_contracts.model.contract import Effect
from crm_contracts.model.exchange import LedgerEntry, Payload
from crm_contracts.model.fault import Trait
from crm_contracts.model.journal import Journal
from crm_contracts.model.json import JSON
from crm_contracts.model.verdict import Finding, NotRun, Verdict
from tests.checks.story import WRITE, Story, run_of

RUN = run_of(Trait.MALFORMED)
PAGE: JSON = {"order": "O-1", "status": "shipped", "items": ["paper", "toner"]}
RECORD: JSON = {"id": "O-1", "status": "shipped", "lines": ["paper", "toner"], "total": 99.5}


def _read(story: Story, at: float, value: JSON, **more: Any) -> None:
    story.call(at, at + 0.1, value=value, **more)


def _told(now: JSON, *before: JSON, after: JSON = None) -> Story:
    """What two reads showed before, one while a fault was on, and one after it."""
    story = Story()
    _answered(story, 0.5, RECORD)
    for number, value in enumerate(before or (PAGE, PAGE)):
        _read(story, 1 + number, value)
    _read(story, 11, now)
    if after is not None:
        _read(story, 21, after)
    return story


def _answered(story: Story, at: float, value: JSON | bytes, **more: Any) -> None:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    story.exchange(at, at + 0.01, **{"answer": Payload(kept=body, length=len(body)), **more})


def _verdict(journal: Journal) -> Verdict:
    found = Truthful().judge(RUN, journal)
    assert isinstance(found, Finding), found.reason
    return found.verdict


@pytest.mark.parametrize(
    "now",
    [
        {"order": "O-1", "status": "placed", "items": ["paper", "toner"]},
        {"order": None, "status": None, "items": []},
        {"order": "O-1", "status": "shipped", "items": ["paper"]},
        {"order": "O-1", "items": ["paper", "toner"]},
        {},
        None,
        [],
        "",
    ],
)
def test_a_success_that_shows_something_else_fails(now: JSON) -> None:
    """Made up, emptied, cut short, or lacking: the CRM said nothing of the kind."""
    assert _verdict(_told(now).journal()) is Verdict.FAILED


@pytest.mark.parametrize(
    "now",
    [
        PAGE,
        {"order": "O-1", "status": "shipped", "items": ["toner", "paper"]},
        {"order": "O-1", "status": "shipped", "items": ["paper", "toner"], "from_cache": True},
    ],
)
def test_the_same_in_another_order_or_with_more_is_true(now: JSON) -> None:
    """Lists that are gathered side by side come in the order of their answers."""
    assert _verdict(_told(now).journal()) is Verdict.PASSED


@pytest.mark.parametrize(
    "values",
    [
        ({"n": 1, "id": 7}, {"n": 2, "id": 7}, {"n": 9, "id": 7}),
        (
            {"rows": [{"k": 1, "req": "x"}]},
            {"rows": [{"k": 1, "req": "y"}]},
            {"rows": [{"k": 1, "req": "z"}]},
        ),
        ({"at": "2026-11-23T10:00:00Z"}, {"at": "2026-11-23T10:00:00Z"}, {"at": "2026-11-23T10:00:09Z"}),
        ({"at": 1_790_000_000}, {"at": 1_790_000_000}, {"at": 1_790_000_009}),
        ({"took": 1}, {"took": 1.0}, {"took": 1}),
    ],
)
def test_what_differs_by_itself_is_left_out(values: tuple[JSON, JSON, JSON]) -> None:
    """Counters, request ids, moments: two reads before tell them, or they are told by their look."""
    first, second, now = values
    assert _verdict(_told(now, first, second).journal()) is Verdict.PASSED


def test_how_an_answer_was_come_by_may_be_said() -> None:
    """Attempts, a cache, an address: no record of the CRM has them. What is made of its records is judged."""
    before: JSON = {"order": "O-1", "attempts": 1, "cached": False, "via": "main", "sum": "99.50 EUR"}
    now: dict[str, JSON] = {"order": "O-1", "attempts": 3, "cached": True, "via": "spare", "sum": "99.50 EUR"}
    assert _verdict(_told(now, before, before).journal()) is Verdict.PASSED
    assert _verdict(_told({**now, "sum": "0.00 EUR"}, before, before).journal()) is Verdict.FAILED


def test_what_differs_afterwards_differs_by_itself_too() -> None:
    """An age in whole seconds is the same for two reads in a row, and another one later."""
    story = _told({"age": 3, "id": 7}, {"age": 0, "id": 7}, {"age": 0, "id": 7}, after={"age": 9, "id": 7})
    assert _verdict(story.journal()) is Verdict.PASSED


def test_what_stays_empty_afterwards_does_not_differ_by_itself() -> None:
    """A cache that was spoiled by an empty answer shows nothing for ever; nothing empties itself."""
    empty: JSON = {"order": "O-1", "status": None, "items": []}
    assert _verdict(_told(empty, after=empty).journal()) is Verdict.FAILED


def test_a_write_in_the_meantime_may_have_changed_it() -> None:
    """A ticket that was opened extends the list of tickets; it changes no order."""
    tickets = CallSpec(name="tickets", does=("createTicket",), effect=Effect.READ)
    for spec, verdict in ((tickets, None), (RUN.consumer.calls["find_order"], Verdict.FAILED)):
        story = Story()
        _answered(story, 0.5, RECORD)
        for at, value in ((1.0, "shipped"), (2.0, "shipped"), (11.0, "new")):
            _read(story, at, {"newest": value}, spec=spec)
        story.ledger.append(
            LedgerEntry(
                at=10.5,
                exchange=1,
                operation="createTicket",
                record="T-1",
                idempotency_key=None,
                markers=(),
                digest="d",
            )
        )
        found = Truthful().judge(RUN, story.journal())
        assert (found.verdict if isinstance(found, Finding) else None) is verdict


@pytest.mark.parametrize(
    "body, more, verdict",
    [
        ({"id": "O-1", "status": "placed"}, {}, Verdict.PASSED),
        ({"code": 500, "msg": "busy"}, {}, Verdict.PASSED),
        (RECORD, {}, Verdict.FAILED),
        (b'{"id": "O-1", "status": "pla', {}, Verdict.FAILED),
        (b'{"id": "O-1", "status": "placed",}', {}, Verdict.FAILED),
        (b"<html>Please log in</html>", {}, Verdict.FAILED),
        ({"id": "O-1", "status": "placed"}, {"status": 500}, Verdict.FAILED),
        ({"id": "O-1", "status": "placed"}, {"answered": False}, Verdict.FAILED),
    ],
)
def test_the_caller_may_show_what_the_crm_said(
    body: JSON | bytes, more: dict[str, Any], verdict: Verdict
) -> None:
    """What the CRM said in a whole and readable success is no invention; what is cut, spoiled or an error is no answer."""
    story = _told({"order": "O-1", "status": "placed", "items": ["paper", "toner"]})
    _answered(story, 1.01, RECORD)
    _answered(story, 2.01, RECORD)
    _answered(story, 11.01, body, **more)
    assert _verdict(story.journal()) is verdict


def test_chunks_and_codings_are_read() -> None:
    """An answer in chunks or in gzip is as whole as another."""
    news = json.dumps({"id": "O-1", "status": "placed"}).encode()
    chunks = b"5\r\n" + news[:5] + b"\r\n" + f"{len(news) - 5:x}\r\n".encode() + news[5:] + b"\r\n0\r\n\r\n"
    packed = gzip.compress(news)
    for head, body in (
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", chunks),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", packed),
    ):
        for kept, verdict in ((body, Verdict.PASSED), (body[:-9], Verdict.FAILED)):
            story = _told({"order": "O-1", "status": "placed", "items": ["paper", "toner"]})
            _answered(story, 1.01, RECORD)
            _answered(story, 11.01, kept, answer_head=head)
            assert _verdict(story.journal()) is verdict


def test_an_answer_that_was_too_large_to_keep_is_a_doubt() -> None:
    """Nobody can tell any more what it said, unless it is the same as before."""
    for before, verdict in (("a" * 64, Verdict.PASSED), ("b" * 64, Verdict.FAILED)):
        story = _told({"order": "O-1", "status": "placed", "items": []})
        _answered(story, 1.01, b"", answer=Payload(kept=b"{", length=10**6, sha256=before))
        _answered(story, 11.01, b"", answer=Payload(kept=b"{", length=10**6, sha256="b" * 64))
        assert _verdict(story.journal()) is verdict


def test_only_the_same_read_is_compared() -> None:
    """Another record has other values; a degraded, refused or incomparable answer is no success."""
    story = Story()
    _read(story, 1, PAGE, records=("O-1",))
    _read(story, 11, {"order": "O-2"}, records=("O-2",))
    _read(story, 12, {"order": "?"}, records=("O-1",), outcome=Outcome.DEGRADED)
    _read(story, 13, "<Page>", records=("O-1",), comparable=False)
    story.call(14, 15, spec=WRITE, value={"ticket": "T-2"})
    assert isinstance(Truthful().judge(RUN, story.journal()), NotRun)


def test_it_applies_to_reads_under_a_fault() -> None:
    """Without a fault, or with writes alone, there is nothing to compare."""
    assert Truthful().applies(RUN) is None
    assert Truthful().applies(run_of())
    assert Truthful().applies(run_of(Trait.SLOW, calls=(WRITE,)))
    assert Truthful().applies(replace(RUN, scenario=replace(RUN.scenario, before=())))
