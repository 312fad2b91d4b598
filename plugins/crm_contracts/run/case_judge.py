"""What a case says of a caller. Pure; every doubt is decided for the caller.

A valid answer may be refused, but not crashed on. A mutated one that must be refused may not be taken for a success; one
that may be accepted may not change what the user is told.
"""

from dataclasses import dataclass
from enum import StrEnum

from crm_contracts.contracts import StrictJsonError, strict_json
from crm_contracts.model.call import Call
from crm_contracts.model.case import Seen, Served
from crm_contracts.model.consumer import Outcome
from crm_contracts.model.delivery import Delivery
from crm_contracts.model.exchange import Answer
from crm_contracts.model.json import JSON
from crm_contracts.model.likeness import differences, volatile, without

SLACK = 0.5
"""Seconds that scheduling on a busy machine may add to a deadline, as the check `deadline` grants them."""


class Blame(StrEnum):
    """What a caller did that it should not."""

    CRASHED = "crashed"
    HUNG = "hung"
    LATE = "late"
    TAKEN = "taken as success"
    DIFFERS = "another value"


@dataclass(frozen=True, slots=True, kw_only=True)
class Yardstick:
    """What one call of a caller gives where nothing is wrong (`sound`: several calls), and in two extremes.

    `failing` is the call while the operation answers an honest 503; `unreadable` while a success has a body that nobody
    can read. From them it can be told whether a caller handled an answer as a failure, or never reads it.
    """

    sound: tuple[Call, ...] = ()
    failing: Call | None = None
    unreadable: Call | None = None

    @property
    def well(self) -> bool:
        """Whether the call succeeds where nothing is wrong."""
        return bool(self.sound) and all(call.outcome is Outcome.OK for call in self.sound)

    @property
    def comparable(self) -> bool:
        """Whether its values can be compared at all."""
        return self.well and all(call.result.comparable for call in self.sound)

    @property
    def reads(self) -> bool | None:
        """Whether the caller reads the answer's body; None where that cannot be told."""
        unread = self.unreadable
        if unread is None or unread.outcome is not Outcome.OK:
            return True
        return not self.is_like_sound(unread) if self.comparable and unread.result.comparable else None

    def is_like_sound(self, call: Call) -> bool:
        """Whether a call told its user what it tells where nothing is wrong."""
        return bool(self.sound) and self._alike(self.sound[0], call)

    def is_like_failing(self, call: Call) -> bool:
        """Whether a call told its user what it tells while the operation fails."""
        failing = self.failing
        return failing is not None and failing.outcome is Outcome.OK and self._alike(failing, call)

    def _alike(self, one: Call, other: Call) -> bool:
        if not one.result.comparable or not other.result.comparable:
            return False
        moving = volatile([call.result.value for call in self.sound])
        first, second = (without(call.result.value, moving) for call in (one, other))
        return not any(differences(first, second))


def judge_valid(seen: Seen, deadline: float | None) -> Blame | None:
    """What a caller did wrong with a valid answer: it may not crash, hang, or break its deadline (seconds)."""
    return _unwell(seen.call) or (Blame.LATE if _is_late(seen.call, deadline) else None)


def judge_mutated(
    seen: Seen, served: Served, *, must_refuse: bool, yardstick: Yardstick, comparable: bool = True
) -> Blame | None:
    """What a caller did wrong with a mutated answer.

    Nobody is blamed for a value that it tells while the operation fails, too, for a body that it never reads, for a sound
    JSON text of which it used what was sound, nor for showing what a sound JSON text says. `comparable` is False where the
    answer rightly says something else.
    """
    call = seen.call
    if (blame := _unwell(call)) is not None:
        return blame
    if call.outcome is not Outcome.OK or _says_nothing(call) or yardstick.is_like_failing(call):
        return None
    if must_refuse:
        return None if _used_what_was_sound(call, served, yardstick) else Blame.TAKEN
    if not comparable or is_sound_json(served) or not yardstick.comparable or not call.result.comparable:
        return None
    return None if yardstick.is_like_sound(call) else Blame.DIFFERS


def is_sound_json(served: Served) -> bool:
    """Whether an answer has sound framing and a body that is strict JSON, so that only its content is unusual."""
    if isinstance(served, Delivery):
        return False
    try:
        strict_json(served.body)
    except StrictJsonError:
        return False
    return "json" in (served.header("content-type") or "")


def value_of(answer: Answer) -> JSON:
    """The JSON value of an answer; raises StrictJsonError."""
    return strict_json(answer.body)


def _unwell(call: Call) -> Blame | None:
    return {Outcome.CRASHED: Blame.CRASHED, Outcome.HUNG: Blame.HUNG}.get(call.outcome)


def _is_late(call: Call, deadline: float | None) -> bool:
    return deadline is not None and (call.seconds is None or call.seconds > deadline * 1.05 + SLACK)


def _says_nothing(call: Call) -> bool:
    return call.result.value is None and call.result.status is None


def _used_what_was_sound(call: Call, served: Served, yardstick: Yardstick) -> bool:
    """A success all the same, which harms nobody: of a body that is not read, or of the members that were as ever."""
    if yardstick.reads is not True:
        return True
    return is_sound_json(served) and yardstick.is_like_sound(call)
