"""Examples and defaults of a document that its own schemas refuse."""

from collections.abc import Iterator

from crm_contracts.contracts.lint.findings import Linted, direction_of, node_at
from crm_contracts.contracts.lint.schemas import parts_of
from crm_contracts.contracts.node import Node
from crm_contracts.contracts.schemas import Direction
from crm_contracts.contracts.structure import schemas_of
from crm_contracts.contracts.violations import json_pointer, sentence
from crm_contracts.documents import Place
from crm_contracts.model.json import JSON, Schema
from crm_contracts.model.language import _
from crm_contracts.model.problem import Problem


def of_objects(linted: Linted) -> Iterator[Problem]:
    """Tell which examples of media types, parameters and headers are not valid."""
    for kind in ("Media Type", "Parameter", "Header"):
        for place, node in linted.nodes(kind):
            schema = node.schema()
            if schema is not None:
                for where, value in _examples(node):
                    yield from _refused(linted, where, value, schema, (direction_of(place),))


def of_schemas(linted: Linted) -> Iterator[Problem]:
    """Tell which examples and defaults in schemas are not valid there."""
    for name, document, _node in linted.roots:
        for root in schemas_of(document.value):
            for place, schema in parts_of(root, document.get(root)):
                node = node_at(linted.contract.documents, name, place)
                for where, value in _own(schema):
                    # What only an answer has may be missing in an example, and so may what only a request has.
                    found = list(
                        _refused(
                            linted, _below(node, where), value, _reference(node), ("response", "request")
                        )
                    )
                    yield from found


def _examples(node: Node) -> Iterator[tuple[Node, JSON]]:
    if node.mapping.get("example") is not None:
        yield _below(node, ("example",)), node.mapping["example"]
    for _name, example in node.at("examples").members():
        if example.mapping.get("value") is not None:
            yield _below(example, ("value",)), example.mapping["value"]


def _own(schema: dict[str, JSON]) -> Iterator[tuple[Place, JSON]]:
    for word in ("example", "default"):
        # `null` is what generators write where there is no example.
        if schema.get(word) is not None:
            yield (word,), schema[word]
    examples = schema.get("examples")
    for index, value in enumerate(examples if isinstance(examples, list) else ()):
        if value is not None:
            yield ("examples", index), value


def _refused(
    linted: Linted, node: Node, value: JSON, schema: Schema, directions: tuple[Direction, ...]
) -> Iterator[Problem]:
    validators = [linted.schemas.validator(schema, direction) for direction in directions]
    if any(validator.is_valid(value) for validator in validators):
        return
    for error in validators[0].iter_errors(value):
        pointer = json_pointer(error.instance_path)
        message = _("The value is not what its schema says: {fault}").format(fault=sentence(error))
        message = f"{message} ({pointer})" if pointer else message
        yield linted.problem(node, *error.instance_path, message=message)


def _below(node: Node, place: Place) -> Node:
    way = "".join(f"/{step}" for step in place)
    return Node(node.documents, None, node.reference + way)


def _reference(node: Node) -> Schema:
    return {"$ref": node.reference}


RULES = (of_objects, of_schemas)
