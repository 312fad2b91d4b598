"""What a check is: a pure function over the journal of one run."""

from typing import Protocol, runtime_checkable

from crm_contracts.model.journal import Journal
from crm_contracts.model.run import Run
from crm_contracts.model.verdict import Finding, NotRun


@runtime_checkable
class Check(Protocol):
    """One question about a run, with its settings as they stand in a scenario's `expect`.

    A check never opens a socket, reads a clock or changes anything, so that a verdict can be reached again from a
    journal that was kept.
    """

    @property
    def check(self) -> str:
        """Its name in YAML."""

    def applies(self, run: Run) -> str | None:
        """Return None where it applies, else the reason why it cannot, from declarations alone."""

    def judge(self, run: Run, journal: Journal) -> Finding | NotRun:
        """Return what it found: passed, failed, or unknown with the reason.

        `NotRun` where nothing happened that it could look at, though it might have: no answer was degraded, say.
        """
