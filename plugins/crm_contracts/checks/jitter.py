"""Whether callers that failed together come back together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from crm_contracts.checks.finding import failed, passed, unknown
from crm_contracts.model.attempts import attribute, counted
from crm_contracts.model.contract import Effect
from crm_contracts.model.fault import Trait
from crm_contracts.model.journal import Journal
from crm_contracts.model.language import _
from crm_contracts.model.load import under_load
from crm_contracts.model.percentile import percentile
from crm_contracts.model.promises import Backoff, Promises
from crm_contracts.model.run import Run
from crm_contracts.model.span import human
from crm_contracts.model.verdict import Finding, Layer

ENOUGH = 20
"""Waits of different calls that a spread needs."""
LEAST = 0.4
"""Of the promised width; an even spread has 0.8 of it between its 10th and its 90th percentile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JitterCheck:
    """Callers that meet one failure together wait differently long before they try again.

    With full jitter the promised width is the whole first wait, with equal jitter half of it, with a share that share.
    The spread of 20 or more first waits, from the 10th to the 90th percentile, is at least 0.4 of the width. Twenty timers
    of our own go off together all the while: where they spread as far, the machine is too noisy and the verdict is unknown.

    Example: `{check: jitter}`.
    Source: N5; AWS Architecture Blog (exponential backoff and jitter); JUDGING, jitter.
    """

    check: Literal["jitter"] = "jitter"

    def applies(self, run: Run) -> str | None:
        """Where jitter is promised and twenty writes, which can be told apart, fail at once."""
        promises = run.consumer.promises
        if promises.backoff is None or not promises.backoff.jitter:
            return _("no jitter is promised")
        if promises.attempts == 1:
            return _("with one attempt there is no gap")
        if not any(call.effect is Effect.WRITE for call in under_load(run, ENOUGH)):
            return _("fewer than twenty calls at once whose attempts can be told apart")
        return _not_tried_again(run.scenario.traits(), promises)

    def judge(self, run: Run, journal: Journal) -> Finding:
        """Fail where the first waits are closer together than promised, on a machine that can tell."""
        promise = run.consumer.promises.backoff or Backoff()
        width, waits = promise.jitter * promise.wait(_first(promise)), list(_waits(journal, _first(promise)))
        if len(waits) < ENOUGH:
            reason = _("{count} waits can be told apart; a spread needs {enough}")
            return unknown(self.check, reason.format(count=len(waits), enough=ENOUGH))
        if len(journal.control) < ENOUGH or _spread(journal.control) > LEAST * width:
            reason = _("the machine is too noisy: waits without jitter spread over {spread}")
            return unknown(self.check, reason.format(spread=human(_spread(journal.control))))
        spread = _spread(waits)
        if spread < LEAST * width:
            return self._failed(waits, spread, width)
        return passed(self.check, _("the waits spread over {spread}").format(spread=human(spread)))

    def _failed(self, waits: Sequence[float], spread: float, width: float) -> Finding:
        sentence = _(
            "{count} calls that failed together tried again within {spread} of each other; the promised jitter of {width} "
            "makes it {least} at least"
        )
        ordered = sorted(waits)
        evidence = _("first waits: {shortest} to {longest}, half of them by {middle}")
        return failed(
            self.check,
            sentence.format(
                count=len(waits), spread=human(spread), width=human(width), least=human(LEAST * width)
            ),
            layer=Layer.TIMING,
            evidence=evidence.format(
                shortest=human(ordered[0]),
                longest=human(ordered[-1]),
                middle=human(ordered[len(ordered) // 2]),
            ),
            remedy=_(
                "Draw each wait at random, for each call anew, so that callers do not come back in step."
            ),
        )


def _not_tried_again(traits: frozenset[Trait], promises: Promises) -> str | None:
    if not traits or traits <= {Trait.CREDENTIALS}:
        return _("nothing goes wrong here that calls for a retry")
    if traits <= {Trait.UNREACHABLE}:
        return _("no attempt is visible while no connection is accepted")
    if promises.breaker is not None and promises.breaker.opens_after < ENOUGH:
        return _("its breaker opens before twenty calls have tried again")
    return None


def _first(promise: Backoff) -> int:
    """The first gap that has a wait."""
    return 2 if promise.first_immediate and not promise.waits else 1


def _waits(journal: Journal, first: int) -> Iterator[float]:
    whose = attribute(journal)
    for call in journal.calls:
        for chain in whose.chains(call):
            tried = counted(chain)
            if len(tried) > first and (ended := tried[first - 1].ended) is not None:
                # From the answer on, also where it came late: whoever gave up before only adds to the spread.
                yield max(0.0, tried[first].started - ended)


def _spread(waits: Sequence[float]) -> float:
    return (percentile(waits, 0.9) or 0.0) - (percentile(waits, 0.1) or 0.0)
