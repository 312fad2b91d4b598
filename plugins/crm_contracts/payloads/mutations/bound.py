"""A mutation of values that knows the schema: of its places only those remain that really break it."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from crm_contracts.contracts.strict_json import StrictJsonError, strict_json
from crm_contracts.model.case import Served
from crm_contracts.model.exchange import Answer
from crm_contracts.model.json import JSON
from crm_contracts.payloads.mutations.mutation import (
    Edit,
    Layer,
    Mutation,
    Refusal,
    SchemaMutation,
    edits_of,
    with_body,
)

Broken = Callable[[JSON], Collection[str]]
"""The keywords of the schema that a value breaks; none: it is valid."""
_MOST_TRIED = 400


def bound(mutation: Mutation, broken: Broken) -> Mutation:
    """Return the mutation as it fits a schema; one that is not about the schema stays as it is.

    A field more (`extra_field`) is wanted where it breaks nothing, because that is what every caller must bear.

    >>> from crm_contracts.payloads.mutations import mutation_named
    >>> extra = bound(mutation_named("extra_field"), lambda value: ())
    >>> extra.name, extra.places(b"{}")
    ('extra_field', 2)
    """
    return Bound(mutation=mutation, broken=broken) if isinstance(mutation, SchemaMutation) else mutation


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A mutation with what tells whether a value breaks the schema."""

    mutation: SchemaMutation
    broken: Broken

    @property
    def name(self) -> str:
        """As without a schema."""
        return self.mutation.name

    @property
    def refusal(self) -> Refusal:
        """As without a schema."""
        return self.mutation.refusal

    @property
    def layer(self) -> Layer:
        """As without a schema."""
        return self.mutation.layer

    @property
    def comparable(self) -> bool:
        """As without a schema."""
        return self.mutation.comparable

    def sentence(self) -> str:
        """As without a schema."""
        return self.mutation.sentence()

    def places(self, body: bytes) -> int:
        """At how many places it does to the schema what it is for."""
        return len(_fitting(self, body))

    def apply(self, answer: Answer, place: int) -> Served:
        """The answer, broken at one of these places."""
        return with_body(answer, _fitting(self, answer.body)[place].on(answer.body))

    def fits(self, edit: Edit, body: bytes) -> bool:
        """Whether the body after an edit breaks one of the keywords; a field more: whether it breaks none."""
        try:
            found = self.broken(strict_json(edit.on(body)))
        except StrictJsonError:
            return False
        if not self.mutation.comparable and "additionalProperties" in self.mutation.keywords:
            return not found
        return not self.mutation.keywords.isdisjoint(found)


@lru_cache(maxsize=64)
def _fitting(mutation: Bound, body: bytes) -> Sequence[Edit]:
    edits = edits_of(mutation.mutation, body)
    # Of a large body a share is tried, from all over it.
    step = 1 + len(edits) // _MOST_TRIED
    return [edit for edit in edits[::step] if mutation.fits(edit, body)]
