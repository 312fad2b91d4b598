"""From a scenario's file to a `Scenario`."""

from collections.abc import Iterator
from pathlib import Path

from crm_contracts.documents import Document, read, validate
from crm_contracts.model.call import Phase
from crm_contracts.model.language import _
from crm_contracts.model.problem import Position, Problem, Problems
from crm_contracts.model.scenario import Scenario, SimulatorChoice, Step
from crm_contracts.scenarios.form import ScenarioForm, StepForm

PHASES = ("before", "during", "after")
_PLACES = ("scenario", "title", "consumers", "expect", *PHASES, "faults")


def load_scenario(path: Path, *, shown: str) -> Scenario:
    """Read a scenario; `shown` is its file as item ids and messages show it.

    Raises Problems with everything that is wrong in it.
    """
    document = read(path, shown=shown)
    own = list(_name_problems(document, path))
    try:
        form = validate(document, ScenarioForm)
    except Problems as found:
        raise Problems(_in_order((*found.problems, *own))) from None
    own += _doubled_checks(document, form)
    if own:
        raise Problems(_in_order(own))
    return _scenario(form, document, path)


def _in_order(problems: tuple[Problem, ...] | list[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: (problem.position.line, problem.position.column))


def _name_problems(document: Document, path: Path) -> Iterator[Problem]:
    name = document.get(("scenario",))
    if isinstance(name, str) and name != path.stem:
        sentence = _("The scenario is called {name!r}, but its file {stem!r}.")
        message = sentence.format(name=name, stem=path.stem)
        yield document.problem(("scenario",), message, remedy=_("Give both the same name."))


def _doubled_checks(document: Document, form: ScenarioForm) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, check in enumerate(form.expect):
        if check.check in seen:
            message = _("The check {name!r} stands here a second time.").format(name=check.check)
            yield document.problem(("expect", index), message)
        seen.add(check.check)


def _scenario(form: ScenarioForm, document: Document, path: Path) -> Scenario:
    once = _once_each(form.during)
    return Scenario(
        name=form.scenario,
        file=document.file,
        path=path,
        title=form.title,
        why=form.why,
        source=form.source,
        tags=form.tags,
        consumers=form.consumers,
        attempts=form.attempts,
        promises=form.promises,
        simulator=_simulator(form),
        starts=Phase(form.starts),
        before=_before(form),
        during=_steps(form.during),
        after=once if form.after is None else _steps(form.after),
        faults=form.faults,
        expect=form.expect,
        skip=form.skip,
        xfail=form.xfail,
        position=document.position(("scenario",), key=True),
        positions=dict(_positions(document)),
    )


def _once_each(during: tuple[StepForm, ...]) -> tuple[Step, ...]:
    return tuple(Step(call=call) for call in dict.fromkeys(step.call for step in during) if call is not None)


def _before(form: ScenarioForm) -> tuple[Step, ...]:
    if form.before is not None:
        return _steps(form.before)
    return () if form.starts == "during" else _once_each(form.during)


def _simulator(form: ScenarioForm) -> SimulatorChoice:
    if form.simulator is None:
        return SimulatorChoice()
    return SimulatorChoice(strictness=form.simulator.strictness, variant=form.simulator.variant)


def _steps(written: tuple[StepForm, ...]) -> tuple[Step, ...]:
    return tuple(_step(step) for step in written)


def _step(written: StepForm) -> Step:
    return Step(
        call=written.call,
        wait=written.wait,
        advance=written.advance,
        times=written.times or 1,
        every=written.every,
        concurrency=written.concurrency or 1,
        rate=written.rate,
        for_=written.for_,
        until=written.until,
    )


def _positions(document: Document) -> Iterator[tuple[str, Position]]:
    """Where each part stands, by `faults`, `faults.0`, `during.1`..."""
    for name in _PLACES:
        part = document.get((name,))
        if part is None:
            continue
        yield name, document.position((name,), key=True)
        for index in range(len(part) if isinstance(part, list) else 0):
            yield f"{name}.{index}", document.position((name, index))
