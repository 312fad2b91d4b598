"""Checks as entries of the catalogue."""

from collections.abc import Iterator

from crm_contracts.catalogue.docstring import Docstring
from crm_contracts.catalogue.entry import Entry
from crm_contracts.catalogue.remedies import remedies_in
from crm_contracts.catalogue.settings import settings_of
from crm_contracts.checks import DEFAULTS
from crm_contracts.model.check import Check
from crm_contracts.model.language import _


def check_entries() -> tuple[Entry, ...]:
    """Every check, in the order in which findings are told.

    >>> "outcomes" in {entry.name for entry in check_entries()}
    True
    """
    return tuple(map(_entry, DEFAULTS))


def _entry(check: Check) -> Entry:
    kind = type(check)
    said = Docstring.of(kind)
    return Entry(
        kind="check",
        name=check.check,
        sentence=said.sentence,
        text=said.text,
        facts=tuple(_facts(kind)),
        settings=settings_of(kind),
        example=said.example,
        source=said.source,
        remedies=remedies_in(kind.__module__),
    )


def _facts(kind: type[Check]) -> Iterator[tuple[str, str]]:
    yield _("applies"), Docstring.of(kind.applies).sentence
    yield _("judges"), Docstring.of(kind.judge).sentence
