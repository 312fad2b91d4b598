"""The text of a failure."""

from crm_contracts.model.verdict import Finding, Verdict
from crm_contracts.project import Expected, Judged
from crm_contracts.project.conductor import STEADY_STATE
from crm_contracts.reports import diagnosis, headline
from crm_contracts.reports.columns import width
from tests.reports.story import judged_story

REPLAY = 'pytest --crm-contracts "scenarios/http/away.yaml::order-sync" --crm-seed 0'


def test_a_failure_is_told_whole(judged: Judged):
    """From what failed to how it is done again, in the order in which people ask."""
    assert (
        diagnosis(judged, REPLAY)
        == f"""\
outcomes: during: find_order was crashed; allowed there: ok

scenario: The CRM answers 503 | for a while (N11)
why: It happened in May.
consumer: order-sync (contact: crm-team@example.com)
fault: the CRM answers 503

outcomes failed
  look here first: the caller
  layer: HTTP
  evidence:
    +1.000 s  find_order  crashed
    ``` a fence of its own
  what usually mends it:
    Catch this where the CRM is called.

passed:  deadline
not run: lost_writes (it writes nothing)
assumed: deadline (not written in the consumer's file: the defaults were taken)

Replay exactly this run:
  {REPLAY}"""
    )


def test_several_findings_are_told_each():
    """The headline tells the first and how many there are."""
    findings = [
        Finding(check=name, verdict=Verdict.FAILED, reason=f"{name} is wrong")
        for name in ("attempts", "backoff")
    ]
    text = diagnosis(judged_story(*findings), REPLAY)
    assert text.startswith("attempts: attempts is wrong (and 1 more)")
    assert "backoff failed\n  backoff is wrong" in text


def test_a_doubt_is_not_called_a_failure():
    """Unknown is said as such."""
    text = diagnosis(
        judged_story(Finding(check="backoff", verdict=Verdict.UNKNOWN, reason="no retry was seen")), REPLAY
    )
    assert text.startswith("backoff: no retry was seen")
    assert "backoff is unknown" in text
    assert "failed" not in text


def test_a_known_issue_that_does_not_hold_comes_first():
    """Then everything else, as always."""
    expected = Expected(as_expected=False, known=("deadline",), sentence="deadline did not fail")
    text = diagnosis(judged_story(expected=expected), REPLAY)
    assert text.startswith("deadline did not fail\n")
    assert "outcomes failed\n  during: find_order was crashed" in text


def test_steady_state_is_told_in_short():
    """The baseline tells the story."""
    finding = Finding(
        check=STEADY_STATE, verdict=Verdict.UNKNOWN, reason="steady state not reached: see x::baseline"
    )
    assert diagnosis(judged_story(finding), REPLAY) == "steady state not reached: see x::baseline"


def test_a_programs_own_words_are_evidence():
    """A reason of many lines gives its first to the headline; the others keep their shape."""
    finding = Finding(
        check="outcomes", verdict=Verdict.FAILED, reason="it did not start.\nTraceback:\n    import tills"
    )
    judged = judged_story(finding)
    assert headline(judged) == "outcomes: it did not start."
    assert "  evidence:\n    Traceback:\n        import tills" in diagnosis(judged, REPLAY)


def test_long_evidence_keeps_its_end():
    """A program may have said a lot."""
    finding = Finding(
        check="outcomes",
        verdict=Verdict.FAILED,
        reason="r",
        evidence="\n".join(f"line {n}" for n in range(500)),
    )
    text = diagnosis(judged_story(finding), REPLAY)
    assert "... 476 earlier lines ..." in text
    assert "line 499" in text
    assert "line 400" not in text


def test_sentences_fit_into_80_columns():
    """English and Chinese."""
    finding = Finding(
        check="outcomes", verdict=Verdict.FAILED, reason="令牌已经过期" * 30, remedy="word " * 60
    )
    assert max(map(width, diagnosis(judged_story(finding), REPLAY).splitlines())) <= 80
