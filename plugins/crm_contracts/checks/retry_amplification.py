"""How many requests a failing CRM gets for each call of a user, when many call at once."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from crm_contracts.checks.finding import failed, passed, shortened, unknown
from crm_contracts.model.attempts import Attempt, Attribution, attribute, counted
from crm_contracts.model.call import Call, Phase
from crm_contracts.model.fault import Trait
from crm_contracts.model.journal import Journal
from crm_contracts.model.language import _
from crm_contracts.model.load import under_load
from crm_contracts.model.promises import Promises
from crm_contracts.model.run import Run
from crm_contracts.model.usual import usual
from crm_contracts.model.verdict import Finding, Layer


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryAmplification:
    """While many calls fail at once, the CRM gets at most `max_amplification` times the requests that these calls need.

    What a call needs is what it asked for when all was well; retries of all calls are added up, also those that cannot be
    given to one call. A library's own replay, the one repeat after a refused token, token requests and what a queue
    delivers after its call's outcome are not counted. Nobody who keeps `attempts` is held to less unless
    `max_amplification` is written: then retries need a budget that all calls share.

    Example: `{check: retry_amplification}`.
    Source: N5; Google SRE book, handling overload; metastable failures (OSDI'22).
    """

    check: Literal["retry_amplification"] = "retry_amplification"

    def applies(self, run: Run) -> str | None:
        """Where many call while something goes wrong that a retry may be an answer to."""
        if run.consumer.promises.max_amplification is None:
            return _("no most number of requests for a call is promised")
        if not under_load(run):
            return _("fewer than ten callers at once: `attempts` says the same")
        if run.scenario.traits() <= {Trait.CREDENTIALS}:
            return _("a refused credential calls for no retries")
        if run.scenario.traits() <= {Trait.UNREACHABLE}:
            return _("no attempt is visible while no connection is accepted")
        return None

    def judge(self, run: Run, journal: Journal) -> Finding:
        """Fail where all attempts together are more than promised for all calls together."""
        calls = journal.calls_in(Phase.DURING)
        if not calls:
            return unknown(self.check, _("no call was made"))
        whose, most = attribute(journal), _most(run.consumer.promises)
        needs = _needs(calls, whose, journal)
        tried = tuple(_tried(calls, whose, journal))
        if len(tried) > most * needs:
            return self._failed(calls, tried, needs, most)
        said = _("{times:.2g} times the requests that these calls need")
        return passed(self.check, said.format(times=len(tried) / needs))

    def _failed(self, calls: Sequence[Call], tried: Sequence[Attempt], needs: int, most: float) -> Finding:
        sentence = _(
            "{calls} calls that need {needs} requests made {count} while the CRM was in trouble: {times:.2g} times as "
            "many; promised are at most {most:g} times"
        )
        return failed(
            self.check,
            sentence.format(
                calls=len(calls), needs=needs, count=len(tried), times=len(tried) / needs, most=most
            ),
            layer=Layer.HTTP,
            evidence=_by_operation(tried),
            remedy=_(
                "Give all calls of the program one budget of retries (one for every ten requests, say), or a breaker, and let "
                "one layer alone retry."
            ),
        )


def _most(promises: Promises) -> float:
    most = promises.max_amplification or 1.0
    return most if "max_amplification" in promises.written else max(most, promises.attempts or most)


def _needs(calls: Sequence[Call], whose: Attribution, journal: Journal) -> int:
    well = usual(journal, whose)
    return sum(max(1, len(call.does), well.total.get(call.name, 0)) for call in calls)


def _tried(calls: Sequence[Call], whose: Attribution, journal: Journal) -> Iterator[Attempt]:
    heal = float("inf") if journal.heal is None else journal.heal
    since = min(call.started for call in calls)
    own = (attempt for call in calls for chain in whose.chains(call) for attempt in counted(chain))
    shared = (a for a in whose.shared if a.started >= since and not a.refused_credential)
    yield from (attempt for attempt in (*own, *shared) if attempt.started < heal and not attempt.spare)


def _by_operation(tried: Sequence[Attempt]) -> str:
    times = Counter(attempt.key[:2] for attempt in tried)
    lines = [
        f"{count} x {' '.join(key) or _('a connection without a request')}" for key, count in times.items()
    ]
    return shortened(sorted(lines))
