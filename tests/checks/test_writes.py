"""duplicate_writes, lost_writes and safe_retries: what happens to writes."""

from dataclasses import replace
from typing import Any

from crm_contracts.checks.duplicate_writes import DuplicateWrites
from crm_contracts.checks.lost_writes import LostWrites
from crm_contracts.checks.safe_retries import SafeRetries
from crm_contracts.model.consumer import CallSpec, Outcome
from crm_contracts.model.contract import Effect, Idempotency, Operation
from crm_contracts.model.exchange import Payload
from crm_contracts.model.fault import Trait
from crm_contracts.model.promises import Promises
from crm_contracts.model.verdict import Verdict
from tests.checks.story import READ, WRITE, Story, run_of

RUN = run_of(Trait.AMBIGUOUS)


def _written(times: int, outcome: Outcome = Outcome.OK) -> Story:
    story = Story()
    call = story.call(11, 12, outcome, spec=WRITE)
    for number in range(times):
        story.accepted(story.exchange(11.1 + number / 10, 11.15 + number / 10, 201, call=call), call)
    return story


def test_a_write_done_twice_fails() -> None:
    """Two entries with one call's values are the same write done twice."""
    assert DuplicateWrites().judge(RUN, _written(2).journal()).verdict is Verdict.FAILED
    assert DuplicateWrites().judge(RUN, _written(1).journal()).verdict is Verdict.PASSED


def test_an_accepted_write_that_never_arrived_is_lost() -> None:
    """Whoever was told ok, degraded or queued believes that the write was taken."""
    for outcome in (Outcome.OK, Outcome.DEGRADED, Outcome.QUEUED):
        assert LostWrites().judge(RUN, _written(0, outcome).journal()).verdict is Verdict.FAILED
    for outcome in (Outcome.REFUSED, Outcome.CRASHED, Outcome.HUNG):
        assert LostWrites().judge(RUN, _written(0, outcome).journal()).verdict is Verdict.PASSED


def test_a_hung_write_may_have_arrived() -> None:
    """Nobody was told anything, so none or one is legal."""
    assert LostWrites().judge(RUN, _written(1, Outcome.HUNG).journal()).verdict is Verdict.PASSED


def test_a_refused_write_that_comes_later_is_a_ghost() -> None:
    """The user was told no, and yet the CRM has it, by an attempt that began afterwards."""
    story = Story()
    call = story.call(11, 12, Outcome.REFUSED, spec=WRITE)
    story.accepted(story.exchange(13, 13.1, 201, call=call), call)
    assert LostWrites().judge(RUN, story.journal()).verdict is Verdict.FAILED


def test_a_refused_write_that_was_under_way_is_no_ghost() -> None:
    """An attempt that began before the refusal may still have been taken."""
    story = Story()
    call = story.call(11, 12, Outcome.REFUSED, spec=WRITE)
    story.accepted(story.exchange(11.5, None, None, call=call), call)
    assert LostWrites().judge(RUN, story.journal()).verdict is Verdict.PASSED


def test_writes_without_their_values_cannot_be_traced() -> None:
    """Where no write carries its call's value, nothing can be said about any."""
    story = Story()
    call = story.call(1, 2, spec=WRITE)
    seen = story.exchange(1.1, 1.2, 201, call=call, markers=(), body=Payload(kept=b"{}", length=2))
    story.accepted(seen, call)
    entry = story.ledger.pop()
    story.ledger.append(type(entry)(**{n: getattr(entry, n) for n in entry.__slots__} | {"markers": ()}))
    assert LostWrites().judge(RUN, story.journal()).verdict is Verdict.UNKNOWN


def test_an_ambiguous_write_repeated_without_a_key_fails() -> None:
    """The CRM may have taken the first one."""
    story = Story()
    call = story.call(11, 13, spec=WRITE)
    story.exchange(11.1, 11.2, None, call=call)
    story.exchange(12.1, 12.2, 201, call=call)
    assert SafeRetries().judge(RUN, story.journal()).verdict is Verdict.FAILED


def test_a_stable_key_makes_the_repeat_safe() -> None:
    """The same key with every attempt lets the CRM recognise the write; another key does not."""
    for second, verdict in (("k1", Verdict.PASSED), ("k2", Verdict.FAILED)):
        story = Story()
        call = story.call(11, 13, spec=WRITE)
        story.exchange(11.1, 11.2, None, call=call, key="k1")
        story.exchange(12.1, 12.2, 201, call=call, key=second)
        assert SafeRetries().judge(RUN, story.journal()).verdict is verdict


def test_what_was_not_taken_may_be_repeated() -> None:
    """503 and 429 say so, and a request that never arrived whole was not taken either."""
    for status, complete in ((503, True), (429, True), (None, False)):
        story = Story()
        call = story.call(11, 13, spec=WRITE)
        story.exchange(11.1, 11.2, status, call=call, complete=complete)
        story.exchange(12.1, 12.2, 201, call=call)
        assert SafeRetries().judge(RUN, story.journal()).verdict is Verdict.PASSED


def test_where_they_cannot_apply() -> None:
    """A caller that only reads has no write to lose, and an upsert key makes repeats harmless."""
    reader = run_of(Trait.AMBIGUOUS, calls=(READ,))
    for check in (DuplicateWrites(), LostWrites(), SafeRetries()):
        assert check.applies(reader)
        assert check.applies(RUN) is None
    assert SafeRetries().applies(run_of(Trait.AMBIGUOUS, idempotency=Idempotency(upsert_key="email")))
    assert SafeRetries().applies(run_of(Trait.ERROR_STATUS))
    assert LostWrites().applies(run_of(Trait.AMBIGUOUS, promises=Promises(delivers_within=None)))


_FORGET = CallSpec(name="forget", does=("deleteContact",), effect=Effect.WRITE)


def _forgotten(status: int | None, *, processed: bool) -> Verdict:
    run = run_of(Trait.AMBIGUOUS, calls=(_FORGET,))
    delete = Operation(id="deleteContact", method="DELETE", path="/contacts/{id}", effect=Effect.WRITE)
    run = replace(run, contract=replace(run.contract, operations={"deleteContact": delete}))
    story = Story()
    call = story.call(11, 12, spec=_FORGET, records=("C-1",))
    story.exchange(
        11.1,
        11.2,
        status,
        call=call,
        method="DELETE",
        operation="deleteContact",
        path_params={"id": "C-1"},
        markers=(),
        processed=processed,
    )
    return LostWrites().judge(run, story.journal()).verdict


def test_a_deletion_carries_no_value_and_is_known_by_its_record() -> None:
    """It has no body in which `{unique}` could stand; what is gone already need not be deleted."""
    assert _forgotten(204, processed=True) is Verdict.PASSED
    assert _forgotten(None, processed=True) is Verdict.PASSED
    assert _forgotten(404, processed=False) is Verdict.PASSED
    assert _forgotten(503, processed=False) is Verdict.FAILED


def _repeated(**more: Any) -> Story:
    story = Story()
    call = story.call(11, 15, spec=WRITE)
    story.exchange(11.1, 11.2, None, call=call, **more)
    story.exchange(13.1, 13.2, 201, call=call, **more)
    return story


def test_a_write_under_a_condition_may_be_repeated() -> None:
    """The CRM refuses it the second time (RFC 9110 9.2.2: means to know that it is idempotent)."""
    conditional = b'PATCH /contacts/C-1 HTTP/1.1\r\nif-match: "1"\r\n\r\n'
    story = _repeated(method="PATCH", head=conditional)
    assert SafeRetries().judge(RUN, story.journal()).verdict is Verdict.PASSED
    assert SafeRetries().judge(RUN, _repeated(method="PATCH").journal()).verdict is Verdict.FAILED


def test_an_upsert_may_be_repeated() -> None:
    """An operation that finds its records by a field writes the same thing again."""
    upsert = replace(RUN.contract.operations["createTicket"], upsert_by="subject")
    run = replace(RUN, contract=replace(RUN.contract, operations={"createTicket": upsert}))
    assert SafeRetries().judge(run, _repeated().journal()).verdict is Verdict.PASSED


def test_whoever_looks_first_may_write_again() -> None:
    """Between the two it read something of the CRM, so the repeat is not blind."""
    story = _repeated()
    story.exchange(12.1, 12.2, 200, call=story.calls[0], method="GET", operation="getOrder")
    assert SafeRetries().judge(RUN, story.journal()).verdict is Verdict.PASSED


def test_two_writes_of_one_call_are_no_repeat() -> None:
    """A call that opens two tickets when all is well opens two when the first one's end is ambiguous, too."""
    for bodies, verdict in (((b"a", b"b"), Verdict.PASSED), ((b"a", b"a"), Verdict.FAILED)):
        story = Story()
        well, call = story.call(1, 3, spec=WRITE), story.call(11, 13, spec=WRITE)
        for start, body in zip((1.1, 1.3), bodies, strict=True):
            story.exchange(start, start + 0.1, 201, call=well, body=Payload(kept=body, length=1))
        for start, status, body in zip((11.1, 11.3), (None, 201), bodies, strict=True):
            story.exchange(start, start + 0.1, status, call=call, body=Payload(kept=body, length=1))
        assert SafeRetries().judge(RUN, story.journal()).verdict is verdict


def test_a_repeat_after_an_answer_that_a_toxic_swallowed_is_unsafe() -> None:
    """We wrote the answer, the network lost it: the caller repeats what the CRM has done."""
    story = Story(place="toxic")
    call = story.call(11, 13, spec=WRITE)
    for start in (11.1, 12.1):
        story.exchange(start, start + 0.1, 201, call=call, faults=("some",))
    assert SafeRetries().judge(RUN, story.journal()).verdict is Verdict.FAILED


def test_duplicates_without_their_values_cannot_be_seen() -> None:
    """Where no write carries its call's value, nobody can say which is whose."""
    story = _written(0)
    seen = story.exchange(11.1, 11.2, 201, call=story.calls[0], body=Payload(kept=b"{}", length=2))
    story.accepted(seen, story.calls[0])
    story.ledger[0] = replace(story.ledger[0], markers=())
    assert DuplicateWrites().judge(RUN, story.journal()).verdict is Verdict.UNKNOWN
