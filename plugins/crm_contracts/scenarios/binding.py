"""From a scenario and a consumer to a run: promises become seconds, and what the consumer lacks is left out."""

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TypeVar, cast

from crm_contracts.faults.base import Timed
from crm_contracts.model.consumer import Consumer
from crm_contracts.model.contract import Contract, Operation
from crm_contracts.model.fault import Altering, Fault, Reply, Selector, TokenRule
from crm_contracts.model.language import _
from crm_contracts.model.run import Run
from crm_contracts.model.scenario import Scenario, Step
from crm_contracts.model.span import Span

BASELINE = "baseline"
"""The name of the scenario in which nothing goes wrong."""

T = TypeVar("T")


def bind(scenario: Scenario, consumer: Consumer, contract: Contract, seed: int = 0) -> Run | str:
    """Return the run of a scenario on a consumer, or the reason why it does not fit.

    Durations that name a promise become seconds; steps whose calls the consumer lacks are left out. It does not fit where
    `consumers` leaves it out, where no call of `during` is left, or where a fault can strike nothing that it does.
    """
    if scenario.consumers and consumer.name not in scenario.consumers:
        return _("only for {names}").format(names=", ".join(scenario.consumers))
    promises = consumer.promises.spans()
    try:
        bound = replace(
            scenario,
            before=_steps(scenario.before, consumer, promises),
            during=_steps(scenario.during, consumer, promises),
            after=_steps(scenario.after, consumer, promises),
            faults=tuple(resolved(fault, promises) for fault in scenario.faults),
            expect=tuple(resolved(check, promises) for check in scenario.expect),
        )
    except ValueError as contradiction:
        # Two durations that fit each other as promises, and no more with this consumer's numbers.
        return str(contradiction)
    run = Run(scenario=bound, consumer=consumer, contract=contract, seed=seed)
    return _misfit(scenario, run) or run


def out_of_reach(fault: Fault, run: Run) -> str | None:
    """Why a fault of the endpoint cannot strike where the endpoint was given out by hand, with the next step; else None."""
    altered = fault.alters() if isinstance(fault, Altering) else None
    if altered is None or (altered.tls and run.https):
        return None
    if altered.nameless:
        return _("look-ups are not reached here; a scenario can do this")
    return _(
        "the lab speaks plain HTTP here; write `https: true` into the consumer's file, or @pytest.mark.crm(https=True)"
    )


def baseline_of(consumer: Consumer, contract: Contract, seed: int = 0) -> Run:
    """The first run of a consumer: nothing goes wrong, every call once, and each must be ok."""
    scenario = Scenario(
        name=BASELINE,
        file=_shown(consumer.file),
        path=consumer.file,
        title=_("Nothing goes wrong: every call once"),
        before=(Step(call="each"),),
        during=(),
        baseline=True,
    )
    return Run(scenario=scenario, consumer=consumer, contract=contract, seed=seed)


def resolved(value: T, promises: dict[str, float]) -> T:
    """The same step, fault or check with every duration that names a promise as seconds."""
    if not is_dataclass(value):
        return value
    spans = {field.name: getattr(value, field.name) for field in fields(value)}
    changed = {
        name: span.resolved(promises)
        for name, span in spans.items()
        if isinstance(span, Span) and span.promise
    }
    return cast("T", replace(cast("Any", value), **changed)) if changed else value


def _steps(steps: Iterable[Step], consumer: Consumer, promises: dict[str, float]) -> tuple[Step, ...]:
    kept = (step for step in steps if step.call is None or _has(consumer, step.call))
    return tuple(resolved(step, promises) for step in kept)


def _has(consumer: Consumer, call: str) -> bool:
    groups = {"each": consumer.calls, "reads": consumer.reads, "writes": consumer.writes}
    return call in consumer.calls or bool(groups.get(call))


def _promises_fewer(scenario: Scenario, consumer: Consumer) -> bool:
    """Whether it can be kept only by trying again, and the caller promises no such thing: a default is no promise."""
    promised = consumer.promises.attempts if "attempts" in consumer.promises.written else 1
    return scenario.attempts is not None and (promised or 1) < scenario.attempts


def _unpromised(scenario: Scenario, consumer: Consumer) -> list[str]:
    """What it asks for and the caller does not promise; a default is no promise, and `none` switches one off."""
    made = [name for name in consumer.promises.written if getattr(consumer.promises, name, None) is not None]
    return [name for name in scenario.promises if name not in made]


def _misfit(scenario: Scenario, run: Run) -> str | None:
    if lacking := _unpromised(scenario, run.consumer):
        return _("it does not promise {names}").format(names=", ".join(lacking))
    if _promises_fewer(scenario, run.consumer):
        return _("it does not promise {count} attempts").format(count=scenario.attempts)
    wanted = [step.call for step in scenario.during if step.call is not None]
    if wanted and not run.drives(run.scenario.during):
        return _("it has no call {names}").format(names=", ".join(dict.fromkeys(wanted)))
    every = (*run.scenario.before, *run.scenario.during, *run.scenario.after)
    if "advance" in run.consumer.cannot and any(step.advance for step in every):
        return _("its clock cannot be moved")
    return next(filter(None, (_misses(fault, run) for fault in run.scenario.faults)), None)


def _misses(fault: Fault, run: Run) -> str | None:
    """The reason why a fault can strike nothing in this run."""
    if isinstance(fault, Timed) and (reason := fault.fits(run.consumer, run.contract)):
        return reason
    if not isinstance(fault, Reply | TokenRule):
        return None
    selector = fault.selector()
    if any(_selected(selector, operation) for operation in _operations(run)) or _names_tokens(
        selector, run.contract
    ):
        return None
    what = ", ".join(selector.operations) or _("any {effect}").format(effect=selector.effect)
    return _("{fault} touches {what}, which it does not do here").format(fault=fault.fault, what=what)


def _operations(run: Run) -> Iterator[Operation | None]:
    """What the caller does while the faults are on; None for what the contract does not describe."""
    calls = run.drives(run.scenario.during) or tuple(run.consumer.calls.values())
    yield from (run.contract.operations.get(name) for call in calls for name in call.does)


def _selected(selector: Selector, operation: Operation | None) -> bool:
    if operation is None:
        return True
    if selector.effect is not None and operation.effect is not selector.effect:
        return False
    return not selector.operations or any(matches(pattern, operation) for pattern in selector.operations)


def _names_tokens(selector: Selector, contract: Contract) -> bool:
    """Whether a fault means the token endpoint, which no call names and every caller uses."""
    if not contract.auth.refreshable:
        return False
    path = contract.auth.token_path
    named = [operation for operation in contract.operations.values() if operation.path == path]
    return any(
        fnmatchcase(f"POST {path}", pattern) or any(matches(pattern, operation) for operation in named)
        for pattern in selector.operations
    )


def matches(pattern: str, operation: Operation) -> bool:
    """Whether a pattern of `operations` means this operation: its id, or `METHOD /path`, with `*`.

    >>> from crm_contracts.model.contract import Effect
    >>> matches(
    ...     "POST /contacts*",
    ...     Operation(id="addContact", method="POST", path="/contacts", effect=Effect.WRITE),
    ... )
    True
    """
    return fnmatchcase(operation.id, pattern) or fnmatchcase(f"{operation.method} {operation.path}", pattern)


def _shown(path: Path) -> str:
    try:
        return path.absolute().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()
