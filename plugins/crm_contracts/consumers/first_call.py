"""The simplest call of a contract: the operation that needs the least to be asked, and what it is given."""

import keyword
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from crm_contracts.contracts import example_of
from crm_contracts.model.contract import Action, Contract, Effect, Operation, Record
from crm_contracts.model.json import JSON, Schema
from crm_contracts.model.language import _

ANY_ID = "1001"
_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """One argument of a call: its name in Python, the parameter or field that it fills, and its value in the file."""

    name: str
    wire: str
    where: str
    value: JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstCall:
    """An operation with a method's name and arguments; each value is one that the simulator takes."""

    operation: Operation
    arguments: tuple[Argument, ...] = field(default=())

    @property
    def name(self) -> str:
        """The method's name."""
        return snake(self.operation.id)

    @property
    def made_up(self) -> bool:
        """Whether a value is no record's: the CRM takes it, and knows nothing by it."""
        return any(not str(one.value).startswith("{known.") for one in self.arguments)

    def of(self, where: str) -> tuple[Argument, ...]:
        """The arguments that travel at a place: path, query or body."""
        return tuple(one for one in self.arguments if one.where == where)

    def path(self) -> str:
        """The path with each placeholder named as its argument."""
        names = {one.wire: one.name for one in self.of("path")}
        return _PLACEHOLDER.sub(lambda found: f"{{{names.get(found[1], found[1])}}}", self.operation.path)


def first_call(contract: Contract) -> FirstCall:
    """The simplest call: a read before a write, GET before others, few arguments before many.

    Raises ValueError for a contract without an operation that can be asked.
    """
    ordered = sorted(contract.operations.values(), key=_rank)
    found = next((call for call in (_call(contract, one) for one in ordered) if call is not None), None)
    if found is None:
        sentence = _("the contract {name!r} has no operation that could be called")
        raise ValueError(sentence.format(name=contract.name))
    return found


def snake(name: str) -> str:
    """A name as Python writes it.

    >>> snake("getOrder"), snake("GET /crm/orders"), snake("class")
    ('get_order', 'get_crm_orders', 'class_')
    """
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", re.sub(r"\W+", "_", name)).strip("_").lower()
    words = f"call_{words}" if not words or words[0].isdigit() else words
    return f"{words}_" if keyword.iskeyword(words) else words


def _rank(operation: Operation) -> tuple[bool, bool, bool, int]:
    one_record = operation.action is Action.GET
    required = sum(one.required for one in operation.parameters)
    return (operation.effect is Effect.WRITE, operation.method != "GET", not one_record, required)


def _call(contract: Contract, operation: Operation) -> FirstCall | None:
    if operation.base_path is not None or any(
        one.required and one.where in {"header", "cookie"} for one in operation.parameters
    ):
        return None
    arguments = [*_parameters(contract, operation), *_fields(contract, operation)]
    if any(one.value is None for one in arguments) or not set(_PLACEHOLDER.findall(operation.path)) <= {
        one.wire for one in arguments
    }:
        return None
    if operation.effect is Effect.WRITE and not _marked(arguments):
        return None
    return FirstCall(operation=operation, arguments=tuple(arguments))


def _parameters(contract: Contract, operation: Operation) -> Iterator[Argument]:
    declared = {one.name: one.schema for one in operation.parameters if one.where == "path"}
    for name in _PLACEHOLDER.findall(operation.path):
        value = _known(contract, operation) or _id(contract, declared.get(name, {}))
        yield Argument(name=snake(name), wire=name, where="path", value=value)
    for one in operation.parameters:
        if one.where == "query" and one.required:
            yield Argument(
                name=snake(one.name), wire=one.name, where="query", value=_example(contract, one.schema)
            )


def _fields(contract: Contract, operation: Operation) -> Iterator[Argument]:
    """The required fields of a JSON body; a write's first text gets the value by which it is found again."""
    schema = _body(operation)
    if schema is None:
        return
    whole = example_of(contract, schema, 1, direction="request")
    if not isinstance(whole, dict):
        return
    wanted = schema.get("required")
    names = [name for name in whole if name in wanted] if isinstance(wanted, list) else list(whole)
    marked = False
    for name in names:
        value = whole[name]
        if name == _key(contract, operation) and operation.action is Action.GET:
            value = _known(contract, operation) or value
        if operation.effect is Effect.WRITE and isinstance(value, str) and not marked:
            value, marked = f"{value} {{unique}}", True
        yield Argument(name=snake(name), wire=name, where="body", value=value)


def _body(operation: Operation) -> Schema | None:
    media = operation.body.media if operation.body is not None else {}
    return next((one.schema for kind, one in media.items() if "json" in kind), None)


def _marked(arguments: list[Argument]) -> bool:
    return any("{unique}" in str(one.value) for one in arguments)


def _known(contract: Contract, operation: Operation) -> str | None:
    """The id of a named record of the collection, as a consumer's file writes it."""
    record = _record(contract.records, operation)
    key = _key(contract, operation)
    return None if record is None or key not in record.fields else f"{{known.{record.name}.{key}}}"


def _record(records: tuple[Record, ...], operation: Operation) -> Record | None:
    collection = operation.collection
    return next((one for one in records if one.name and one.collection == collection), None)


def _key(contract: Contract, operation: Operation) -> str:
    collection = contract.collections.get(operation.collection or "")
    return collection.key if collection is not None else "id"


def _id(contract: Contract, schema: Mapping[str, object]) -> JSON:
    """A value that the schema takes; where it takes any text, one that looks like an id."""
    value = _example(contract, schema)
    return ANY_ID if value == "example" else value


def _example(contract: Contract, schema: Mapping[str, object]) -> JSON:
    return example_of(contract, dict(schema), 1, direction="request")  # type: ignore[arg-type]  # a schema is JSON
