"""A fault on the command line: its name, and its keys of YAML as options (`status --code 503 --retry-after 3s`)."""

import json
import shlex
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast, get_args, get_origin

from pydantic import JsonValue

from crm_contracts.catalogue.docstring import Docstring
from crm_contracts.cli.refusal import Refused
from crm_contracts.documents import parse, validate
from crm_contracts.faults import FAULTS, AnyFault
from crm_contracts.faults import Fault as Union
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _
from crm_contracts.model.problem import Position, Problem, Problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One setting as it was typed, and the columns of its key and value in the line that is shown."""

    key: str
    value: JSON
    columns: tuple[int, int]


def fault_of(name: str, words: Sequence[str], *, before: str = "") -> AnyFault:
    """The fault that these words mean; `before` is what stands before its name on the command line.

    Raises Problems that show the line with a caret, or Refused where a word is no setting at all.

    >>> fault_of("status", ["--code", "503"]).sentence()
    'the CRM answers 503'
    """
    line = shlex.join([*before.split(), name, *words])
    first = len(before) + bool(before) + 1
    return fault_from(
        settings_of(name, words, before=before), line=line, first=first, words=_words(name, words, first)
    )


def settings_of(name: str, words: Sequence[str], *, before: str = "") -> dict[str, JSON]:
    """The same as a mapping, as it would stand in a scenario; nothing is checked yet but that each key has a value."""
    first = len(before) + bool(before) + 1
    found = _words(name, words, first)
    seen: set[str] = set()
    for word in found:
        if word.key in seen:
            raise Refused(_("--{key} stands here twice.").format(key=word.key.replace("_", "-")))
        seen.add(word.key)
    return {"fault": name, **{word.key: word.value for word in found}}


def fault_from(
    settings: dict[str, JSON], *, line: str = "", first: int = 1, words: Sequence[Word] = ()
) -> AnyFault:
    """The fault of a mapping; raises Problems, placed in the line that was typed."""
    text = (
        "{\n"
        + ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in settings.items())
        + "\n}"
    )
    try:
        return cast("AnyFault", validate(parse(text.encode(), file="fault", json=True), cast("Any", Union)))
    except Problems as found:
        # Line 1 is the bracket, line 2 the name, every setting has a line of its own.
        columns = ((first, first), (first, first), *(word.columns for word in words))
        placed = [_placed(problem, line, columns) for problem in found.problems]
        # What was meant comes first: a word with a typo leaves the right one missing, too.
        placed.sort(key=lambda one: one.suggestion is None)
        told = {one.suggestion for one in placed}
        name = str(settings["fault"])
        raise Problems(
            [replace(one, remedy=one.remedy or _example(name, one, told)) for one in placed]
        ) from None


def _placed(problem: Problem, line: str, columns: Sequence[tuple[int, int]]) -> Problem:
    place = min(problem.position.line, len(columns)) - 1
    is_value = problem.position.column > 1
    position = Position(file=_("command line"), line=1, column=columns[place][is_value])
    return replace(problem, position=position, source=line)


def _example(name: str, problem: Problem, told: Collection[str | None]) -> str:
    """For a setting that must be given, how it is given, from the fault's own example."""
    settings = {kind.__dataclass_fields__["fault"].default: kind for kind in FAULTS}
    example = (
        parse(Docstring.of(settings[name]).example.encode(), file="example").value if name in settings else {}
    )
    for key, value in example.items() if isinstance(example, dict) else ():
        if repr(key) in problem.message and key not in told and key != "fault" and problem.suggestion is None:
            words = (f"--{key.replace('_', '-')}", value if isinstance(value, str) else json.dumps(value))
            return _("For example: {example}").format(example=shlex.join((name, *words)))
    return ""


def _words(name: str, words: Sequence[str], first: int) -> list[Word]:
    return list(_read(name, list(words), first + len(shlex.quote(name)) + 1))


def _read(name: str, words: list[str], column: int) -> Iterator[Word]:
    while words:
        said = words.pop(0)
        key, equals, value = said.partition("=")
        if not key.startswith("--") or len(key) < 3:
            raise Refused(
                _("{word!r} is no setting; write settings of a fault as --key value.").format(word=said)
            )
        at = column
        if not equals:
            if not words or words[0].startswith("--"):
                raise Refused(_("{key} lacks its value: {key} VALUE").format(key=key))
            column += len(shlex.quote(said)) + 1
            value = said = words.pop(0)
        name_of = key[2:].replace("-", "_")
        yield Word(key=name_of, value=_value(name, name_of, value), columns=(at, column))
        column += len(shlex.quote(said)) + 1


def _value(fault: str, key: str, text: str) -> JSON:
    kind = _type_of(fault, key)
    if kind is str:
        return text
    try:
        # What may be anything is text, unless it is JSON: a page or a sentence may look like YAML.
        value = parse(text.encode(), file=key, json=kind is JsonValue).value
    except Problems:
        return text
    if get_origin(kind) is tuple and not isinstance(value, list):
        return [part.strip() for part in text.split(",")]
    return value


def _type_of(fault: str, key: str) -> object:
    """The type of a setting as its fault declares it, or None."""
    for kind in FAULTS:
        known = kind.__dataclass_fields__
        if known["fault"].default == fault and (field := known.get(key) or known.get(f"{key}_")):
            written: object = get_args(field.type)[0] if get_origin(field.type) is not None else field.type
            return field.type if get_origin(field.type) is tuple else written
    return None
