"""What a case says of a caller; every doubt is decided for it."""

import pytest

from crm_contracts.model.call import Call, CallResult, Phase
from crm_contracts.model.case import Seen
from crm_contracts.model.consumer import Outcome
from crm_contracts.model.contract import Effect
from crm_contracts.model.delivery import Delivery, End, Piece
from crm_contracts.model.exchange import Answer
from crm_contracts.model.json import JSON
from crm_contracts.run.case_judge import Blame, Yardstick, is_sound_json, judge_mutated, judge_valid

SOUND = Answer(status=200, body=b'{"total": 5}')
CUT = Answer(status=200, body=b'{"total": ')
NAN = Answer(status=200, body=b'{"total": NaN}')
OTHER = Answer(status=200, body=b'{"total": 7}')
SHOWN: JSON = {"total": 5}


def call(
    outcome: Outcome = Outcome.OK, value: JSON = None, *, seconds: float = 0.1, comparable: bool = True
) -> Call:
    result = CallResult(started=0.0, ended=seconds, returned=True, value=value, comparable=comparable)
    return Call(
        id=1,
        name="find",
        phase=Phase.DURING,
        does=("get",),
        effect=Effect.READ,
        outcome=outcome,
        result=result,
    )


def yardstick(*, failing: Call | None = None, unreadable: Call | None = None) -> Yardstick:
    refused = call(Outcome.REFUSED)
    return Yardstick(
        sound=(call(value=SHOWN), call(value=SHOWN)),
        failing=failing or refused,
        unreadable=unreadable or refused,
    )


def blame(
    made: Call, served: Answer, *, must_refuse: bool = True, by: Yardstick | None = None
) -> Blame | None:
    return judge_mutated(Seen(call=made), served, must_refuse=must_refuse, yardstick=by or yardstick())


@pytest.mark.parametrize("outcome", [Outcome.OK, Outcome.REFUSED, Outcome.DEGRADED, Outcome.QUEUED])
def test_a_valid_answer_may_be_taken_or_refused(outcome: Outcome) -> None:
    """Whoever is told of a refusal is told the truth."""
    assert judge_valid(Seen(call=call(outcome)), 2.0) is None


@pytest.mark.parametrize(
    "made, wrong",
    [
        (call(Outcome.CRASHED), Blame.CRASHED),
        (call(Outcome.HUNG), Blame.HUNG),
        (call(seconds=3.0), Blame.LATE),
        (call(seconds=2.4), None),
    ],
)
def test_a_valid_answer_is_no_reason_to_crash_hang_or_be_late(made: Call, wrong: Blame | None) -> None:
    """A busy machine is given half a second and 5 % beyond the deadline."""
    assert judge_valid(Seen(call=made), 2.0) is wrong


def test_half_an_answer_that_is_told_as_a_success_is_blamed() -> None:
    """Nobody knows what the other half would have said."""
    assert blame(call(value={"total": None}), CUT) is Blame.TAKEN
    assert blame(call(value=SHOWN), CUT) is Blame.TAKEN


def test_nobody_is_blamed_who_refuses_or_answers_from_elsewhere() -> None:
    """That is what is asked."""
    for outcome in (Outcome.REFUSED, Outcome.DEGRADED, Outcome.QUEUED):
        assert blame(call(outcome, value=SHOWN), CUT) is None


def test_nobody_is_blamed_for_what_it_says_while_the_operation_fails_too() -> None:
    """A ticket that is opened without its customer is no false success: the failed look-up was handled."""
    without = call(value={"ticket": 1, "customer": None})
    assert blame(without, CUT, by=yardstick(failing=without)) is None


def test_nobody_is_blamed_for_a_body_that_it_never_reads() -> None:
    """201 is all that some writes need to know."""
    created = call(value=SHOWN)
    assert blame(created, CUT, by=yardstick(unreadable=created)) is None


def test_nobody_is_blamed_for_a_member_that_it_does_not_use() -> None:
    """A required member is missing, and what is shown is as ever."""
    assert blame(call(value=SHOWN), Answer(status=200, body=b'{"total": 5, "x": 1}')) is None
    assert blame(call(value={"total": None}), Answer(status=200, body=b"{}")) is Blame.TAKEN


def test_what_may_be_accepted_may_not_change_what_is_shown() -> None:
    """NaN may be refused, not shown; sound JSON may be shown as it stands."""
    assert blame(call(value={"total": "nan"}), NAN, must_refuse=False) is Blame.DIFFERS
    assert blame(call(value=SHOWN), NAN, must_refuse=False) is None
    assert blame(call(value={"total": 7}), OTHER, must_refuse=False) is None


def test_values_that_cannot_be_compared_blame_nobody() -> None:
    """A repr with an address differs from call to call."""
    made = call(value="<Order at 0x7f>", comparable=False)
    assert blame(made, NAN, must_refuse=False) is None


def test_a_crash_is_blamed_whatever_is_wrong_with_the_answer() -> None:
    """Mutations that may be accepted included."""
    assert blame(call(Outcome.CRASHED), NAN, must_refuse=False) is Blame.CRASHED


def test_sound_json_has_sound_framing_a_strict_body_and_its_content_type() -> None:
    """Only then is the content alone unusual."""
    assert is_sound_json(SOUND)
    assert not is_sound_json(NAN)
    assert not is_sound_json(Answer(status=200, headers=(("content-type", "text/html"),), body=SOUND.body))
    assert not is_sound_json(Delivery(pieces=(Piece(data=SOUND.body),), end=End.CLOSE))
