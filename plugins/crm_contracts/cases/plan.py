"""Which payload cases a consumer is asked: its calls, the operations that each does, and the two kinds."""

from collections.abc import Iterator
from dataclasses import dataclass

from crm_contracts.contracts import load_contract
from crm_contracts.model.consumer import CallSpec, Consumer
from crm_contracts.model.contract import Contract, Operation
from crm_contracts.model.language import _
from crm_contracts.model.run import Run
from crm_contracts.model.scenario import Scenario, Step
from crm_contracts.project import Planned, Project
from crm_contracts.project.payload_names import Kind, kinds_of, label_of, operations_of
from crm_contracts.scenarios import issue_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PayloadPlan:
    """The cases of one item: answers of `operation` to `call`. `label` names both where a call does several operations."""

    planned: Planned
    label: str
    call: str
    operation: Operation
    kind: Kind


def payload_plans(project: Project, consumer: Consumer) -> Iterator[PayloadPlan]:
    """The items of a consumer, call by call."""
    contract = load_contract(consumer.contract)
    baseline, file = project.baseline(consumer), project.layout.shown(consumer.file)
    for spec in consumer.calls.values():
        for operation in operations_of(spec, contract):
            label = label_of(spec, operation.id)
            for kind in kinds_of(operation):
                name = f"{label}::{kind}"
                run = _run(project, consumer, contract, spec, operation, kind)
                issue = issue_of(project.known_issues, name, consumer.name)
                planned = Planned(item=f"{file}::{name}", run=run, issue=issue, baseline=baseline)
                yield PayloadPlan(
                    planned=planned, label=label, call=spec.name, operation=operation, kind=kind
                )


def _run(  # noqa: PLR0917 - each is one part of the plan
    project: Project,
    consumer: Consumer,
    contract: Contract,
    spec: CallSpec,
    operation: Operation,
    kind: Kind,
) -> Run:
    titles = {
        "payloads": _("{operation} answers {call} with valid but surprising payloads"),
        "malformed": _("{operation} answers {call} with malformed payloads"),
    }
    scenario = Scenario(
        name=f"{label_of(spec, operation.id)}::{kind}",
        file=project.layout.shown(consumer.file),
        path=consumer.file,
        title=titles[kind].format(operation=operation.id, call=spec.name),
        during=(Step(call=spec.name),),
        position=spec.position,
    )
    return Run(scenario=scenario, consumer=consumer, contract=contract, seed=project.seed)
