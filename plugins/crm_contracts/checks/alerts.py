"""Somebody is told of an outage before its customers call."""

from dataclasses import dataclass
from typing import Literal

from crm_contracts.checks.finding import call_line, failed, layer_of, passed, shortened, unknown
from crm_contracts.model.call import Phase
from crm_contracts.model.consumer import HttpDriver
from crm_contracts.model.fault import Trait
from crm_contracts.model.journal import Journal
from crm_contracts.model.language import _
from crm_contracts.model.outage import Outage, outage
from crm_contracts.model.promises import Alerts as Promise
from crm_contracts.model.rounds import most_rounds
from crm_contracts.model.run import Run
from crm_contracts.model.span import human
from crm_contracts.model.verdict import Finding, NotRun

SLACK = 0.5
"""Seconds that scheduling, and our own looking every 100 ms, may add."""

_OTHERS = frozenset({Trait.PERMANENT, Trait.LIMITED, Trait.MALFORMED})
"""What a caller may hold for the request's own fault, or for no failure at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsCheck:
    """After the promised number of failures in a row an alert is seen within the promised time.

    A failure is a call that did not come out as it does when all is well, also where kept data hid it from its user. Each kind
    of call is counted by itself; where a breaker is promised, its open time is granted for each failure. Any alert since
    the first failure counts. It is seen at `alert_url` (`seen_in: webhook`), in what the program prints (`log`), or in a
    number that grows (`metric`). So does a static credential that is refused alert somebody; that it is tried once is
    `token_refresh`'s. Tolerance: 0.5 s.

    Example: `{check: alerts}`.
    Source: N23; incident A.
    """

    check: Literal["alerts"] = "alerts"

    def applies(self, run: Run) -> str | None:
        """Where alerts are promised, and calls of a kind fail often enough because the CRM, its network or a credential does."""
        promise, traits = run.consumer.promises.alerts, run.scenario.traits()
        if promise is None:
            return _("no alert is promised")
        if not traits or traits & _OTHERS:
            return _("nothing goes wrong here of which somebody must be told")
        if Trait.CREDENTIALS in traits and not run.stays_refused:
            return _("a new credential mends this")
        driver = run.consumer.driver
        if promise.seen_in == "log" and isinstance(driver, HttpDriver) and driver.attach:
            return _("what a program prints that runs already cannot be seen")
        if most_rounds(run) < promise.after:
            return _("fewer than {count} calls of a kind are made").format(count=promise.after)
        return None

    def judge(self, run: Run, journal: Journal) -> Finding | NotRun:
        """Fail where the time was over and nobody had been told."""
        promise = run.consumer.promises.alerts or Promise()
        if not journal.calls_in(Phase.DURING):
            return unknown(self.check, _("no call was made"))
        found = outage(journal.calls, run.consumer.promises)
        if found is None:
            reason = _("fewer than {count} calls failed in a row").format(count=promise.after)
            return NotRun(check=self.check, reason=reason)
        told = [alert.at for alert in journal.alerts if alert.at >= found.since]
        if told and min(told) <= found.by + SLACK:
            return passed(
                self.check, _("told {span} after the first failure").format(span=_span(found, told))
            )
        if journal.alerts_unseen:
            return unknown(self.check, journal.alerts_unseen)
        if not told and journal.rest < found.by:
            return unknown(self.check, _("we did not watch for as long as the alert may take"))
        return self._failed(run, journal, found, promise, told)

    def _failed(
        self, run: Run, journal: Journal, found: Outage, promise: Promise, told: list[float]
    ) -> Finding:
        sentence = _(
            "{call} failed {count} times in a row, and the alert came {when}; promised is one within {within} ({place})"
        )
        last = found.calls[-1]
        return failed(
            self.check,
            sentence.format(
                call=last.name,
                count=len(found.calls),
                when=_("{span} after the first failure").format(span=_span(found, told))
                if told
                else _("never"),
                within=human(promise.within),
                place=_place(promise),
            ),
            layer=layer_of(run.scenario.traits()),
            evidence=shortened([call_line(call, journal) for call in found.calls]),
            remedy=_(
                "Count failures where the CRM is called, also those that kept data hides, and tell a person after a few in a row."
            ),
            calls=found.calls,
        )


def _span(found: Outage, told: list[float]) -> str:
    return human(max(0.001, min(told) - found.since))


def _place(promise: Promise) -> str:
    if promise.seen_in == "webhook":
        return _("at alert_url")
    kind = _("in its output") if promise.seen_in == "log" else _("in the metric")
    return f"{kind}: {promise.pattern}"
