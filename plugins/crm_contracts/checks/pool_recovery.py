"""Connections that died are replaced, and connections that are given up are closed."""

from dataclasses import dataclass
from typing import Literal

from crm_contracts.checks.finding import attempt_lines, call_line, failed, passed, shortened, unknown
from crm_contracts.model.attempts import Attempt
from crm_contracts.model.call import Call, Phase, is_well
from crm_contracts.model.connections import HELD, left_open, most_at_once, reached_since
from crm_contracts.model.fault import Trait
from crm_contracts.model.journal import Journal
from crm_contracts.model.language import _
from crm_contracts.model.run import Run
from crm_contracts.model.span import human
from crm_contracts.model.verdict import Finding, Layer

LEAST = 3
"""Connections left open that are a leak at least; some libraries close the last one of a worker with its next request."""
_TROUBLE = frozenset({Trait.CONNECTION, Trait.UNREACHABLE, Trait.SILENCE, Trait.SLOW})


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolRecovery:
    """After heal a caller opens new connections, and it leaves none open on which it gave up waiting.

    *Poisoned*: calls that begin later than `recovers_within` after heal still fail, and since heal neither a connection nor
    a request of the caller was seen: it holds on to what is dead. (Where a breaker is promised, `breaker` tells of this.)
    *Leaked*: more than two connections for each call that was open at once, three at least, carry a request that nobody
    waits for any more, and were open for 1 s after the last call that can have sent it, and until heal.

    Example: `{check: pool_recovery}`.
    Source: N11, N12; ORACLES, poisoned pool.
    """

    check: Literal["pool_recovery"] = "pool_recovery"

    def applies(self, run: Run) -> str | None:
        """Where connections break, are refused or stay silent, and calls are made afterwards."""
        if not run.scenario.traits() & _TROUBLE:
            return _("no connection suffers here")
        if run.stays_refused:
            return _("a refused credential of this kind stays refused until a person replaces it")
        return None if run.drives(run.scenario.after) else _("no call is made afterwards")

    def judge(self, run: Run, journal: Journal) -> Finding:
        """Fail where nothing new was opened after heal, or where what was given up stayed open."""
        if journal.heal is None or not journal.calls_in(Phase.SETTLE, Phase.AFTER):
            return unknown(self.check, _("no call was made after the faults were gone"))
        return self._poisoned(run, journal, journal.heal) or self._leaked(journal) or passed(self.check)

    def _poisoned(self, run: Run, journal: Journal, heal: float) -> Finding | None:
        promises = run.consumer.promises
        if promises.breaker is not None or promises.recovers_within is None or reached_since(heal, journal):
            return None
        due = heal + promises.recovers_within
        calls = [c for c in journal.calls_in(Phase.AFTER) if c.started > due and not _served(c, journal)]
        if not calls:
            return None
        sentence = _("{call} was {outcome} {late} after heal, and no new connection was opened since")
        return failed(
            self.check,
            sentence.format(
                call=calls[0].name, outcome=calls[0].outcome, late=human(calls[0].started - heal)
            ),
            layer=Layer.TCP,
            evidence=shortened([call_line(call, journal) for call in calls]),
            remedy=_(
                "Drop a connection or client on which something failed, and open a new one for the next."
            ),
            calls=calls,
        )

    def _leaked(self, journal: Journal) -> Finding | None:
        left = [seen for line, seen in left_open(journal)]
        if len(left) < max(LEAST, 2 * most_at_once(journal) + 1):
            return None
        sentence = _(
            "{count} connections were left open with a request that nobody waits for (for {held} at least)"
        )
        return failed(
            self.check,
            sentence.format(count=len(left), held=human(HELD)),
            layer=Layer.TCP,
            evidence=attempt_lines(
                [Attempt(started=e.started, ended=e.ended, exchange=e) for e in left], journal
            ),
            remedy=_("Close the connection when an attempt is given up, also where an exception ends it."),
            exchanges=left,
        )


def _served(call: Call, journal: Journal) -> bool:
    """Whether its user got something: what a cache answers needs no connection."""
    return call.outcome.accepted or is_well(call, journal.calls)
