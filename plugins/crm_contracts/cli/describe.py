"""`crm-contracts describe`: a fault, a check, a mutation or a scenario, from the code's own words; or all of them as reference pages."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from crm_contracts.model.language import _

if TYPE_CHECKING:
    from crm_contracts.catalogue import Entry, Setting
    from crm_contracts.model.scenario import Scenario
    from crm_contracts.project import Project

KINDS = ("check", "fault", "mutation", "scenario")
COLUMNS = 80


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be asked."""
    parser.add_argument(
        "what", nargs="*", metavar="KIND NAME", help=_("check | fault | mutation | scenario, and its name")
    )
    parser.add_argument(
        "--all", action="store_true", help=_("every fault, check, mutation and shipped scenario")
    )
    parser.add_argument(
        "--markdown", action="store_true", help=_("with --all: write the reference pages of the docs")
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("docs/reference"),
        metavar="DIR",
        help=_("where the pages lie (default: docs/reference)"),
    )
    parser.add_argument(
        "--check", action="store_true", help=_("write nothing; exit 1 where a page is not current")
    )


def run(options: argparse.Namespace) -> int:
    """Print one entry, or write the pages; exit 4 for a word that means nothing."""
    from crm_contracts.cli.refusal import Refused

    if options.all and options.markdown and not options.what:
        from crm_contracts.cli.pages import check, write

        return (check if options.check else write)(options.out)
    if options.all or options.markdown or options.check:
        raise Refused(
            _("--all, --markdown and --check go together: {example}").format(example=_pages_command())
        )
    kind, name = _asked(options.what)
    print("\n".join(_lines(_entry(kind, name))))
    if kind == "scenario":
        print("\n".join(_in_project(name)))
    return 0


def _asked(words: list[str]) -> tuple[str, str]:
    """Kind and name; a name alone is looked for in every kind."""
    from crm_contracts.cli import program
    from crm_contracts.cli.refusal import Refused, unknown

    if len(words) == 1 and words[0] not in KINDS:
        return _kind_of(words[0]), words[0]
    if len(words) != 2:
        sentence = _("Say what to describe: {example}")
        raise Refused(sentence.format(example=program("describe", "check", "token_refresh")))
    if words[0] not in KINDS:
        raise unknown(_("{name!r} cannot be described.").format(name=words[0]), words[0], KINDS)
    return words[0], words[1]


def _kind_of(name: str) -> str:
    from crm_contracts.catalogue import check_entries, fault_entries, mutation_entries
    from crm_contracts.cli.refusal import Refused, unknown

    # A few names are those of a fault and of a mutation: alone they mean the fault.
    entries = (*mutation_entries(), *check_entries(), *fault_entries())
    kinds = {entry.name: entry.kind for entry in entries}
    if name in kinds:
        return kinds[name]
    try:
        _scenario(name)
    except Refused:
        sentence = _("There is no check, fault, mutation or scenario {name!r}.")
        raise unknown(sentence.format(name=name), name, kinds, remedy=_lists()) from None
    return "scenario"


def _lists() -> str:
    from crm_contracts.cli import program

    commands = (program("list", f"{kind}s") for kind in KINDS)
    return _("All of them: {command}").format(command=", ".join(commands))


def _entry(kind: str, name: str) -> "Entry":
    from crm_contracts.catalogue import check_entries, fault_entries, mutation_entries, scenario_entry
    from crm_contracts.cli.refusal import unknown

    if kind == "scenario":
        return scenario_entry(_scenario(name)[1])
    listed = {"fault": fault_entries, "check": check_entries, "mutation": mutation_entries}
    entries = {entry.name: entry for entry in listed[kind]()}
    if name not in entries:
        sentences = {
            "fault": _("There is no fault {name!r}."),
            "check": _("There is no check {name!r}."),
            "mutation": _("There is no mutation {name!r}."),
        }
        raise unknown(sentences[kind].format(name=name), name, entries)
    return entries[name]


def _scenario(name: str) -> "tuple[Project, Scenario]":
    from crm_contracts.cli.shelf import Shelf
    from crm_contracts.project import Project
    from crm_contracts.project.layout import layout_here

    project = Project(layout=layout_here(Path.cwd()))
    return project, Shelf.of(project).find(name)


def _lines(entry: "Entry") -> Iterator[str]:
    from crm_contracts.reports.columns import wrapped

    yield f"{entry.kind} {entry.name}"
    yield ""
    for paragraph in (entry.sentence, *entry.text):
        yield from wrapped(paragraph, COLUMNS)
        yield ""
    yield from _facts(entry.facts)
    for label, settings in ((_("settings"), entry.own), (_("settings that such faults share"), entry.shared)):
        if settings:
            yield from (f"{label}:", *(line for one in settings for line in _setting(one)), "")
    if entry.example:
        yield from (f"{_('example')}:", f"  {entry.example}", "")
    if entry.remedies:
        yield f"{_('what usually mends it')}:"
        for remedy in entry.remedies:
            first, *others = wrapped(remedy, COLUMNS, indent="    ")
            yield from (f"  - {first[4:]}", *others)
        yield ""
    if entry.source:
        yield _("source: {source}").format(source=entry.source)


def _facts(facts: tuple[tuple[str, str], ...]) -> Iterator[str]:
    from crm_contracts.cli.rows import rows

    if facts:
        yield from rows(((f"{label}:", text) for label, text in facts), columns=COLUMNS)
        yield ""


def _setting(setting: "Setting") -> Iterator[str]:
    from crm_contracts.reports.columns import wrapped

    default = (
        _("must be written")
        if setting.default is None
        else _("default: {value}").format(value=setting.default)
    )
    yield from wrapped(f"{setting.name}: {setting.kind}; {default}", COLUMNS, indent="  ")
    if setting.meaning:
        yield from wrapped(setting.meaning, COLUMNS, indent="      ")


def _in_project(name: str) -> Iterator[str]:
    """Whom a scenario asks here, what is judged, and how it is run."""
    from crm_contracts.run.judge import applicable

    project, scenario = _scenario(name)
    runs = project.runs(scenario)
    facts = [(_("asks"), ", ".join(planned.run.consumer.name for planned in runs) or _("nobody here"))]
    facts += [(_("not"), f"{one.consumer.name}: {one.reason}") for one in project.unfit(scenario)]
    checks = dict.fromkeys(check.check for planned in runs for check in applicable(planned.run)[0])
    facts += [(_("judged by"), ", ".join(checks))] if checks else []
    yield from _facts(tuple(facts))
    if runs and project.layout.source_of(scenario.path):
        yield from (_("run it:"), f"  {_replay(project, scenario.file)}")


def _replay(project: "Project", file: str) -> str:
    from crm_contracts.reports.replay import Replay, pytest_program

    here = Path.cwd()
    return Replay(root=project.layout.root, here=here, program=pytest_program(here)).command(file)


def _pages_command() -> str:
    from crm_contracts.cli import program

    return program("describe", "--all", "--markdown")
