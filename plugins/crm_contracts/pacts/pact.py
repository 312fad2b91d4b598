"""A pact: what one consumer asks of a provider, and what it expects to be answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from crm_contracts.documents import Document, Place
from crm_contracts.model.exchange import Answer, Request
from crm_contracts.model.json import JSON
from crm_contracts.pacts.rules import Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What must be so at the provider before an interaction: its name and its parameters."""

    name: str
    params: Mapping[str, JSON] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """One request and the answer that is expected; both are None for a message.

    `place` is where it stands in its file, `asks` and `expects` where the values of the two bodies do. `rules` and
    `asked_rules` are the matchers of the two bodies. A `pending` one may fail without harm (Pact V4).
    """

    description: str
    place: Place
    states: tuple[State, ...] = ()
    request: Request | None = None
    answer: Answer | None = None
    asks: Place = ()
    expects: Place = ()
    rules: Rules = field(default_factory=Rules)
    asked_rules: Rules = field(default_factory=Rules)
    pending: bool = False


@dataclass(frozen=True, kw_only=True)
class Pact:
    """A pact file that could be read."""

    consumer: str
    provider: str
    version: str
    interactions: tuple[Interaction, ...]
    document: Document = field(repr=False, compare=False)

    def titles(self) -> tuple[str, ...]:
        """The name of each interaction: its description; of a repeated one also its state, else its number.

        Two interactions of a pact may have the same description in different states.
        """
        told: list[str] = []
        for interaction in self.interactions:
            state = ", ".join(state.name for state in interaction.states)
            named = interaction.description
            if named in told and state:
                named = f"{named} ({state})"
            base, number = named, 2
            while named in told:
                named, number = f"{base} #{number}", number + 1
            told.append(named)
        return tuple(told)
