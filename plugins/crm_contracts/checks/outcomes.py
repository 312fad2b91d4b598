"""What the caller's user experienced in each phase."""

from dataclasses import dataclass
from typing import Literal

from crm_contracts.checks.finding import call_line, failed, layer_of, passed, phase_name, shortened, unknown
from crm_contracts.model.call import Call, Phase, is_well
from crm_contracts.model.consumer import Outcome
from crm_contracts.model.contract import Effect
from crm_contracts.model.journal import Journal
from crm_contracts.model.language import _
from crm_contracts.model.run import Run
from crm_contracts.model.spare import served_by_spare
from crm_contracts.model.verdict import Finding, Layer, Side

_GRACEFUL = (Outcome.OK, Outcome.DEGRADED, Outcome.QUEUED, Outcome.REFUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """Each call of a phase has one of the outcomes that the phase allows: no crash, no hang, well again afterwards.

    `before`, `during` and `after` list what is allowed (default: before ok; during ok, degraded, queued, refused; after
    ok; where a credential stays refused, as a static token does, also what is allowed during). Calls while a caller settles are judged by `recovery` alone.
    A write that is always queued, before any fault too, may be queued where ok is asked for; lost_writes sees that it arrives.
    What a spare address answered well may be ok whatever is on at the first one.

    Example: `{check: outcomes, during: [ok, degraded]}`.
    Source: N7, N11; JUDGING, outcomes by default.
    """

    check: Literal["outcomes"] = "outcomes"
    before: tuple[Outcome, ...] = (Outcome.OK,)
    during: tuple[Outcome, ...] = _GRACEFUL
    after: tuple[Outcome, ...] = (Outcome.OK,)

    def applies(self, run: Run) -> str | None:
        """Always: every caller has users."""
        return None

    def judge(self, run: Run, journal: Journal) -> Finding:
        """Fail at the first phase in which a call had an outcome that is not allowed."""
        for phase in (Phase.BEFORE, Phase.DURING, Phase.AFTER):
            allowed = self._allowed(phase, run)
            wrong = [
                call
                for call in journal.calls_in(phase)
                if call.outcome not in allowed
                and not (Outcome.OK in allowed and is_well(call, journal.calls))
                and not (call.outcome is Outcome.OK and served_by_spare(call, journal))
            ]
            if wrong:
                return self._failed(run, journal, phase, wrong)
        if not journal.calls:
            return unknown(self.check, _("no call was made"))
        return passed(self.check)

    def _allowed(self, phase: Phase, run: Run) -> tuple[Outcome, ...]:
        if phase is Phase.AFTER and run.stays_refused:
            return (*self.after, *self.during)
        return {Phase.BEFORE: self.before, Phase.DURING: self.during, Phase.AFTER: self.after}[phase]

    def _failed(self, run: Run, journal: Journal, phase: Phase, wrong: list[Call]) -> Finding:
        allowed = ", ".join(dict.fromkeys(self._allowed(phase, run)))
        sentence = _("{phase}: {call} was {outcome}; allowed there: {allowed}")
        first = wrong[0]
        reason = sentence.format(
            phase=phase_name(phase), call=first.name, outcome=first.outcome, allowed=allowed
        )
        lines = [call_line(call, journal) for call in wrong]
        return failed(
            self.check,
            reason + (f" ({first.note})" if first.note else ""),
            layer=layer_of(run.scenario.traits()) if run.scenario.faults else _layer(first),
            side=Side.CALLER,
            evidence="\n".join(filter(None, (shortened(lines), _source_of(first)))),
            remedy=_remedy(first, phase),
            calls=wrong,
        )


def _layer(call: Call) -> Layer:
    return Layer.TIMING if call.outcome is Outcome.HUNG else Layer.DATA


def _source_of(call: Call) -> str:
    """The last lines of the traceback, of the stack of a call that hangs, or of what a program said before it ended."""
    result = call.result
    text = result.failure.traceback if result.failure else ""
    if call.outcome is Outcome.HUNG or result.exit or result.signal:
        text = result.output
    return "\n".join(text.rstrip().splitlines()[-6:])


def _remedy(call: Call, phase: Phase) -> str:
    if phase is Phase.BEFORE:
        return _(
            "No fault was on yet: make this call succeed against the simulator first, then judge its faults."
        )
    if phase is Phase.AFTER:
        return _(
            "The CRM was well again: drop broken connections, refresh the token, and let the breaker probe."
        )
    remedies = {
        Outcome.CRASHED: _(
            "Catch this where the CRM is called, and answer with a declared refusal or a fallback."
        ),
        Outcome.HUNG: _("Give every call to the CRM a timeout, shorter than the promised deadline."),
        Outcome.REFUSED: _(
            "Serve cached or default data with a visible notice, or allow `refused` in the scenario."
        )
        if call.effect is Effect.READ
        else _(
            "Queue the write and deliver it later, or tell the user plainly that nothing was saved and allow `refused` in "
            "the scenario."
        ),
    }
    return remedies.get(
        call.outcome, _("Declare this outcome in the consumer's file, or allow it in the scenario.")
    )
