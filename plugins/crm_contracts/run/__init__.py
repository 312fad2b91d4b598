"""One run from its plan to its verdict: `execute` drives the phases and gathers the journal, `judge` concludes."""

from crm_contracts.run.execute import execute
from crm_contracts.run.judge import RunVerdict, judge

__all__ = ["RunVerdict", "execute", "judge"]
