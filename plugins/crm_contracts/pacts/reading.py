"""A pact file of any Pact library (specification 2, 3 or 4) as values; what cannot be read is told with its position."""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import urlencode

from crm_contracts.contracts.router import query_of
from crm_contracts.documents import Document, Place, read
from crm_contracts.model.exchange import Answer, Request
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _
from crm_contracts.model.problem import Problem, Problems
from crm_contracts.pacts.pact import Interaction, Pact, State
from crm_contracts.pacts.rules import Rules

T = TypeVar("T")

_VERSIONS: Final = ("1", "2", "3", "4")
_HTTP: Final = "Synchronous/HTTP"


def read_pact(path: Path, *, shown: str | None = None) -> Pact:
    """Read a pact file; `shown` is its name for users. Raises Problems with everything that is wrong."""
    return _Reading(read(path, shown=shown)).pact()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """What a request and an answer have in common."""

    headers: tuple[tuple[str, str], ...]
    body: bytes
    place: Place
    rules: Rules


class _Reading:
    """One document, and the problems that were met in it."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[Problem] = []

    def pact(self) -> Pact:
        """The pact; raises Problems."""
        if not isinstance(self.document.value, dict):
            raise Problems([self.document.problem((), _("A pact is a JSON object."))])
        version = self.version()
        found = [*self.interactions(), *self.messages()]
        consumer, provider = self.name("consumer"), self.name("provider")
        if self.problems:
            raise Problems(self.problems)
        return Pact(
            consumer=consumer,
            provider=provider,
            version=version,
            interactions=tuple(one for one in found if one is not None),
            document=self.document,
        )

    def version(self) -> str:
        """The specification, where the file says it."""
        place: Place = ("metadata", "pactSpecification", "version")
        said = self.document.get(place) or self.document.get(("metadata", "pact-specification", "version"))
        if said is None or str(said).partition(".")[0] in _VERSIONS:
            return "" if said is None else str(said)
        message = _("Pact specification {version!r} is not known.").format(version=said)
        self.problems.append(self.document.problem(place, message, allowed=_VERSIONS))
        return str(said)

    def name(self, side: str) -> str:
        """Who the consumer or the provider is."""
        return self.wanted((side, "name"), str, _("A pact names its {side}.").format(side=side)) or ""

    def interactions(self) -> Iterator[Interaction | None]:
        """Every interaction; None for one that cannot be read."""
        said = self.document.get(("interactions",))
        if said is None and self.document.get(("messages",)) is not None:
            return
        if self.wanted(("interactions",), list, _("A pact has a list of `interactions`.")) is None:
            return
        assert isinstance(said, list)
        yield from (self.interaction(("interactions", number)) for number in range(len(said)))

    def messages(self) -> Iterator[Interaction | None]:
        """The messages of a V3 message pact."""
        said = self.document.get(("messages",))
        for number in range(len(said)) if isinstance(said, list) else ():
            yield self.message(("messages", number))

    def interaction(self, place: Place) -> Interaction | None:
        """One interaction."""
        kind = self.document.get((*place, "type"))
        if kind is not None and kind != _HTTP:
            return self.message(place)
        description = self.description(place)
        method = self.wanted((*place, "request", "method"), str, _("A request has a `method`."))
        path = self.wanted((*place, "request", "path"), str, _("A request has a `path`."))
        status = self.wanted(
            (*place, "response", "status"), int, _("A response has a `status`."), default=200
        )
        if description is None or method is None or path is None or status is None:
            return None
        sides = self.side((*place, "request")), self.side((*place, "response"))
        asks, expects = sides
        query = tuple(self.query((*place, "request", "query")))
        target = f"{path}?{urlencode(query)}" if query else path
        return Interaction(
            description=description,
            place=place,
            states=tuple(self.states(place)),
            request=Request(
                method=method.upper(),
                target=target,
                path=path,
                query=query,
                headers=asks.headers,
                body=asks.body,
            ),
            answer=Answer(status=status, headers=expects.headers, body=expects.body),
            asks=asks.place,
            expects=expects.place,
            rules=expects.rules,
            asked_rules=asks.rules,
            pending=self.document.get((*place, "pending")) is True,
        )

    def message(self, place: Place) -> Interaction | None:
        """A message, which no contract of requests says anything about."""
        description = self.description(place)
        states = tuple(self.states(place))
        if description is None:
            return None
        return Interaction(description=description, place=place, states=states)

    def description(self, place: Place) -> str | None:
        """What an interaction is called."""
        return self.wanted((*place, "description"), str, _("An interaction has a `description`."))

    def states(self, place: Place) -> Iterator[State]:
        """The provider states: one text in V2, a list with parameters from V3 on."""
        said = self.document.get((*place, "providerState")) or self.document.get((*place, "providerStates"))
        if isinstance(said, str):
            yield State(name=said)
        for one in said if isinstance(said, list) else ():
            if isinstance(one, dict) and isinstance(one.get("name"), str):
                params = one.get("params")
                yield State(name=str(one["name"]), params=params if isinstance(params, dict) else {})

    def query(self, place: Place) -> Iterator[tuple[str, str]]:
        """The parameters of the query: a text in V2, lists by name from V3 on."""
        said = self.document.get(place)
        if isinstance(said, str):
            yield from query_of(said)
        elif isinstance(said, dict):
            for name, values in said.items():
                yield from ((name, _text(one)) for one in (values if isinstance(values, list) else [values]))

    def side(self, place: Place) -> _Side:
        """Headers, body and rules of a request or an answer."""
        said = self.document.get((*place, "headers"))
        headers = (
            {name.lower(): _joined(value) for name, value in said.items()} if isinstance(said, dict) else {}
        )
        body, where = self.body(place, headers)
        matchers, generators = ((*place, word) for word in ("matchingRules", "generators"))
        rules = Rules.of(self.document.get(matchers), self.document.get(generators))
        return _Side(headers=tuple(headers.items()), body=body, place=where, rules=rules)

    def body(self, place: Place, headers: dict[str, str]) -> tuple[bytes, Place]:
        """The bytes of a body, and where its value stands; a type that nobody says is put into the headers."""
        where: Place = (*place, "body")
        said = self.document.get(where)
        content, encoded = said, False
        if len(place) and self.document.get((*place[:2], "type")) is not None and isinstance(said, dict):
            content, where = said.get("content"), (*where, "content")
            encoded = bool(said.get("encoded"))
            if isinstance(kind := said.get("contentType"), str):
                headers.setdefault("content-type", kind)
            if encoded and said.get("encoded") != "JSON":
                return self.decoded(content, where), where
        if content is None:
            return b"", where
        if not isinstance(content, str):
            headers.setdefault("content-type", "application/json")
        raw = encoded or (isinstance(content, str) and "json" not in headers.get("content-type", ""))
        text = str(content) if raw else json.dumps(content, ensure_ascii=False)
        return text.encode("utf-8", "surrogatepass"), where

    def decoded(self, content: JSON, place: Place) -> bytes:
        """The bytes of a body that travels as base64."""
        try:
            return base64.b64decode(str(content), validate=True)
        except binascii.Error:
            self.problems.append(self.document.problem(place, _("This is no base64.")))
            return b""

    def wanted(self, place: Place, kind: type[T], message: str, *, default: T | None = None) -> T | None:
        """The value at a place, which must be of a type; else a problem is kept."""
        found = self.document.get(place)
        if found is None and default is not None:
            return default
        if isinstance(found, kind) and not (isinstance(found, bool) and kind is int) and found != "":
            return found
        self.problems.append(self.document.problem(place, message))
        return None


def _joined(value: JSON) -> str:
    return ", ".join(map(_text, value)) if isinstance(value, list) else _text(value)


def _text(value: JSON | Mapping[str, JSON]) -> str:
    return value if isinstance(value, str) else json.dumps(value)
