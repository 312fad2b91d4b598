"""No write is done twice."""

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from crm_contracts.checks.finding import attempt_lines, failed, passed, unknown
from crm_contracts.model.attempts import attribute
from crm_contracts.model.call import Call
from crm_contracts.model.contract import Effect
from crm_contracts.model.journal import Journal
from crm_contracts.model.language import _
from crm_contracts.model.run import Run
from crm_contracts.model.verdict import Finding, Layer


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateWrites:
    """What one call wrote stands in the CRM's ledger at most once for each operation.

    Each call has values of its own, so a second entry with the same values is the same write done twice.

    Example: `{check: duplicate_writes}`.
    Source: N9.
    """

    check: Literal["duplicate_writes"] = "duplicate_writes"

    def applies(self, run: Run) -> str | None:
        """Where the run makes calls that write."""
        return None if run.writes else _("this caller writes nothing here")

    def judge(self, run: Run, journal: Journal) -> Finding:
        """Fail where the ledger has a write twice."""
        writes = [call for call in journal.calls if call.effect is Effect.WRITE]
        if not writes:
            return unknown(self.check, _("no write was made"))
        if _untraceable(journal):
            return unknown(
                self.check, _("the CRM got writes, but none carries the {unique} value of its call")
            )
        for call in writes:
            times = Counter(entry.operation for entry in journal.ledger_of(call))
            for operation, count in times.items():
                if count > _expected(call, operation):
                    return self._failed(call, operation, count, journal)
        return passed(self.check)

    def _failed(self, call: Call, operation: str, count: int, journal: Journal) -> Finding:
        attempts = attribute(journal).of(call)
        return failed(
            self.check,
            _("{call}: the CRM accepted the same {operation} {count} times").format(
                call=call.name, operation=operation, count=count
            ),
            layer=Layer.DATA,
            evidence=attempt_lines(attempts, journal),
            remedy=_(
                "Send one idempotency key per call with every attempt, or look whether the write arrived first."
            ),
            calls=[call],
            exchanges=[a.exchange for a in attempts if a.exchange],
        )


def _untraceable(journal: Journal) -> bool:
    """Whether writes with a body came without their markers; one without a body, a deletion, has no place for any."""
    bodies = {seen.id for seen in journal.exchanges if seen.body.length}
    return not any(e.markers for e in journal.ledger) and any(e.exchange in bodies for e in journal.ledger)


def _expected(call: Call, operation: str) -> int:
    return max(1, call.does.count(operation))
