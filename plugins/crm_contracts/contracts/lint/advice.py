"""What is worth a thought in a contract: nothing that is wrong, but that only its owner can answer."""

import re
from collections.abc import Iterator
from typing import Final

from crm_contracts.contracts.lint.findings import Linted
from crm_contracts.contracts.operations import Entry, entries_of
from crm_contracts.contracts.settings import combined, settings_of
from crm_contracts.model.contract import Action, Effect
from crm_contracts.model.language import _
from crm_contracts.model.problem import Position, Problem

_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_READING: Final = {"query", "search", "list", "read", "find", "lookup", "count", "filter"}


def effects(linted: Linted) -> Iterator[Problem]:
    """Ask about operations that write by default although their path says query, search, list or read."""
    plan = getattr(linted.contract.operations, "plan", None)
    for entry in entries_of(plan) if plan is not None else ():
        says = combined(settings_of(linted.says.operations), entry.id, entry.method, entry.path)
        operation = linted.contract.operations.get(entry.id)
        if operation is None or says.effect is not None or operation.effect is Effect.READ:
            continue
        said = [word.lower() for word in _WORD.findall(entry.path.rpartition("}")[2])]
        words = [word for word in said if word in _READING]
        if words and entry.method == "POST":
            yield _asked(linted, entry, words[0])


def batches(linted: Linted) -> Iterator[Problem]:
    """Ask by which field a batch finds its records."""
    for entry in (
        entries_of(linted.contract.operations.plan) if hasattr(linted.contract.operations, "plan") else ()
    ):
        operation = linted.contract.operations.get(entry.id)
        if operation is not None and operation.action is Action.BATCH_UPSERT and operation.upsert_by is None:
            message = _("{operation} does not say by which field it finds a record.").format(
                operation=operation
            )
            remedy = _("Write into contract.yaml: operations: {{{name}: {{upsert_by: email}}}}").format(
                name=_key(entry)
            )
            yield _at(linted, entry, message, remedy)


def _asked(linted: Linted, entry: Entry, word: str) -> Problem:
    message = _("{method} {path} counts as a write, and its path says {word!r}. Does it only read?").format(
        method=entry.method, path=entry.path, word=word
    )
    remedy = _(
        "Write into contract.yaml: operations: {{{name}: {{effect: read}}}}, or effect: write."
    ).format(name=_key(entry))
    return _at(linted, entry, message, remedy)


def _at(linted: Linted, entry: Entry, message: str, remedy: str) -> Problem:
    if entry.node is not None:
        return linted.problem(entry.node, message=message, key=True, remedy=remedy)
    found = next(linted.in_overlay("operations", entry.id, message=message, key=True, remedy=remedy), None)
    return found or Problem(
        position=Position(file=str(linted.sources.folder)), message=message, remedy=remedy
    )


def _key(entry: Entry) -> str:
    return entry.id if re.fullmatch(r"[\w.-]+", entry.id) else f'"{entry.method} {entry.path}"'


RULES = (effects, batches)
