"""How old what is shown may be while the CRM is away."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from crm_contracts.checks.fallback_shape import answers_when_well, shows_data
from crm_contracts.checks.finding import call_line, failed, passed, shortened, unknown
from crm_contracts.model.call import Call
from crm_contracts.model.consumer import Outcome
from crm_contracts.model.contract import Effect
from crm_contracts.model.journal import Journal
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _
from crm_contracts.model.likeness import Nothing, differences, leaves, volatile, without
from crm_contracts.model.run import Run
from crm_contracts.model.span import human
from crm_contracts.model.verdict import Finding, Layer, NotRun

SLACK = 2.0
"""Seconds that a kept answer may be older: it is stamped when it is kept, which is later than when it came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FallbackAge:
    """No kept answer that is shown instead of a fresh one is older than `fallback_max_age` (tolerance 2 s).

    A scenario moves the clocks of the CRM and of the caller with `{advance: ...}` while the CRM is away. An answer is kept
    data where it shows what an ok answer of the same call showed before; its age counts from the last moment at which the
    CRM can have told it. Where the clocks of the caller did not all move, it may measure age by one that stood still: that is
    unknown. Data whose age cannot be known (defaults, an export that is shipped with the program) is not judged.

    Example: `{check: fallback_age}`.
    Source: N7; ORACLES (stale cache); JUDGING, clocks.
    """

    check: Literal["fallback_age"] = "fallback_age"

    def applies(self, run: Run) -> str | None:
        """Where a greatest age is promised and a scenario lets that much time pass."""
        promised = run.consumer.promises.fallback_max_age
        if promised is None:
            return _("no greatest age of kept answers is promised")
        if Outcome.DEGRADED not in run.consumer.declares:
            return _("no degraded answer is declared")
        moved = sum(step.advance.seconds for step in run.scenario.during if step.advance)
        return None if moved > promised else _("the clocks are not moved past the promised age")

    def judge(self, run: Run, journal: Journal) -> Finding | NotRun:
        """Fail where something older than promised was shown."""
        promised = run.consumer.promises.fallback_max_age or 0.0
        late = [call for call in journal.calls if _is_late(call, promised, journal)]
        if not late:
            return unknown(self.check, _("nothing was read after the promised age"))
        old = [call for call in late if _is_kept(call, journal)]
        if not old:
            return passed(self.check, _("nothing older than {age} was shown").format(age=human(promised)))
        if not all(move.followed for move in journal.advances):
            return unknown(self.check, _("this caller may measure age by a clock that we cannot move"))
        return self._failed(old, promised, journal)

    def _failed(self, old: Sequence[Call], promised: float, journal: Journal) -> Finding:
        sentence = _("{call} showed data that was about {age} old; promised {promised} (tolerance {slack})")
        age = 60 * round((_age(old[0], journal) or 0.0) / 60)
        return failed(
            self.check,
            sentence.format(call=old[0].name, age=human(age), promised=human(promised), slack=human(SLACK)),
            layer=Layer.DATA,
            evidence=shortened([call_line(call, journal) for call in old]),
            remedy=_(
                "Keep with each answer when it came, and look at that when it is shown; what is too old is as good as absent."
            ),
            calls=old,
        )


def _is_late(call: Call, promised: float, journal: Journal) -> bool:
    """Whether nothing that the CRM told can still be young enough to be shown by this read."""
    age = _age(call, journal) if call.effect is Effect.READ else None
    return age is not None and age > promised + SLACK


def _age(call: Call, journal: Journal) -> float | None:
    """Seconds by the moved clocks since the CRM last told what the call reads; None where it never did."""
    answers = (e for e in journal.exchanges if e.operation in call.does and e.answered)
    told = [e.ended for e in answers if e.ended and (e.status or 500) < 400 and e.ended <= call.started]
    if not told:
        return None
    moved = sum(move.seconds for move in journal.advances if max(told) <= move.at <= call.started)
    return call.started - max(told) + moved


def _is_kept(call: Call, journal: Journal) -> bool:
    """Whether a degraded answer shows what an earlier ok answer of the same call showed."""
    if call.outcome is not Outcome.DEGRADED or not call.result.comparable:
        return False
    earlier = [one for one in answers_when_well(call, journal) if one.started < call.started]
    moving = volatile([one.result.value for one in earlier])
    return shows_data(call, earlier) and any(_repeats(call, one.result.value, moving) for one in earlier)


def _repeats(call: Call, before: JSON, moving: frozenset[str]) -> bool:
    """Whether everything that was shown then is shown now, and it is more than what was asked for."""
    told = list(leaves(without(before, moving)))
    if all(leaf in {*call.records, *map(str, leaves(dict(call.args)))} for leaf in told):
        return False
    found = differences(without(before, moving), without(call.result.value, moving))
    return all(one.first is Nothing.HERE for one in found)
