"""Faults as entries of the catalogue."""

from collections.abc import Iterator

from crm_contracts.catalogue.docstring import Docstring, translated
from crm_contracts.catalogue.entry import Entry
from crm_contracts.catalogue.settings import settings_of
from crm_contracts.documents import parse, validate
from crm_contracts.faults import FAULTS, AnyFault, Fault
from crm_contracts.model.fault import Place
from crm_contracts.model.language import _


def fault_entries() -> tuple[Entry, ...]:
    """Every fault that a scenario may name.

    >>> fault_entries()[0].name
    'latency'
    """
    return tuple(map(_entry, FAULTS))


def _entry(kind: type[AnyFault]) -> Entry:
    said = Docstring.of(kind)
    example: AnyFault = validate(parse(said.example.encode(), file="example"), Fault)  # type: ignore[arg-type]
    return Entry(
        kind="fault",
        name=example.fault,
        sentence=said.sentence,
        text=said.text,
        facts=tuple(_facts(example)),
        settings=settings_of(kind),
        example=said.example,
        source=said.source,
    )


def _facts(example: AnyFault) -> Iterator[tuple[str, str]]:
    yield _("acts on"), place_words(example.place)
    yield _("for example"), example.sentence()
    if traits := sorted(translated(trait.value) for trait in example.traits()):
        yield _("what the caller meets"), "; ".join(traits)


def place_words(place: Place) -> str:
    """Where a fault acts, in words."""
    return {
        Place.TOXIC: _("TCP: every byte that passes (Toxiproxy)"),
        Place.REPLY: _("HTTP: what the CRM answers"),
        Place.TOKEN: _("credentials: tokens and their life"),
        Place.ENDPOINT: _("names and certificates"),
    }[place]
