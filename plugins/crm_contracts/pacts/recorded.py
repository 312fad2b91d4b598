"""Exchanges of a run as interactions of a pact: what the consumer asks, and what it was answered.

What differs from run to run (credentials, markers, times, random keys) gets the same value in every recording, so that a
pact changes only when its consumer, or the contract, does.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from crm_contracts.contracts.bodies import kind_of
from crm_contracts.contracts.router import query_of
from crm_contracts.model.contract import Contract, Operation, Record
from crm_contracts.model.exchange import Exchange
from crm_contracts.model.json import JSON, Schema
from crm_contracts.pacts.pact import State
from crm_contracts.pacts.wrong import schema_of

TOKEN: Final = "token"
"""Stands for every credential."""
_MARKER = re.compile(r"crmu-[0-9a-f]{12}")
_STEADY_MARKER: Final = "crmu-000000000000"
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:?\d\d)")
_STEADY_MOMENT: Final = "2026-01-01T00:00:00Z"
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_STEADY_UUID: Final = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One interaction before it is written: `schema`s are those of the two bodies, `credential` the header that has one."""

    description: str
    states: tuple[State, ...]
    operation: Operation
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    credential: str | None
    body: JSON
    asked_type: str
    asked_schema: Schema | None
    status: int
    answer: JSON
    answer_type: str
    answer_schema: Schema | None

    @property
    def key(self) -> str:
        """Equal for equal requests."""
        parts = [self.operation.method, self.path, self.query, sorted(self.headers.items()), self.body]
        return json.dumps(parts, ensure_ascii=False)


def recorded(contract: Contract, exchanges: Iterable[Exchange]) -> tuple[Recorded, ...]:
    """Return the interactions of a run: each request once, with its first answer that was none of trouble.

    Requests for tokens are left out, and so is what the contract does not know or whose bodies were too long to keep.
    """
    one_by_one = _Recording(contract)
    by_key: dict[str, Recorded] = {}
    for exchange in exchanges:
        found = one_by_one.of(exchange)
        if found is not None and (found.key not in by_key or by_key[found.key].status >= 400 > found.status):
            by_key[found.key] = found
    return tuple(_distinct(by_key.values()))


def _distinct(found: Iterable[Recorded]) -> Iterator[Recorded]:
    """A description is an interaction's name: none stands twice."""
    seen: dict[str, int] = {}
    for one in found:
        seen[one.description] = number = seen.get(one.description, 0) + 1
        yield one if number == 1 else replace(one, description=f"{one.description} #{number}")


class _Recording:
    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.named = [record for record in contract.records if record.name is not None]
        self.texts = frozenset(text for record in contract.records for text in _texts(dict(record.fields)))

    def of(self, exchange: Exchange) -> Recorded | None:
        """The interaction of an exchange, or None where it is not one that a pact could tell."""
        operation = self.contract.operations.get(exchange.operation or "")
        if exchange.purpose != "operation" or operation is None or exchange.status is None:
            return None
        if not (exchange.answered and exchange.complete and exchange.body.whole and exchange.answer.whole):
            return None
        path, _mark, query = exchange.target.partition("?")
        asked_type = exchange.headers.get("content-type", "")
        answer_type = exchange.answer_headers.get("content-type", "")
        body = self.steady(_value(exchange.body.kept, asked_type))
        response = operation.responses.get(str(exchange.status))
        return Recorded(
            description=f"{operation.id} answers {exchange.status}",
            states=tuple(self.states(exchange, query, body)),
            operation=operation,
            path=path,
            query=tuple(self.query(query)),
            headers=dict(self.headers(exchange, operation)),
            credential=self.credential(exchange, operation),
            body=body,
            asked_type=asked_type if exchange.body.length else "",
            asked_schema=schema_of(operation.body.media, asked_type) if operation.body else None,
            status=exchange.status,
            answer=self.steady(_value(exchange.answer.kept, answer_type)),
            answer_type=answer_type if exchange.answer.length else "",
            answer_schema=schema_of(response.media, answer_type) if response else None,
        )

    def query(self, text: str) -> Iterator[tuple[str, str]]:
        """The parameters, in the order of their names; a credential among them is not told."""
        auth = self.contract.auth
        for name, value in sorted(query_of(text)):
            secret = auth.where == "query" and name == auth.name
            yield name, TOKEN if secret else str(self.steady(value))

    def headers(self, exchange: Exchange, operation: Operation) -> Iterator[tuple[str, str]]:
        """The headers that the operation declares; others are the HTTP library's, or the credential."""
        for parameter in operation.parameters:
            value = exchange.headers.get(parameter.name.lower())
            if parameter.where == "header" and value is not None:
                yield parameter.name, str(self.steady(value))

    def credential(self, exchange: Exchange, operation: Operation) -> str | None:
        """The name of the header in which a credential was sent."""
        auth = self.contract.auth
        name = {"header": auth.name, "cookie": "Cookie"}.get(auth.where, "")
        return name if operation.secured and name and name.lower() in exchange.headers else None

    def states(self, exchange: Exchange, query: str, body: JSON) -> Iterator[State]:
        """The known records that the request names."""
        asked = {*exchange.path_params.values(), *(value for _name, value in query_of(query)), *_texts(body)}
        for record in self.named:
            key = self.key(record)
            if key is not None and str(key[1]) in asked:
                params: dict[str, JSON] = {"collection": record.collection, key[0]: key[1]}
                yield State(name=f"known record {record.name} {key[1]} exists", params=params)

    def key(self, record: Record) -> tuple[str, JSON] | None:
        """The key of a record: its name and its value."""
        collection = self.contract.collections.get(record.collection)
        name = collection.key if collection else "id"
        return (name, record.fields[name]) if name in record.fields else None

    def steady(self, value: JSON) -> JSON:
        """A value without what differs from run to run; what the contract's own records say stays."""
        if isinstance(value, dict):
            return {name: self.steady(part) for name, part in value.items()}
        if isinstance(value, list):
            return [self.steady(part) for part in value]
        if not isinstance(value, str) or value in self.texts:
            return value
        if _MOMENT.fullmatch(value):
            return _STEADY_MOMENT
        if _UUID.fullmatch(value):
            return _STEADY_UUID
        return _MARKER.sub(_STEADY_MARKER, value)


def _value(body: bytes, content_type: str) -> JSON:
    """A body as it is written into a pact: JSON as its value, anything else as text."""
    if not body:
        return None
    text = body.decode("utf-8", "replace")
    if kind_of(content_type or "application/json") != "json":
        return text
    try:
        value: JSON = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value


def _texts(value: JSON) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)
