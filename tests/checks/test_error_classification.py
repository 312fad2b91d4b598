"""error_classification: what users are told is for people."""

from typing import Any

import pytest

from crm_contracts.checks.error_classification import ErrorClassification
from crm_contracts.model.call import Failure
from crm_contracts.model.consumer import Outcome
from crm_contracts.model.exchange import Payload
from crm_contracts.model.fault import Trait
from crm_contracts.model.verdict import Finding, Verdict
from tests.checks.story import Story, run_of

RUN = run_of(Trait.ERROR_STATUS)
PYTHON = 'Traceback (most recent call last):\n  File "/srv/app.py", line 7, in get\n    return order["id"]\nKeyError: \'id\'\n'
JAVA = "java.lang.NullPointerException\n\tat com.acme.Orders.find(Orders.java:42)\n"
NODE = "TypeError: x is undefined\n    at find (/srv/app/orders.js:12:5)\n"
DOTNET = "System.Exception: no\n   at Acme.Orders.Find(String id) in C:\\src\\Orders.cs:line 12\n"
GO = "panic: nil map\n\ngoroutine 1 [running]:\nmain.main()\n"


def _verdict(outcome: Outcome, *, of_the_crm: bytes = b"", **result: Any) -> Verdict:
    story = Story()
    call = story.call(11, 11.1, outcome, **result)
    story.exchange(11.01, 11.02, call=call, answer=Payload(kept=of_the_crm, length=len(of_the_crm)))
    found = ErrorClassification().judge(RUN, story.journal())
    assert isinstance(found, Finding)
    return found.verdict


@pytest.mark.parametrize("trace", [PYTHON, JAVA, NODE, DOTNET, GO])
def test_a_stack_that_is_shown_fails(trace: str) -> None:
    """In a declared error's message, or in the body of a declared status, in whatever language."""
    failure = Failure(type="app.CrmUnavailable", message=trace)
    assert _verdict(Outcome.REFUSED, failure=failure) is Verdict.FAILED
    assert _verdict(Outcome.REFUSED, status=503, value={"error": {"detail": trace}}) is Verdict.FAILED
    assert _verdict(Outcome.DEGRADED, status=200, value=f"limited\n{trace}") is Verdict.FAILED


@pytest.mark.parametrize("code, last, verdict", [
    (1, PYTHON, Verdict.FAILED),
    (1, 'Exception in thread "main" java.net.ConnectException: refused\n', Verdict.FAILED),
    (2, GO, Verdict.FAILED),
    (3, PYTHON, Verdict.PASSED),
    (1, PYTHON + "The CRM is away. Try again later.\n", Verdict.PASSED),
    (1, "The CRM is away. Try again later.\n", Verdict.PASSED),
])  # fmt: skip
def test_an_interpreter_that_ends_by_itself_tells_nobody_anything(
    code: int, last: str, verdict: Verdict
) -> None:
    """Exit code 1 and a traceback as the last words are no refusal; a log above a sentence is."""
    assert _verdict(Outcome.REFUSED, exit=code, output=last) is verdict


def test_crashes_are_judged_by_outcomes_alone() -> None:
    """One defect, one finding: a crash is not accused a second time."""
    assert _verdict(Outcome.CRASHED, status=500, value=PYTHON) is Verdict.PASSED
    assert _verdict(Outcome.CRASHED, failure=Failure(type="KeyError", message=PYTHON)) is Verdict.PASSED


def test_a_log_is_the_callers_own_affair() -> None:
    """The traceback of a failure stays in the journal, and users see the message."""
    failure = Failure(type="app.CrmUnavailable", message="The CRM is away (order 7).", traceback=PYTHON)
    assert _verdict(Outcome.REFUSED, failure=failure) is Verdict.PASSED
    assert _verdict(Outcome.OK, exit=0, output=PYTHON, value={"id": 1}) is Verdict.PASSED


def test_a_stack_in_the_crms_own_records_is_data() -> None:
    """Somebody pasted it into a ticket, and whoever reads the ticket sees it."""
    import json

    ticket = {"description": PYTHON}
    assert _verdict(Outcome.OK, value=ticket, of_the_crm=json.dumps(ticket).encode()) is Verdict.PASSED
    assert _verdict(Outcome.OK, value=ticket) is Verdict.FAILED


def test_words_that_only_look_alike_are_none() -> None:
    """Times, ratios and addresses have colons and numbers, too."""
    for text in (
        "Try again at 10:15:30.",
        "Ask at http://crm/a.js",
        "at noon in room 7",
        'see "File a claim", line 3',
    ):
        assert _verdict(Outcome.REFUSED, failure=Failure(type="E", message=text)) is Verdict.PASSED
