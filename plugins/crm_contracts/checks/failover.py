"""A caller that has a spare address uses it in time, and comes back to the first one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from crm_contracts.checks.finding import attempt_lines, call_line, failed, passed, shortened, unknown
from crm_contracts.model.attempts import Attempt
from crm_contracts.model.call import Call, Phase, is_well
from crm_contracts.model.consumer import Outcome
from crm_contracts.model.contract import Effect
from crm_contracts.model.exchange import Exchange
from crm_contracts.model.fault import Trait
from crm_contracts.model.journal import FaultWindow, Journal
from crm_contracts.model.language import _
from crm_contracts.model.run import Run
from crm_contracts.model.span import human
from crm_contracts.model.spare import asked, served_by_spare
from crm_contracts.model.verdict import Finding, Layer, NotRun

SLACK = 0.5
"""Seconds that scheduling and the time between our own calls may add."""

_AWAY = frozenset(
    {
        Trait.UNREACHABLE,
        Trait.CONNECTION,
        Trait.SILENCE,
        Trait.ERROR_STATUS,
        Trait.UNRESOLVED,
        Trait.HANDSHAKE,
        Trait.UNTRUSTED,
    }
)
_BOTH = frozenset({Trait.CREDENTIALS, Trait.TOKEN_ENDPOINT, Trait.PERMANENT, Trait.LIMITED, Trait.MALFORMED})
"""What no spare helps against, or what is an answer that another address need not change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failover:
    """While the first address cannot be used, calls are served by the spare within `failover_within`; after heal by the first.

    Measured from the start of the first call that the fault hurt to the end of the first that the spare served. A read that
    begins later than `failover_within` is ok; a write is at least accepted, unless the fault leaves open whether the first
    address took it. Where every call stays ok, or the first address answered one well since, it was usable, and nothing is
    asked. After heal the first address
    is used again by `recovers_within`: nobody is held to it who is not watched so long. Tolerance 0.5 s each. That nothing is
    written at both is asked by `duplicate_writes` and `safe_retries`, for both lead to one ledger.

    Example: `{check: failover}`.
    Source: N29.
    """

    check: Literal["failover"] = "failover"

    def applies(self, run: Run) -> str | None:
        """Where a spare was given to somebody who promises to use it, and the first address becomes unusable."""
        if run.consumer.promises.failover_within is None:
            return _("no failover is promised")
        if not run.spared:
            return _("a program that runs already cannot be told of a spare address")
        if run.scenario.starts is Phase.DURING and run.contract.auth.refreshable:
            return _("no credential was had before the first address went away")
        traits = run.scenario.traits()
        return None if traits & _AWAY and not traits & _BOTH else _("nothing here that a spare address mends")

    def judge(self, run: Run, journal: Journal) -> Finding | NotRun:
        """Fail where the spare is used late or never, or the first address never again."""
        if not any(_inside(journal)):
            return unknown(self.check, _("no call was made while the fault was on"))
        hurt = next(_hurt(journal), None)
        if hurt is None:
            return passed(self.check, _("no call needed the spare"))
        within = run.consumer.promises.failover_within or 0.0
        served = next(
            (
                call
                for call in _inside(journal)
                if is_well(call, journal.calls) and served_by_spare(call, journal)
            ),
            None,
        )
        due = hurt.started + within + SLACK
        left = [call for call in _inside(journal) if call.started > due and _unserved(call, run)]
        usable = _served_first(hurt.started, journal)
        if left and not usable:
            return self._not_served(left, journal, within)
        if served is None:
            return NotRun(check=self.check, reason=_("the spare did not have to be used"))
        took = (served.ended or served.started) - hurt.started
        if took > within + SLACK and not usable:
            return self._late(served, took, within, journal)
        return self._back(run, journal) or passed(
            self.check, _("the spare served {took} after the first failure").format(took=human(took))
        )

    def _not_served(self, calls: list[Call], journal: Journal, within: float) -> Finding:
        sentence = _(
            "{call} was {outcome} although the spare was there; promised is its use within {within} (tolerance {slack})"
        )
        first = calls[0]
        return failed(
            self.check,
            sentence.format(call=first.name, outcome=first.outcome, within=human(within), slack=human(SLACK)),
            layer=Layer.TCP,
            evidence=shortened([call_line(call, journal) for call in calls]),
            remedy=_(
                "Ask the spare address (CRM_SPARE_URL) once the first one fails, and keep to it for a while."
            ),
            calls=calls,
        )

    def _late(self, call: Call, took: float, within: float, journal: Journal) -> Finding:
        sentence = _(
            "{call} was the first that the spare served, after {took}; promised {within} (tolerance {slack})"
        )
        return failed(
            self.check,
            sentence.format(call=call.name, took=human(took), within=human(within), slack=human(SLACK)),
            layer=Layer.TIMING,
            evidence=shortened(
                [call_line(one, journal) for one in _inside(journal) if one.started <= call.started]
            ),
            remedy=_("Give the first address less time, or switch after fewer failures."),
            calls=[call],
        )

    def _back(self, run: Run, journal: Journal) -> Finding | None:
        within, heal = run.consumer.promises.recovers_within, journal.heal
        if within is None or heal is None:
            return None
        due = heal + within + SLACK
        back = min(
            (seen.started for seen in asked(journal, spare=False) if seen.started >= heal), default=None
        )
        late = [seen for seen in asked(journal, spare=True) if seen.started > due]
        late = [seen for seen in late if back is None or seen.started < back]
        return self._stayed(late, within, journal) if late else None

    def _stayed(self, late: list[Exchange], within: float, journal: Journal) -> Finding:
        sentence = _(
            "the spare was still used {late} after heal, and the first address not once; promised {within} (tolerance {slack})"
        )
        return failed(
            self.check,
            sentence.format(
                late=human(late[0].started - (journal.heal or 0.0)), within=human(within), slack=human(SLACK)
            ),
            layer=Layer.HTTP,
            evidence=attempt_lines(
                [Attempt(started=e.started, ended=e.ended, exchange=e, spare=e.spare) for e in late], journal
            ),
            remedy=_("Try the first address again now and then, and go back to it when it is well."),
            exchanges=late,
        )


def _hurt(journal: Journal) -> Iterator[Call]:
    """The calls that were under way or began while a fault was on, and were not served by the first address."""
    yield from (
        call
        for call in _inside(journal)
        if not is_well(call, journal.calls) or served_by_spare(call, journal)
    )


def _inside(journal: Journal) -> Iterator[Call]:
    """The calls that began while a fault was on and ended before it went off; what spans its end says nothing."""
    for call in journal.calls:
        windows = (one for one in journal.faults if one.started <= call.started < one.ended)
        if any(_over_in(call, one) for one in windows):
            yield call


def _over_in(call: Call, window: FaultWindow) -> bool:
    return call.ended is None or call.ended <= window.ended


def _unserved(call: Call, run: Run) -> bool:
    if call.effect is Effect.READ:
        return call.outcome is not Outcome.OK
    return not call.outcome.accepted and Trait.AMBIGUOUS not in run.scenario.traits()


def _served_first(since: float, journal: Journal) -> bool:
    """Whether the first address answered something well in the fault since a moment: one that is away now and then need not be left."""
    windows = [(one.started, one.ended) for one in journal.faults]
    return any(
        seen.answered and (seen.status or 500) < 400 and not seen.faults
        for seen in asked(journal, spare=False)
        if seen.started >= since and any(start <= seen.started < end for start, end in windows)
    )
