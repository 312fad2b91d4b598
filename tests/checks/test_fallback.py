"""fallback_shape and fallback_age: what is shown while the CRM is away."""

from dataclasses import replace
from typing import Any

import pytest

from crm_contracts.checks.fallback_age import FallbackAge
from crm_contracts.checks.fallback_shape import FallbackShape
from crm_contracts.model.consumer import Outcome, OutcomeRule
from crm_contracts.model.fault import Trait
from crm_contracts.model.journal import Advance, Journal
from crm_contracts.model.json import JSON
from crm_contracts.model.promises import Promises
from crm_contracts.model.run import Run
from crm_contracts.model.scenario import Step
from crm_contracts.model.span import Span
from crm_contracts.model.verdict import Finding, NotRun, Verdict
from tests.checks.story import Story, run_of

PAGE: dict[str, Any] = {
    "order": "O-1001",
    "status": "shipped",
    "total": 99.5,
    "items": [{"sku": "A-1", "note": None}],
}
NOTICE: dict[str, Any] = {"notice": "limited"}


def _run(*, declared: bool = True, promises: Promises | None = None, advance: float | None = None) -> Run:
    run = run_of(Trait.UNREACHABLE, promises=promises)
    rules = (OutcomeRule(outcome=Outcome.DEGRADED, path="$.notice", contains="limited"),) if declared else ()
    steps = (Step(call="each"), *((Step(advance=Span(advance)),) if advance else ()), Step(call="each"))
    return replace(
        run,
        consumer=replace(run.consumer, outcomes=rules),
        scenario=replace(run.scenario, during=steps),
    )


RUN = _run()


def _told(degraded: JSON, *well: JSON, comparable: bool = True) -> Journal:
    """The answers while all was well, and one that was degraded."""
    story = Story()
    for number, value in enumerate(well or (PAGE,)):
        story.call(1 + number / 10, 1.05 + number / 10, value=value)
    story.call(11, 11.1, Outcome.DEGRADED, value=degraded, comparable=comparable)
    return story.journal()


def _shape(journal: Journal) -> Finding | NotRun:
    return FallbackShape().judge(RUN, journal)


def _verdict(degraded: Any, *well: JSON) -> Verdict:
    found = _shape(_told(degraded, *well))
    assert isinstance(found, Finding)
    return found.verdict


@pytest.mark.parametrize(
    "degraded",
    [
        {"orderNo": "O-1001", "state": "SHIPPED", "amount": "99.50 EUR", **NOTICE},  # incident A
        {**PAGE, "total": "99.50", **NOTICE},
        {**PAGE, "items": ["A-1"], **NOTICE},
        {**PAGE, "items": {"sku": "A-1"}, **NOTICE},
        {key: value for key, value in PAGE.items() if key != "items"} | NOTICE,
        {**PAGE, "items": [{"name": "A-1"}], **NOTICE},
    ],
)
def test_kept_data_of_another_structure_fails(degraded: JSON) -> None:
    """A field that ok answers have is not there, or is of another type: whoever reads the answer breaks on it."""
    assert _verdict(degraded) is Verdict.FAILED


@pytest.mark.parametrize(
    "degraded",
    [
        {**PAGE, **NOTICE},
        {**PAGE, **NOTICE, "as_of": "12:00", "age": 7},
        {**PAGE, "total": 100, "items": [], **NOTICE},
        {**PAGE, "status": None, "items": None, **NOTICE},
        {"notice": "limited", "try_again_in": 30},
        NOTICE,
        "limited",
        None,
    ],
)
def test_a_fallback_may_say_less_and_more(degraded: JSON) -> None:
    """A notice, an age, no value, an empty list, or no data at all: nobody breaks on these."""
    assert _verdict(degraded) is Verdict.PASSED


def test_what_ok_answers_lack_now_and_then_is_optional() -> None:
    """A field that one of two ok answers lacks, or has as null, may be lacking in a third."""
    first: JSON = {"order": "O-1", "gift": {"text": "well done"}, "paid": "yes"}
    second: JSON = {"order": "O-2", "paid": None}
    assert _verdict({"order": "O-1", **NOTICE}, first, second) is Verdict.PASSED
    assert _verdict({"order": "O-1", **NOTICE}, first) is Verdict.FAILED


def test_what_was_shown_as_ok_under_the_fault_may_be_kept() -> None:
    """The CRM's amounts were texts meanwhile, and the caller showed them: its kept page is of the same structure."""
    drifted = {**PAGE, "total": "99.50"}
    for shown, verdict in ((drifted, Verdict.PASSED), (PAGE, Verdict.FAILED)):
        story = Story()
        story.call(1, 1.1, value=PAGE)
        story.call(11, 11.1, value=shown)
        story.call(12, 12.1, Outcome.DEGRADED, value={**drifted, **NOTICE})
        found = _shape(story.journal())
        assert isinstance(found, Finding)
        assert found.verdict is verdict


def test_names_that_are_data_are_no_fields() -> None:
    """Answers by order number, or by day, have other names each time; what lies below them is compared."""
    well: JSON = {"orders": {"O-1": {"total": 1}, "O-2": {"total": 2}}}
    assert _verdict({"orders": {"O-3": {"total": 3}}, **NOTICE}, well) is Verdict.PASSED
    assert _verdict({"orders": {"O-3": {"amount": 3}}, **NOTICE}, well) is Verdict.FAILED


def test_the_marker_may_replace_a_field() -> None:
    """Where the status is what says degraded, its type is nobody's concern."""
    run = replace(
        RUN,
        consumer=replace(
            RUN.consumer,
            outcomes=(OutcomeRule(outcome=Outcome.DEGRADED, path="$.status.kept", equals=True),),
        ),
    )
    well: JSON = {"order": "O-1", "status": {"kept": False, "since": 3}}
    found = FallbackShape().judge(
        run, _told({"order": "O-1", "status": {"kept": "since noon", "since": 3}}, well)
    )
    assert isinstance(found, Finding)
    assert found.verdict is Verdict.PASSED


def test_a_bare_list_needs_something_around_it_for_a_notice() -> None:
    """An ok answer that is a list cannot carry a notice."""
    assert _verdict({"orders": ["O-1001"], **NOTICE}, ["O-1001", "O-1002"]) is Verdict.PASSED


def test_without_degraded_answers_nothing_is_judged() -> None:
    """A caller that refuses is no concern of this check, and neither is one whose answers cannot be compared."""
    story = Story()
    story.call(1, 1.1, value=PAGE)
    story.call(11, 11.1, Outcome.REFUSED)
    assert isinstance(_shape(story.journal()), NotRun)
    assert isinstance(_shape(_told("<Page object>", comparable=False)), NotRun)
    assert FallbackShape().applies(_run(declared=False))
    assert FallbackShape().applies(RUN) is None


def test_without_an_ok_answer_it_stays_in_doubt() -> None:
    """Nobody knows what today's structure is."""
    story = Story()
    story.call(1, 1.1, Outcome.REFUSED)
    story.call(11, 11.1, Outcome.DEGRADED, value=PAGE)
    found = _shape(story.journal())
    assert isinstance(found, Finding)
    assert found.verdict is Verdict.UNKNOWN


HOUR = Promises(fallback_max_age=3600.0)
AGED = _run(promises=HOUR, advance=3660.0)


def _aged(*, later: JSON = None, outcome: Outcome = Outcome.DEGRADED, followed: bool = True) -> Journal:
    """An hour and a minute pass after the last answer of the CRM."""
    story = Story()
    call = story.call(1, 1.1, value=PAGE, records=("O-1001",))
    story.exchange(1.01, 1.05, call=call)
    story.call(11, 11.1, Outcome.DEGRADED, value={**PAGE, **NOTICE}, records=("O-1001",))
    story.call(13, 13.1, outcome, value=later, records=("O-1001",))
    return story.journal(advances=(Advance(at=12.0, seconds=3660.0, followed=followed),))


def _age(journal: Journal) -> Verdict:
    found = FallbackAge().judge(AGED, journal)
    assert isinstance(found, Finding)
    return found.verdict


def test_kept_data_that_is_older_than_promised_fails() -> None:
    """The same page an hour later; the young one before is right."""
    assert _age(_aged(later={**PAGE, **NOTICE})) is Verdict.FAILED


def test_what_is_too_old_may_be_refused_or_left_out() -> None:
    """A refusal, defaults, or the id alone that was asked for: none of them is kept data."""
    assert _age(_aged(outcome=Outcome.REFUSED)) is Verdict.PASSED
    assert _age(_aged(later={"order": "O-1001", "status": None, "total": None, "items": [], **NOTICE})) is (
        Verdict.PASSED
    )
    assert _age(_aged(later=dict(NOTICE))) is Verdict.PASSED


def test_a_clock_that_stood_still_is_a_doubt() -> None:
    """Where not every clock of the caller moved, the answer is young by the one that it looks at."""
    assert _age(_aged(later={**PAGE, **NOTICE}, followed=False)) is Verdict.UNKNOWN
    assert _age(_aged(outcome=Outcome.REFUSED, followed=False)) is Verdict.PASSED


def test_an_answer_that_came_in_the_meantime_is_young() -> None:
    """A prefetch after the clocks moved: what is shown came from there."""
    journal = _aged(later={**PAGE, **NOTICE})
    fresh = replace(journal.exchanges[0], id=9, started=12.5, ended=12.6)
    assert _age(replace(journal, exchanges=(*journal.exchanges, fresh))) is Verdict.UNKNOWN


def test_it_applies_where_a_promise_meets_a_long_time() -> None:
    """Without the promise, without declared degraded answers, or without moved clocks there is nothing to judge."""
    assert FallbackAge().applies(AGED) is None
    assert FallbackAge().applies(_run(advance=3660.0))
    assert FallbackAge().applies(_run(promises=HOUR, advance=60.0))
    assert FallbackAge().applies(_run(promises=HOUR, advance=3660.0, declared=False))
