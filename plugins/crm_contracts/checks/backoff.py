"""The waits between attempts."""

from dataclasses import dataclass
from typing import Literal

from crm_contracts.checks.finding import attempt_lines, failed, passed, unknown
from crm_contracts.model.attempts import Attempt, attribute, gaps
from crm_contracts.model.call import Call
from crm_contracts.model.fault import Trait
from crm_contracts.model.journal import Journal
from crm_contracts.model.language import _
from crm_contracts.model.permanent import names_the_cause
from crm_contracts.model.promises import Backoff as Promise
from crm_contracts.model.run import Run
from crm_contracts.model.span import human
from crm_contracts.model.usual import by_address, usual
from crm_contracts.model.verdict import Finding, Layer

AT_ONCE = 0.05
"""Seconds; without a promise only more than one retry faster than this is a defect."""
TOLERANCE = 0.02
"""Seconds that our stamps and the caller's timer may be apart, beside 2 % of the wait."""
ENOUGH = 12
"""Gaps that the mean of full jitter needs."""
LEAST_MEAN = 0.25
"""Full jitter has a mean of half the wait; a quarter leaves room for chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackoffCheck:
    """The wait before each retry is at least the promised one, measured from the end of an attempt to the next start.

    An attempt that the caller gave up ended at its beginning, as far as we know: some libraries wait for the next attempt
    before they close the last connection.

    For gap i = 1, 2, ... the promise is b_i = min(max, first x factor^(i-1)) or the list; with equal jitter at least
    b_i / 2, with a fraction j at least (1 - j) b_i; full jitter has no bound per gap, but the mean of 12 gaps or more is
    at least 0.25 b. Without a promise only more than one retry within 50 ms fails. Tolerance: 20 ms and 2 %.

    Example: `{check: backoff}`.
    Source: N5 (1 s, 2 s, 4 s); AWS Builders' Library; JUDGING, backoff.
    """

    check: Literal["backoff"] = "backoff"

    def applies(self, run: Run) -> str | None:
        """Where a caller may try more than once and a fault invites it to."""
        if run.consumer.promises.attempts == 1:
            return _("with one attempt there is no gap")
        traits = run.scenario.traits()
        if not traits:
            return _("nothing goes wrong here, so nothing is tried again")
        if traits <= {Trait.UNREACHABLE, Trait.UNRESOLVED}:
            return _("no attempt is visible while no connection is accepted")
        return _("a refused credential calls for no backoff") if traits <= {Trait.CREDENTIALS} else None

    def judge(self, run: Run, journal: Journal) -> Finding:
        """Fail at the first gap that is shorter than promised."""
        if not journal.calls:
            return unknown(self.check, _("no call was made"))
        promise, whose = run.consumer.promises.backoff, attribute(journal)
        well, ratios = usual(journal, whose), list[float]()
        for call in journal.calls:
            if names_the_cause(run, call, whose):
                continue  # No wait makes these right: no_retry_on says so.
            for chain in (part for one in whose.chains(call) for part in by_address(one)):
                if well.of_one_address(call, chain[0]) > 1:
                    continue  # Several things of a kind: nobody knows which waited for which.
                waits = gaps(chain)
                if finding := self._chain(call, chain, waits, promise, journal):
                    return finding
                ratios += _ratios(waits, promise)
        return self._mean(ratios) or passed(self.check, "" if ratios else _("nothing was tried again"))

    def _chain(
        self,
        call: Call,
        chain: tuple[Attempt, ...],
        waits: tuple[float, ...],
        promise: Promise | None,
        journal: Journal,
    ) -> Finding | None:
        if promise is None:
            if sum(wait < AT_ONCE for wait in waits) > 1:
                reason = _("{call} tried again at once, more than one time").format(call=call.name)
                return self._failed(call, chain, reason, journal)
            return None
        for gap, wait in enumerate(waits, start=1):
            least = promise.shortest(gap)
            if wait < least * 0.98 - TOLERANCE:
                return self._failed(call, chain, _too_short(call, gap, wait, least), journal)
        return None

    def _mean(self, ratios: list[float]) -> Finding | None:
        if len(ratios) < ENOUGH or sum(ratios) / len(ratios) >= LEAST_MEAN:
            return None
        mean = sum(ratios) / len(ratios)
        sentence = _("the mean of {count} waits is {mean:.0%} of the promised one; full jitter has half")
        return failed(
            self.check,
            sentence.format(count=len(ratios), mean=mean),
            layer=Layer.TIMING,
            remedy=_("Draw each wait between nothing and the full one, and let the full one grow."),
        )

    def _failed(self, call: Call, chain: tuple[Attempt, ...], reason: str, journal: Journal) -> Finding:
        return failed(
            self.check,
            reason,
            layer=Layer.TIMING,
            evidence=attempt_lines(chain, journal),
            remedy=_(
                "Wait before each retry and let the wait grow (1 s, 2 s, 4 s), so that a sick CRM can recover."
            ),
            calls=[call],
            exchanges=[a.exchange for a in chain if a.exchange],
        )


def _ratios(waits: tuple[float, ...], promise: Promise | None) -> list[float]:
    if promise is None or promise.jitter < 1:
        return [1.0 for _wait in waits]
    return [wait / promise.wait(gap) for gap, wait in enumerate(waits, start=1) if promise.wait(gap) > 0]


def _too_short(call: Call, gap: int, wait: float, least: float) -> str:
    sentence = _(
        "{call} waited {wait} before retry {gap}; promised is at least {least} (tolerance {tolerance})"
    )
    return sentence.format(
        call=call.name,
        wait=human(wait),
        gap=gap,
        least=human(least),
        tolerance=human(TOLERANCE + least * 0.02),
    )
