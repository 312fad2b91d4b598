"""Bounded retries, so that a sick CRM is not hammered."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from crm_contracts.checks.finding import attempt_lines, failed, passed, unknown
from crm_contracts.model.attempts import REPLAY_WITHIN, Attempt, Attribution, attribute, counted
from crm_contracts.model.call import Call
from crm_contracts.model.consumer import Outcome
from crm_contracts.model.fault import Trait
from crm_contracts.model.journal import Journal
from crm_contracts.model.language import _
from crm_contracts.model.overrun import overrun
from crm_contracts.model.permanent import names_the_cause
from crm_contracts.model.run import Run
from crm_contracts.model.usual import Usual, by_address, usual
from crm_contracts.model.verdict import Finding, Layer

AFTERWARDS = 0.1
"""Seconds after a call's outcome within which an attempt may still be on its way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """A call tries the same thing at most as often as promised, the first attempt included, and stops with its outcome.

    Paging, search-then-get, token requests, an HTTP library's own replay, a redirect that is followed and the one repeat
    after a refused token are not retries, nor are the requests that the same call makes when all is well. A queue may deliver after the outcome; a refused, crashed or hung call may not.

    Example: `{check: attempts}`.
    Source: N5; WASABI (SOSP'24); JUDGING, retries.
    """

    check: Literal["attempts"] = "attempts"

    def applies(self, run: Run) -> str | None:
        """Where attempts are promised (default 5), and a fault can make a caller try again where we can see it."""
        if run.consumer.promises.attempts is None:
            return _("no number of attempts is promised")
        traits = run.scenario.traits()
        if not traits:
            return _("nothing goes wrong here, so nothing is tried again")
        return (
            _("no attempt is visible while no connection is accepted")
            if traits <= {Trait.UNREACHABLE, Trait.UNRESOLVED}
            else None
        )

    def judge(self, run: Run, journal: Journal) -> Finding:
        """Fail where a chain is longer than promised, or goes on after the outcome."""
        if not journal.calls:
            return unknown(self.check, _("no call was made"))
        promised, whose = run.consumer.promises.attempts or 1, attribute(journal)
        well = usual(journal, whose)
        wait = run.consumer.promises.longest_backoff
        for call in journal.calls:
            if names_the_cause(run, call, whose) or overrun(call, whose, journal, longest_wait=wait):
                continue  # no_retry_on, or deadline_budget, says why.
            for chain in whose.chains(call):
                if tried := _too_often(call, chain, promised, well):
                    return self._too_many(call, tried, promised, journal)
            if late := tuple(_afterwards(call, whose)):
                return self._too_late(call, late, journal)
        return self._in_sum(whose, well, promised, journal)

    def _too_many(self, call: Call, tried: tuple[Attempt, ...], promised: int, journal: Journal) -> Finding:
        sentence = _("{call} made {count} attempts of the same request; promised are at most {promised}")
        return failed(
            self.check,
            sentence.format(call=call.name, count=len(tried), promised=promised),
            layer=Layer.HTTP,
            evidence=attempt_lines(tried, journal),
            remedy=_("Stop after the promised number of attempts; check that two layers do not both retry."),
            calls=[call],
            exchanges=[a.exchange for a in tried if a.exchange],
        )

    def _too_late(self, call: Call, late: tuple[Attempt, ...], journal: Journal) -> Finding:
        sentence = _("{call} was {outcome}, but attempts went on after its outcome")
        return failed(
            self.check,
            sentence.format(call=call.name, outcome=call.outcome),
            layer=Layer.HTTP,
            evidence=attempt_lines(late, journal),
            remedy=_("Cancel the attempts of a call when its outcome stands."),
            calls=[call],
            exchanges=[a.exchange for a in late if a.exchange],
        )

    def _in_sum(self, whose: Attribution, well: Usual, promised: int, journal: Journal) -> Finding:
        """What cannot be given to one call is judged in sum: at most calls times attempts."""
        kinds: dict[object, list[Attempt]] = {}
        for attempt in whose.shared:
            kinds.setdefault((*attempt.key[:2], attempt.spare), []).append(attempt)
        for shared in kinds.values():
            first, last = shared[0].started, shared[-1].started
            around = [c for c in journal.calls if c.started <= last and (c.ended is None or c.ended >= first)]
            # The one repeat after a refused token, which each of them may make.
            repeats = min(len(around), sum(attempt.refused_credential for attempt in shared))
            tried = len(shared) - repeats - _replacements(shared)
            if tried > promised * sum(well.of_a_kind(call, shared[0]) for call in around):
                return self._too_many_in_sum(around, shared, promised, journal)
        return passed(self.check)

    def _too_many_in_sum(
        self, around: list[Call], shared: list[Attempt], promised: int, journal: Journal
    ) -> Finding:
        sentence = _("{calls} calls at once made {count} attempts; promised are at most {promised} each")
        return failed(
            self.check,
            sentence.format(calls=len(around), count=len(shared), promised=promised),
            layer=Layer.HTTP,
            evidence=attempt_lines(shared, journal),
            remedy=_("Stop after the promised number of attempts; check that two layers do not both retry."),
            calls=around,
        )


def _too_often(call: Call, chain: tuple[Attempt, ...], promised: int, well: Usual) -> tuple[Attempt, ...]:
    """The tries that are too many; a call that asks for seven lists when all is well has seven times as many."""
    tried = counted(chain)
    if len(tried) > promised * well.of_one_thing(call, chain[0]):
        return tried
    few = promised * well.of_one_address(call, chain[0])
    return next((alike for part in by_address(chain) if len(alike := counted(part)) > few), ())


def _replacements(shared: Sequence[Attempt]) -> int:
    """How many bare connections were opened at once in place of one that was given up.

    Node's client (undici) opens the next one when a request is aborted, whether or not there is one to send.
    """
    given_up: list[float] = []
    count = 0
    for attempt in shared:
        if attempt.exchange is not None or attempt.ended is None:
            continue
        left = next((end for end in given_up if 0 <= attempt.started - end <= REPLAY_WITHIN), None)
        if left is None:
            given_up.append(attempt.ended)
        else:
            given_up.remove(left)
            count += 1
    return count


def _afterwards(call: Call, whose: Attribution) -> Iterator[Attempt]:
    if call.ended is None or call.outcome not in {Outcome.REFUSED, Outcome.CRASHED, Outcome.HUNG}:
        return
    yield from (a for a in whose.of(call) if a.started > call.ended + AFTERWARDS)
