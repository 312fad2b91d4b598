"""Broken payloads: a valid answer, a mutation, and the place where it is applied, all drawn and shrunk by Hypothesis."""

from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import assume
from hypothesis import strategies as st

from crm_contracts.contracts.schemas import Schemas
from crm_contracts.model.case import Served
from crm_contracts.model.contract import Contract
from crm_contracts.model.exchange import Answer
from crm_contracts.model.json import JSON, Schema
from crm_contracts.payloads.mutations import Mutation


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutated:
    """One broken payload: the sound answer, what was done to it and where, and what is put on the wire."""

    mutation: str
    sound: Answer
    place: int
    served: Served


def strategy(mutation: Mutation, answers: st.SearchStrategy[Answer]) -> st.SearchStrategy[Mutated]:
    """Return a strategy of payloads that a mutation broke; answers that it does not fit are not drawn.

    >>> from crm_contracts.payloads.mutations import mutation_named
    >>> broken = strategy(mutation_named("empty"), st.just(Answer(status=200, body=b"{}")))
    >>> broken.is_empty
    False
    """

    @st.composite
    def drawn(draw: st.DrawFn) -> Mutated:
        sound = draw(answers)
        places = mutation.places(sound.body)
        assume(places > 0)
        place = draw(st.integers(0, places - 1))
        served = mutation.apply(sound, place)
        return Mutated(mutation=mutation.name, sound=sound, place=place, served=served)

    return drawn()


def broken_by(contract: Contract, schema: Schema) -> Callable[[JSON], frozenset[str]]:
    """Return what tells the keywords of a response's schema that a value breaks, for `mutations.bound`.

    >>> from pathlib import Path
    >>> broken = broken_by(Contract(name="a", folder=Path(".")), {"type": "object", "required": ["id"]})
    >>> broken({}), broken({"id": 1})
    (frozenset({'required'}), frozenset())
    """
    validator = Schemas(contract.documents).validator(schema, "response")
    return lambda value: frozenset(error.kind.name for error in validator.iter_errors(value))
