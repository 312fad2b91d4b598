"""Valid but surprising payloads: everything that the contract allows and few callers have ever seen.

Strategies are compiled once a schema. Whatever is drawn is held against the schema before it is handed out.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from hypothesis import reject
from hypothesis import strategies as st

from crm_contracts.contracts.examples import made
from crm_contracts.contracts.responses import ResponseChecks
from crm_contracts.contracts.schemas import Direction, Schemas, compiled
from crm_contracts.model.contract import Contract, Media, Operation, Response
from crm_contracts.model.exchange import Answer
from crm_contracts.model.json import JSON, Schema
from crm_contracts.model.wire import bodiless
from crm_contracts.payloads.header_values import headers_of
from crm_contracts.payloads.makers import Makers
from crm_contracts.payloads.making import SIZES, Making, StuckError
from crm_contracts.payloads.statuses import concrete, weighted

_TRIES: Final = 4
_EXAMPLES: Final = 30
_SIZES: Final = st.sampled_from(SIZES)
_STYLES: Final[st.SearchStrategy[Mapping[str, object]]] = st.sampled_from(
    (
        {"ensure_ascii": False, "separators": (",", ":")},
        {"ensure_ascii": True},
        {"ensure_ascii": False, "indent": 2},
    )
)


def values(contract: Contract, schema: Schema, *, direction: Direction) -> st.SearchStrategy[JSON]:
    """Return a strategy of values that a schema of the contract takes, surprising ones among them.

    In a response write-only properties are left out, in a request read-only ones.

    >>> from pathlib import Path
    >>> contract = Contract(name="a", folder=Path("."))
    >>> values(contract, {"enum": ["OPEN", "WON"]}, direction="response").is_empty
    False
    """
    return _Held.of(contract).values(schema, direction)


def responses(contract: Contract, operation: Operation) -> st.SearchStrategy[Answer]:
    """Return a strategy of answers that an operation documents: any declared status (successes more often), body, headers.

    An operation that documents no answer gives a success with an empty result.
    """
    return _Held.of(contract).responses(contract, operation)


class _Held:
    """The strategies of one contract's documents, each compiled once."""

    def __init__(self, documents: Mapping[str, JSON]) -> None:
        self.documents = documents
        self.schemas = Schemas(documents)
        self._values: dict[tuple[str, Direction], st.SearchStrategy[JSON]] = {}

    @staticmethod
    def of(contract: Contract) -> "_Held":
        """The strategies of a contract; equal documents are the same ones."""
        return _held(_Documents(contract.documents))

    def values(self, schema: Schema, direction: Direction) -> st.SearchStrategy[JSON]:
        """The strategy of one schema."""
        key = (json.dumps(schema, sort_keys=True, default=str), direction)
        if key not in self._values:
            self._values[key] = drawn(self.schemas, schema, direction)
        return self._values[key]

    def responses(self, contract: Contract, operation: Operation) -> st.SearchStrategy[Answer]:
        """The strategy of one operation."""
        if not operation.responses:
            return st.just(Answer(status=200, body=json.dumps(_empty(contract.result)).encode()))
        checks = ResponseChecks(operation, self.schemas)
        kinds = [self.response(told, operation) for told in operation.responses.values()]
        by_status = weighted(operation.responses, kinds)
        return st.one_of(by_status).filter(lambda answer: not checks(answer))

    def response(self, told: Response, operation: Operation) -> st.SearchStrategy[Answer]:
        """The strategy of one documented answer."""
        bodies = self.bodies(told, operation)
        statuses = st.sampled_from(concrete(told.status, operation.responses))
        headers = headers_of(told, lambda schema: self.values(schema, "response"))
        return st.builds(_answer, statuses, bodies, headers)

    def bodies(self, told: Response, operation: Operation) -> st.SearchStrategy[tuple[str, bytes]]:
        """Content types and bodies; JSON where it is offered at all."""
        media = [one for one in told.media.values() if is_json(one.media_type)] or [*told.media.values()]
        if not media or operation.method == "HEAD":
            return st.just(("", b""))
        return st.one_of([self.body(one) for one in media])

    def body(self, media: Media) -> st.SearchStrategy[tuple[str, bytes]]:
        """Bodies of one media type."""
        if not is_json(media.media_type):
            return st.sampled_from([(media.media_type, text) for text in _texts(media)])
        schema = {} if media.schema is None else media.schema
        name = media.media_type if "*" not in media.media_type else "application/json"
        names = st.sampled_from((name, f"{name}; charset=utf-8") if ";" not in name else (name,))
        return st.builds(
            lambda name, value, style: (name, _encoded(value, style)),
            names,
            self.values(schema, "response"),
            _STYLES,
        )


def drawn(schemas: Schemas, schema: Schema, direction: Direction) -> st.SearchStrategy[JSON]:
    """Compile one schema: ours first, then the maker of examples, then Schemathesis."""
    whole = schemas.whole(schema, direction)
    validator = compiled(whole)
    definitions = whole.get("$defs")
    makers = Makers(definitions if isinstance(definitions, dict) else {}, direction)
    root = makers.of({key: value for key, value in whole.items() if key != "$defs"})

    @st.composite
    def value_of(draw: st.DrawFn) -> JSON:
        most = draw(_SIZES)
        for _attempt in range(_TRIES):
            try:
                value = root(Making(draw, most))
            except StuckError:
                continue
            if validator.is_valid(value):
                return value
        value = made(schemas, schema, draw(st.integers(0, _EXAMPLES)), direction)
        return value if validator.is_valid(value) else _last_resort(draw, whole, validator.is_valid)

    return value_of()


def _last_resort(draw: st.DrawFn, whole: Mapping[str, JSON], fits: object) -> JSON:
    from crm_contracts.payloads.fallback import generated

    strategy = generated(whole)
    if strategy.is_empty:
        reject()
    value = draw(strategy)
    if not callable(fits) or not fits(value):
        reject()
    return value


class _Documents:
    """Documents as a key: equal if they are the same ones."""

    def __init__(self, documents: Mapping[str, JSON]) -> None:
        self.documents = documents

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Documents) and other.documents is self.documents

    def __hash__(self) -> int:
        return id(self.documents)


@lru_cache(maxsize=16)
def _held(documents: _Documents) -> _Held:
    return _Held(documents.documents)


def is_json(media_type: str) -> bool:
    """Whether a media type is JSON's, or may be.

    >>> is_json("application/problem+json; charset=utf-8"), is_json("*/*"), is_json("text/csv")
    (True, True, False)
    """
    base = media_type.partition(";")[0].strip().lower()
    return base in {"application/json", "*/*", "application/*"} or base.endswith(("/json", "+json"))


def _texts(media: Media) -> list[bytes]:
    examples = [str(example).encode() for example in media.examples]
    return [*examples, b"", b"a", "订单".encode()]


def _encoded(value: JSON, style: Mapping[str, object]) -> bytes:
    return json.dumps(value, **style).encode()  # type: ignore[arg-type]


def _answer(status: int, body: tuple[str, bytes], headers: tuple[tuple[str, str], ...]) -> Answer:
    name, data = body
    if bodiless(status) or not name:
        return Answer(status=status, headers=headers, body=b"")
    return Answer(status=status, headers=(("content-type", name), *headers), body=data)


def _empty(result: object) -> JSON:
    """What stands around a result, without one."""
    if isinstance(result, Mapping):
        return {str(name): _empty(part) for name, part in result.items()}
    if isinstance(result, list | tuple):
        return [_empty(part) for part in result]
    return None if isinstance(result, str) and result.startswith("{") else result  # type: ignore[return-value]
