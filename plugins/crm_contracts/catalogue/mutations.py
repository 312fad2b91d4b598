"""Mutations as entries of the catalogue."""

from collections.abc import Iterator

from crm_contracts.catalogue.docstring import Docstring
from crm_contracts.catalogue.entry import Entry
from crm_contracts.model.language import _
from crm_contracts.payloads.mutations import MUTATIONS, Layer, Mutation, Refusal


def mutation_entries() -> tuple[Entry, ...]:
    """Every way to break a payload that has a name.

    >>> mutation_entries()[0].name
    'trailing_comma'
    """
    return tuple(map(_entry, MUTATIONS))


def _entry(mutation: Mutation) -> Entry:
    said = Docstring.of(type(mutation))
    return Entry(
        kind="mutation",
        name=mutation.name,
        sentence=said.sentence,
        text=said.text,
        facts=tuple(_facts(mutation)),
        example=said.example,
        source=said.source,
    )


def _facts(mutation: Mutation) -> Iterator[tuple[str, str]]:
    yield _("breaks"), layer_words(mutation.layer)
    yield _("the answer comes"), mutation.sentence()
    yield _("the caller"), refusal_words(mutation.refusal, comparable=mutation.comparable)


def layer_words(layer: Layer) -> str:
    """What a mutation breaks, in words."""
    return {
        "framing": _("framing: where the body ends and how it is packed (RFC 9112)"),
        "syntax": _("syntax: what JSON is (RFC 8259)"),
        "schema": _("schema: what the contract says of the values"),
        "meaning": _("meaning: what a sound answer says"),
    }[layer]


def refusal_words(refusal: Refusal, *, comparable: bool) -> str:
    """What a caller has to do with it, in words."""
    if refusal == "must_refuse":
        return _("must refuse it: success is wrong whatever comes of it")
    if comparable:
        return _("may accept it: wrong is a crash, a hang, or a value that differs from the sound answer's")
    return _("may accept it: wrong is a crash or a hang")
