"""What a monitor would have shown in each phase: success rate, response times, error codes, token validity (N22)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from crm_contracts.model.call import Call, Phase
from crm_contracts.model.consumer import Outcome
from crm_contracts.model.exchange import Exchange
from crm_contracts.model.journal import Journal, PhaseWindow
from crm_contracts.model.percentile import percentile


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseMetrics:
    """One phase in figures; times are seconds, `p50`, `p95` and `p99` None where no call came back.

    `served` counts calls that were ok, degraded or queued; `statuses` counts what the CRM answered, `-` where it gave no
    answer; `refused_tokens` counts exchanges whose credential the CRM no longer took.
    """

    phase: Phase
    calls: int
    served: int
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None
    outcomes: Mapping[str, int] = field(default_factory=dict)
    statuses: Mapping[str, int] = field(default_factory=dict)
    refused_tokens: int = 0

    @property
    def success_rate(self) -> float | None:
        """The share of calls whose user was served, or None where there was no call."""
        return self.served / self.calls if self.calls else None


def metrics(journal: Journal) -> tuple[PhaseMetrics, ...]:
    """The figures of each phase that the run came to."""
    return tuple(_of(window, journal) for window in journal.phases)


def _of(window: PhaseWindow, journal: Journal) -> PhaseMetrics:
    calls, exchanges = journal.calls_in(window.phase), journal.exchanges_in(window.phase)
    times = [call.seconds for call in calls if call.seconds is not None]
    return PhaseMetrics(
        phase=window.phase,
        calls=len(calls),
        served=sum(call.outcome.accepted for call in calls),
        p50=percentile(times, 0.5),
        p95=percentile(times, 0.95),
        p99=percentile(times, 0.99),
        outcomes=_outcomes(calls),
        statuses=dict(sorted(Counter(map(_status, exchanges)).items())),
        refused_tokens=sum(_is_refused(exchange) for exchange in exchanges),
    )


def _outcomes(calls: Sequence[Call]) -> Mapping[str, int]:
    counted = Counter(call.outcome for call in calls)
    return {outcome.value: counted[outcome] for outcome in Outcome if counted[outcome]}


def _status(exchange: Exchange) -> str:
    return "-" if exchange.status is None else str(exchange.status)


def _is_refused(exchange: Exchange) -> bool:
    return exchange.credential is not None and exchange.credential.state in {"expired", "revoked", "unknown"}
