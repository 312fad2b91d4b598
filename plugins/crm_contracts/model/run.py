"""A run: one scenario on one consumer, with its contract and seed."""

from collections.abc import Iterable
from dataclasses import dataclass

from crm_contracts.model.consumer import CallSpec, Consumer, HttpDriver
from crm_contracts.model.contract import Contract, Effect
from crm_contracts.model.fault import Alterations, Altering, Trait
from crm_contracts.model.scenario import Scenario, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One scenario on one consumer; durations that name a promise are already resolved."""

    scenario: Scenario
    consumer: Consumer
    contract: Contract
    seed: int = 0

    @property
    def id(self) -> str:
        """The item id: `scenarios/auth/token-lifetime-cut.yaml::order-sync`."""
        return f"{self.scenario.file}::{self.consumer.name}"

    def calls_of(self, step: Step) -> tuple[CallSpec, ...]:
        """The consumer's calls that a step names; none for a wait, or where the consumer lacks them."""
        consumer = self.consumer
        groups = {"each": tuple(consumer.calls.values()), "reads": consumer.reads, "writes": consumer.writes}
        if step.call is None:
            return ()
        found = consumer.calls.get(step.call)
        return groups.get(step.call, (found,) if found else ())

    def drives(self, steps: Iterable[Step] | None = None) -> tuple[CallSpec, ...]:
        """The distinct calls that these steps (default: all phases') make, in order."""
        scenario = self.scenario
        chosen = (*scenario.before, *scenario.during, *scenario.after) if steps is None else steps
        found = {call.name: call for step in chosen for call in self.calls_of(step)}
        return tuple(found.values())

    @property
    def stays_refused(self) -> bool:
        """Whether a credential is refused that only a person can replace: a static token, a key, a password."""
        return not self.contract.auth.refreshable and Trait.CREDENTIALS in self.scenario.traits()

    @property
    def writes(self) -> tuple[CallSpec, ...]:
        """The writes that this run drives."""
        return tuple(call for call in self.drives() if call.effect is Effect.WRITE)

    @property
    def https(self) -> bool:
        """Whether the lab speaks HTTPS: the consumer asks for it, has hosts wired in, or a fault is one of TLS."""
        return (
            self.consumer.https
            or bool(self.consumer.intercept)
            or any(altered.tls for altered in self._alterations)
        )

    @property
    def spared(self) -> bool:
        """Whether the caller is given a spare address: it promises `failover_within`, and is told its addresses by us."""
        driver = self.consumer.driver
        told = not (isinstance(driver, HttpDriver) and driver.attach)
        return told and self.consumer.promises.failover_within is not None

    @property
    def named(self) -> bool:
        """Whether the caller is given a host name instead of an address in numbers: a fault is one of names."""
        return any(altered.nameless for altered in self._alterations)

    @property
    def _alterations(self) -> tuple[Alterations, ...]:
        return tuple(fault.alters() for fault in self.scenario.faults if isinstance(fault, Altering))
