"""The figures of each phase for the terminal: how many calls, how many served, and how long they took."""

from crm_contracts.model.journal import Journal
from crm_contracts.model.language import _
from crm_contracts.model.span import human
from crm_contracts.reports.columns import padded
from crm_contracts.reports.metrics import PhaseMetrics, metrics
from crm_contracts.reports.words import phase_name


def figures(journal: Journal) -> str:
    """One line for each phase in which calls were made."""
    return "\n".join(_line(phase) for phase in metrics(journal) if phase.calls)


def _line(phase: PhaseMetrics) -> str:
    times = ((name, time) for name, time in (("p50", phase.p50), ("p95", phase.p95), ("p99", phase.p99)))
    told = "  ".join(f"{name} {human(time):<7}" for name, time in times if time is not None)
    sentence = _("{phase}  {calls:>4} calls  {rate:>4.0%} served  {times}")
    return sentence.format(
        phase=padded(phase_name(phase.phase), 8),
        calls=phase.calls,
        rate=phase.success_rate or 0.0,
        times=told,
    ).rstrip()
