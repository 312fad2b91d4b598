"""What is going to be run: runs with the ids of their items, and pairs that do not fit."""

from dataclasses import dataclass

from crm_contracts.model.consumer import Consumer, PythonDriver
from crm_contracts.model.run import Run
from crm_contracts.model.scenario import Scenario
from crm_contracts.scenarios import KnownIssue


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A run with the id of its item, what is known of it, and the baseline that it stands on (None: it is one)."""

    item: str
    run: Run
    issue: KnownIssue | None = None
    baseline: "Planned | None" = None

    @property
    def is_baseline(self) -> bool:
        """Whether nothing goes wrong in it."""
        return self.baseline is None

    @property
    def lives_here(self) -> bool:
        """Whether the caller lives in the runner's process, which answers the lab only while it waits for one run."""
        driver = self.run.consumer.driver
        return isinstance(driver, PythonDriver) and driver.in_process


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfit:
    """A scenario that does not fit a consumer, and why."""

    scenario: Scenario
    consumer: Consumer
    reason: str
