"""The files of one contract as the linter sees them, and from a reference to a place in a file."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from crm_contracts.contracts.node import Node, root
from crm_contracts.contracts.overlay import ContractFile
from crm_contracts.contracts.references import steps
from crm_contracts.contracts.schemas import Direction, Schemas
from crm_contracts.contracts.sources import Sources
from crm_contracts.contracts.structure import found_at, places_of
from crm_contracts.documents import Document, Place
from crm_contracts.model.contract import Contract
from crm_contracts.model.json import JSON
from crm_contracts.model.problem import Problem


@dataclass(frozen=True, kw_only=True)
class Linted:
    """One contract that could be loaded, with its files and what contract.yaml says."""

    sources: Sources
    says: ContractFile
    contract: Contract
    schemas: Schemas = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "schemas", Schemas(self.contract.documents))

    @property
    def roots(self) -> Iterator[tuple[str, Document, Node]]:
        """The OpenAPI documents: address, file, and all of it."""
        for name in self.sources.roots:
            yield name, self.sources.files[name], root(self.contract.documents, name)

    def nodes(self, kind: str) -> Iterator[tuple[Place, Node]]:
        """Every object of a kind in the documents with its place."""
        for name, document, _node in self.roots:
            for place in places_of(document.value, kind):
                yield place, node_at(self.contract.documents, name, place)

    def problem(self, node: Node, *place: str | int, **said: object) -> Problem:
        """A problem at a node of the documents, or below it."""
        document = self.sources.files[node.document]
        return document.problem((*place_of(document.value, node.reference), *place), **said)  # type: ignore[arg-type]

    @cached_property
    def overlay(self) -> Document | None:
        """contract.yaml, if there is one."""
        return self.sources.overlay

    def in_overlay(self, *place: str | int, **said: object) -> Iterator[Problem]:
        """A problem of contract.yaml; none where there is no such file."""
        if self.overlay is not None:
            yield self.overlay.problem(place, **said)  # type: ignore[arg-type]


Rule = Callable[[Linted], Iterator[Problem]]
"""One thing that the linter looks for."""


def node_at(documents: Mapping[str, JSON], name: str, place: Place) -> Node:
    """Return the node at a place of a document, without following references."""
    whole = root(documents, name)
    way = "".join(f"/{_escaped(str(step))}" for step in place)
    return Node(documents, found_at(documents[name], place), whole.reference + way)


def place_of(value: JSON, reference: str) -> Place:
    """Return the way into a document that the pointer of a reference goes, with numbers for items of lists.

    >>> place_of({"a": [{"b": 1}]}, "x.yaml#/a/0/b")
    ('a', 0, 'b')
    """
    place: list[str | int] = []
    for step in steps(reference):
        if isinstance(value, list):
            place.append(int(step))
            value = value[int(step)]
        else:
            place.append(step)
            value = value.get(step) if isinstance(value, dict) else None
    return tuple(place)


def direction_of(place: Place) -> Direction:
    """Whether what stands at a place of an OpenAPI document travels in a request or in an answer."""
    asked = {"requestBody", "requestBodies", "parameters"} & set(map(str, place))
    return "request" if asked else "response"


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1").replace("%", "%25").replace("#", "%23")
