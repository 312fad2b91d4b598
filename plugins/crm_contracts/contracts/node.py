"""A place in a contract's documents: what stands there, and the absolute reference to it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from crm_contracts.contracts.references import NOTHING, Nothing, absolute, address, lookup, remote
from crm_contracts.model.json import JSON, Schema

_LONGEST_CHAIN: Final = 50


@dataclass(frozen=True, slots=True)
class Node:
    """A place in the documents; steps into it follow every `$ref` on the way.

    >>> documents = {"a.yaml": {"x": {"$ref": "#/y"}, "y": {"z": [7]}}}
    >>> root(documents, "a.yaml").at("x").at("z").reference
    'a.yaml#/y/z'
    """

    documents: Mapping[str, JSON]
    value: JSON | Nothing
    reference: str

    def at(self, step: str) -> "Node":
        """What stands below a key, after the references there."""
        value = self.value.get(step, NOTHING) if isinstance(self.value, dict) else NOTHING
        return Node(self.documents, value, f"{self.reference}/{_escaped(step)}").resolved()

    def resolved(self) -> "Node":
        """The place that this one refers to, else itself; nowhere after a circle."""
        node = self
        for _step in range(_LONGEST_CHAIN):
            reference = node.value.get("$ref") if isinstance(node.value, dict) else None
            if not isinstance(reference, str) or remote(reference):
                return node
            target = absolute(reference, address(node.reference))
            node = Node(self.documents, lookup(self.documents, target), target)
        return Node(self.documents, NOTHING, node.reference)

    def members(self) -> Iterator[tuple[str, "Node"]]:
        """Each key of a mapping with what stands there; extensions (`x-...`) are left out."""
        for key in self.mapping:
            if not key.startswith("x-"):
                yield key, self.at(key)

    def items(self) -> Iterator["Node"]:
        """The items of a list."""
        for index, value in enumerate(self.value if isinstance(self.value, list) else []):
            yield Node(self.documents, value, f"{self.reference}/{index}").resolved()

    @property
    def mapping(self) -> Mapping[str, JSON]:
        """The mapping that stands here; empty where something else does."""
        return self.value if isinstance(self.value, dict) else {}

    def text(self, key: str, default: str = "") -> str:
        """The text below a key."""
        value = self.mapping.get(key)
        return value if isinstance(value, str) else default

    def flag(self, key: str, *, default: bool = False) -> bool:
        """The truth value below a key."""
        value = self.mapping.get(key)
        return value if isinstance(value, bool) else default

    def schema(self, key: str = "schema") -> Schema | None:
        """A reference to the schema below a key, to be resolved when it is needed."""
        if key not in self.mapping:
            return None
        return {"$ref": f"{self.reference}/{_escaped(key)}"}

    @property
    def document(self) -> str:
        """The address of the document in which this stands."""
        return address(self.reference)


def root(documents: Mapping[str, JSON], name: str) -> Node:
    """Return the whole of a document."""
    return Node(documents, documents.get(name, NOTHING), f"{name}#")


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1").replace("%", "%25").replace("#", "%23")
