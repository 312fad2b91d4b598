"""One run as reports tell it: all that a reader needs, and nothing that does not fit into JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from crm_contracts.model.call import Phase
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _
from crm_contracts.model.verdict import Finding, NotRun, Verdict
from crm_contracts.project.conductor import Judged
from crm_contracts.project.expectation import Expected
from crm_contracts.reports.metrics import PhaseMetrics, metrics
from crm_contracts.scenarios import BASELINE

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_Fields = dict[str, JSON]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """What one check found, in words; an empty `layer` and `side` belong to a check that did not fail."""

    check: str
    verdict: str
    layer: str | None
    side: str | None
    reason: str
    evidence: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultReport:
    """One fault of a run: its sentence, and whether it fired."""

    fault: str
    fired: bool
    sentence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """One run for reports; `word` is what a matrix shows of it."""

    item: str
    contract: str
    consumer: str
    scenario: str
    title: str
    verdict: str
    expected: Expected
    seconds: float
    checks: tuple[CheckReport, ...]
    not_run: tuple[NotRun, ...]
    assumed: tuple[str, ...]
    faults: tuple[FaultReport, ...]
    replay: str
    contact: str = ""
    source: str = ""
    metrics: tuple[PhaseMetrics, ...] = ()

    @classmethod
    def of(cls, judged: Judged, replay: str) -> "RunReport":
        """The report of one judged run."""
        verdict = judged.verdict
        run, journal = verdict.run, verdict.journal
        return cls(
            item=judged.planned.item,
            contract=run.contract.name,
            consumer=run.consumer.name,
            scenario=run.scenario.name,
            title=run.scenario.title,
            verdict=verdict.verdict.value,
            expected=judged.expected,
            seconds=round(journal.rest - journal.started, 3),
            checks=tuple(map(_check, verdict.findings)),
            not_run=verdict.not_run,
            assumed=verdict.assumed,
            faults=tuple(
                FaultReport(fault=w.fault, fired=w.fired, sentence=w.sentence) for w in journal.faults
            ),
            replay=replay,
            contact=run.consumer.contact or "",
            source=run.scenario.source,
            metrics=metrics(journal),
        )

    @property
    def row(self) -> str:
        """Its row in a table of scenarios; the consumers' baselines share one."""
        file, _separator, name = self.item.partition("::")
        if name == BASELINE:
            return _("(baseline)")
        # A payload item names its call before its kind; its file is its consumer's.
        return name if "::" in name else row_of(file)

    @property
    def word(self) -> str:
        """One word for the run: passed, failed, unknown, or xfailed where it failed as known."""
        if self.verdict == Verdict.FAILED and self.expected.as_expected:
            return "xfailed"
        if self.verdict == Verdict.PASSED and not self.expected.as_expected:
            return "xpassed"
        return self.verdict

    def public(self) -> _Fields:
        """The run as `verdicts.json` has it (schema 1); `expected` is true where the verdict is as it should be."""
        return {
            "contract": self.contract,
            "consumer": self.consumer,
            "scenario": self.scenario,
            "title": self.title,
            "verdict": self.verdict,
            "expected": self.expected.as_expected,
            "seconds": self.seconds,
            "checks": [_fields(check) for check in self.checks],
            "not_run": [_fields(not_run) for not_run in self.not_run],
            "assumed": list(self.assumed),
            "faults": [{"fault": fault.fault, "fired": fault.fired} for fault in self.faults],
            "replay": self.replay,
            "metrics": [_figures(phase) for phase in self.metrics],
        }

    def packed(self) -> _Fields:
        """All of it as JSON, so that it can cross from one process to another."""
        return {
            **self.public(),
            "item": self.item,
            "expected": _fields(self.expected),
            "faults": [_fields(fault) for fault in self.faults],
            "contact": self.contact,
            "source": self.source,
        }

    @classmethod
    def unpacked(cls, packed: Mapping[str, JSON]) -> "RunReport":
        """The run that was packed."""
        parts = {
            "expected": Expected(**_known(packed["expected"])),
            "checks": tuple(CheckReport(**_known(check)) for check in _list(packed["checks"])),
            "not_run": tuple(NotRun(**_known(not_run)) for not_run in _list(packed["not_run"])),
            "assumed": tuple(map(str, _list(packed["assumed"]))),
            "faults": tuple(FaultReport(**_known(fault)) for fault in _list(packed["faults"])),
            "metrics": tuple(_phase(phase) for phase in _list(packed["metrics"])),
        }
        return cls(**{**packed, **parts})  # type: ignore[arg-type]  # what `packed` wrote


def row_of(file: str) -> str:
    """What a table calls the scenario of a file: without what is the same for all of them.

    >>> row_of("scenarios/auth/token-expired.yaml"), row_of("builtin/http/unavailable.yaml")
    ('auth/token-expired', 'builtin/http/unavailable')
    """
    return file.removeprefix("scenarios/").removesuffix(".yaml").removesuffix(".yml")


def _check(finding: Finding) -> CheckReport:
    return CheckReport(
        check=finding.check,
        verdict=finding.verdict.value,
        layer=finding.layer.value if finding.layer else None,
        side=finding.side.value if finding.side else None,
        reason=finding.reason,
        evidence=finding.evidence,
        remedy=finding.remedy,
    )


def _phase(packed: JSON) -> PhaseMetrics:
    known = _known(packed)
    kept = {name: value for name, value in known.items() if name != "success_rate"}
    return PhaseMetrics(**{**kept, "phase": Phase(known["phase"])})


def _figures(phase: PhaseMetrics) -> _Fields:
    return {**_fields(phase), "success_rate": phase.success_rate}


def _fields(value: "DataclassInstance") -> _Fields:
    found = {field.name: getattr(value, field.name) for field in fields(value)}
    return {name: list(part) if isinstance(part, tuple) else part for name, part in found.items()}


def _list(value: JSON) -> list[JSON]:
    assert isinstance(value, list)
    return value


def _known(value: JSON) -> dict[str, Any]:
    """The fields of a value as `_fields` wrote them."""
    assert isinstance(value, dict)
    return {name: tuple(part) if isinstance(part, list) else part for name, part in value.items()}
