"""What a type allows at each place of a document, read from its JSON Schema.

pydantic puts the tags of unions into the place of an error, and Toxiproxy's `latency` toxic has an attribute `latency`:
only the schema tells a tag from a key.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from crm_contracts.model.json import JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The alternatives that a type allows at one place; `root` holds the definitions that they refer to."""

    root: dict[str, Any]
    nodes: tuple[dict[str, Any], ...]

    @classmethod
    def of(cls, adapter: Any) -> "Shape":
        """The shape of a whole type; one without a JSON Schema allows nothing that could be listed."""
        from pydantic.errors import PydanticInvalidForJsonSchema

        try:
            schema = adapter.json_schema()
        except PydanticInvalidForJsonSchema:
            schema = {}
        return cls(root=schema, nodes=(schema,))

    def tag(self, value: JSON) -> str | None:
        """The tag by which a value chose one member of a union here."""
        for node in self._resolved(self.nodes):
            if name := node.get("discriminator", {}).get("propertyName"):
                found = value.get(name) if isinstance(value, dict) else None
                return found if isinstance(found, str) else None
        return None

    def child(self, value: JSON, step: str | int) -> "Shape":
        """What is allowed one step further down."""
        found = (part for node in self._members(value) for part in _parts(node, step))
        return Shape(root=self.root, nodes=tuple(found))

    def keys(self, value: JSON) -> tuple[str, ...]:
        """The keys that a mapping may have here."""
        return tuple(
            dict.fromkeys(key for node in self._members(value) for key in node.get("properties", {}))
        )

    def words(self, value: JSON) -> tuple[str, ...]:
        """The values that are allowed here, where they can be listed."""
        return tuple(dict.fromkeys(word for node in self._members(value) for word in _words(node)))

    def _members(self, value: JSON) -> Iterator[dict[str, Any]]:
        for node in self._resolved(self.nodes):
            yield from self._alternatives(node, value)

    def _alternatives(self, node: dict[str, Any], value: JSON) -> Iterator[dict[str, Any]]:
        discriminator = node.get("discriminator", {})
        if isinstance(value, dict) and discriminator:
            chosen = discriminator["mapping"].get(value.get(discriminator["propertyName"]))
            yield from self._resolved(({"$ref": chosen},) if chosen else ())
            return
        members = (*node.get("anyOf", ()), *node.get("oneOf", ()), *node.get("allOf", ()))
        yield node
        for member in self._resolved(members):
            yield from self._alternatives(member, value)

    def _resolved(self, nodes: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for node in nodes:
            reference = node.get("$ref")
            yield self.root.get("$defs", {}).get(reference.rsplit("/", 1)[-1], {}) if reference else node


def _parts(node: dict[str, Any], step: str | int) -> Iterator[dict[str, Any]]:
    if isinstance(step, int):
        yield from node.get("prefixItems", ())[step : step + 1]
        candidates = (node.get("items"),)
    else:
        candidates = (node.get("properties", {}).get(step) or node.get("additionalProperties"),)
    yield from (part for part in candidates if isinstance(part, dict))


def _words(node: dict[str, Any]) -> Iterator[str]:
    yield from (word for word in node.get("enum", ()) if isinstance(word, str))
    if isinstance(node.get("const"), str):
        yield node["const"]
