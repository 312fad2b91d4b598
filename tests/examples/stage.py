"""The shipped files, and runs of them that go on side by side in one lab."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from crm_contracts.consumers import load_consumer
from crm_contracts.contracts import apply_variant, load_contract
from crm_contracts.host.client import LabClient
from crm_contracts.model.consumer import Consumer
from crm_contracts.model.contract import Contract
from crm_contracts.model.run import Run
from crm_contracts.model.scenario import Scenario
from crm_contracts.run.judge import RunVerdict, judge
from crm_contracts.scenarios import BASELINE, baseline_of, bind, load_scenario

ROOT = Path(__file__).parents[2]
LANES = 2
"""Runs that go on at once in each of four workers: more of them than a small machine bears would blur what is measured."""

Case = tuple[str, str]
"""A scenario and a consumer, by name."""


@cache
def scenarios() -> Mapping[str, Scenario]:
    """Every shipped scenario, by name."""
    files = sorted((ROOT / "scenarios").rglob("*.yaml"))
    loaded = [load_scenario(file, shown=file.relative_to(ROOT).as_posix()) for file in files]
    return {scenario.name: scenario for scenario in loaded}


@cache
def examples() -> Mapping[str, Consumer]:
    """The four example consumers, by name."""
    return _consumers("contracts/*/consumers/*.yaml")


@cache
def gallery() -> Mapping[str, Consumer]:
    """The callers of the gallery, by name."""
    return _consumers("examples/gallery/consumers/*.yaml")


@cache
def libraries() -> Mapping[str, Consumer]:
    """Callers with the default settings of libraries for tokens, by name."""
    return _consumers("tests/examples/libraries/consumers/*.yaml")


@cache
def languages() -> Mapping[str, Consumer]:
    """The callers that are no Python programs, by name."""
    return _consumers("examples/languages/consumers/*.yaml")


def _consumers(pattern: str) -> Mapping[str, Consumer]:
    loaded = [load_consumer(file, _contract) for file in sorted(ROOT.glob(pattern))]
    return {consumer.name: consumer for consumer in loaded}


def _contract(wanted: Path | str, folder: Path) -> Contract:
    assert not isinstance(wanted, Path), folder
    return load_contract(ROOT / "contracts" / wanted)


def run_of(scenario: str | Scenario, consumer: Consumer) -> Run | str:
    """The run of a shipped scenario, or of one of a test's own, on a consumer, or the reason why it does not fit."""
    contract = load_contract(consumer.contract)
    if scenario == BASELINE:
        return baseline_of(consumer, contract)
    chosen = scenarios()[scenario] if isinstance(scenario, str) else scenario
    if chosen.simulator.variant and not _has(consumer, chosen.simulator.variant):
        return "its contract has no such variant"
    if chosen.simulator.variant:
        contract = apply_variant(contract, chosen.simulator.variant)
    return bind(chosen, consumer, contract)


def _has(consumer: Consumer, variant: str) -> bool:
    return (consumer.contract / "variants" / f"{variant}.yaml").is_file()


def fitting(consumers: Mapping[str, Consumer]) -> list[Case]:
    """Every scenario on every consumer that it fits, and the baselines."""
    names = (BASELINE, *scenarios())
    return [(s, c) for c in consumers for s in names if not isinstance(run_of(s, consumers[c]), str)]


def failures(judged: Mapping[str, RunVerdict]) -> dict[str, set[str]]:
    """Which checks failed in each scenario; a run that was in doubt fails the test."""
    for one in judged.values():
        assert not one.unknown, told(one)
    return {name: {finding.check for finding in one.failed} for name, one in judged.items()}


def told(judged: RunVerdict) -> str:
    """What a failed test shows of a run."""
    findings = [f"{f.check}: {f.verdict}: {f.reason}\n{f.evidence}" for f in judged.findings if f.reason]
    calls = [
        f"{call.phase} {call.name} {call.outcome} {call.seconds} {call.result.failure and call.result.failure.message}"
        for call in judged.journal.calls
    ]
    return "\n".join(("", *findings, *calls, judged.journal.output[-2000:]))


@dataclass
class Stage:
    """A lab on which the runs that were announced go on in lanes; each is made once."""

    lab: LabClient
    lanes: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(LANES))
    under_way: dict[Case, "Future[RunVerdict]"] = field(default_factory=dict)
    groups: set[str] = field(default_factory=set)

    def announce(self, scenario: str | Scenario, consumer: Consumer) -> None:
        """Begin a run as soon as there is a lane for it."""
        case = _case(scenario, consumer)
        if case not in self.under_way:
            self.under_way[case] = self.lanes.submit(self._judged, scenario, consumer)

    def verdict(self, scenario: str | Scenario, consumer: Consumer) -> RunVerdict:
        """The verdict of a run, which is waited for."""
        self.announce(scenario, consumer)
        return self.under_way[_case(scenario, consumer)].result()

    def verdicts(self, asked: Sequence[str | Scenario], consumer: Consumer) -> dict[str, RunVerdict]:
        """The verdicts of some scenarios by name; their runs go on side by side."""
        for scenario in asked:
            self.announce(scenario, consumer)
        return {_case(one, consumer)[0]: self.verdict(one, consumer) for one in asked}

    def close(self) -> None:
        """End the lab; runs that nobody waits for are not begun any more."""
        self.lanes.shutdown(wait=False, cancel_futures=True)
        self.lab.close()
        self.lanes.shutdown()

    def _judged(self, scenario: str | Scenario, consumer: Consumer) -> RunVerdict:
        run = run_of(scenario, consumer)
        assert isinstance(run, Run), run
        return judge(run, self.lab.submit(run).result())


def _case(scenario: str | Scenario, consumer: Consumer) -> Case:
    return (scenario if isinstance(scenario, str) else scenario.name, consumer.name)
