"""The requests of one operation: a sound one from the contract's own examples, others drawn, and each mutation of it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from urllib.parse import quote, urlencode, urlsplit

from crm_contracts.contracts import Conformance
from crm_contracts.contracts.bodies import kind_of
from crm_contracts.contracts.examples import example_for, example_of
from crm_contracts.contracts.router import query_of
from crm_contracts.live.asking import Asking
from crm_contracts.live.credentials import Held
from crm_contracts.live.drawn_requests import DrawnRequest
from crm_contracts.live.line import KEY
from crm_contracts.live.provocation import Provocation, first_difference, on_wire
from crm_contracts.live.server import Server
from crm_contracts.model.case import Served
from crm_contracts.model.contract import Contract, Media, Operation, Parameter
from crm_contracts.model.delivery import Delivery
from crm_contracts.model.exchange import Answer, Request
from crm_contracts.model.json import JSON
from crm_contracts.payloads.mutations import MUTATIONS, Mutation, SchemaMutation, bound

UNSENT = frozenset({"cut_by_reset"})
"""Whoever resets a connection hears no answer."""


def media_of(operation: Operation) -> Media | None:
    """The JSON that an operation takes; None: it takes none."""
    media = operation.body.media.values() if operation.body is not None else ()
    return next((one for one in media if kind_of(one.media_type) == "json"), None)


def provoked_operations(contract: Contract) -> Iterator[Operation]:
    """The operations with a JSON body, but for those that give credentials: who fails there too often is locked out."""
    auth = contract.auth
    for operation in contract.operations.values():
        base = contract.base_path if operation.base_path is None else operation.base_path
        if media_of(operation) is not None and f"{base}{operation.path}" not in {
            auth.token_path,
            auth.revoke_path,
        }:
            yield operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Provoking:
    """Makes the requests of an operation for one server and credential; `path` has its values put in."""

    contract: Contract
    operation: Operation
    media: Media
    server: Server
    held: Held
    path: str
    conformance: Conformance = field(repr=False)

    @classmethod
    def of(cls, contract: Contract, operation: Operation, server: Server, held: Held) -> "Provoking":
        """For an operation that takes JSON; lists are asked for records that are there."""
        media = media_of(operation)
        assert media is not None
        path = Asking(contract=contract, server=server, held=held).path_of(operation)
        return cls(
            contract=contract,
            operation=operation,
            media=media,
            server=server,
            held=held,
            path=_filled(contract, operation) if path is None else path,
            conformance=Conformance(contract),
        )

    def sound(self) -> Provocation:
        """The request of the contract's own example."""
        value = example_for(self.contract, self.media, 0, direction="request")
        return self._valid(
            DrawnRequest(body=json.dumps(value, ensure_ascii=False).encode(), query=self._query())
        )

    def drawn(self, valid: list[DrawnRequest]) -> Iterator[Provocation]:
        """The valid requests that were drawn."""
        return map(self._valid, valid)

    def invalid(self, drawn: list[DrawnRequest], sentence: str) -> Iterator[Provocation]:
        """The invalid requests that were drawn."""
        for one in drawn:
            answer = self._answer(one.body)
            data = on_wire(self._start(one.query or self._query()), answer)
            yield Provocation(name="invalid", kind="invalid", data=data, what=sentence, plain=answer)

    def broken(self, sound: Provocation, seed: int, places: int) -> Iterator[Provocation]:
        """Each mutation that fits, at so many places."""
        answer = sound.plain
        assert answer is not None
        for mutation in MUTATIONS:
            if mutation.layer == "meaning" or mutation.name in UNSENT:
                continue
            fitting = self._bound(mutation)
            count = fitting.places(answer.body)
            dice = Random(f"{seed}/{self.operation.id}/{mutation.name}")
            for place in dice.sample(range(count), min(places, count)):
                yield self._mutated(fitting, fitting.apply(answer, place), sound)

    def _valid(self, drawn: DrawnRequest) -> Provocation:
        answer = self._answer(drawn.body)
        data = on_wire(self._start(drawn.query or self._query()), answer)
        return Provocation(name="valid", kind="valid", data=data, plain=answer)

    def _mutated(self, mutation: Mutation, served: Served, sound: Provocation) -> Provocation:
        data = on_wire(self._start(self._query()), served)
        refused = mutation.layer == "syntax" and mutation.refusal == "must_refuse"
        return Provocation(
            name=mutation.name,
            kind="mutation",
            data=data,
            what=mutation.sentence(),
            at=first_difference(data, sound.data),
            framing=mutation.layer == "framing",
            incomplete=isinstance(served, Delivery) and not served.whole,
            refused=refused and isinstance(served, Answer) and self._is_refused(served),
            plain=served if isinstance(served, Answer) else None,
        )

    def _is_refused(self, answer: Answer) -> bool:
        """Whether a strict reader refuses it as this operation's body, and the contract has an error status for that."""
        if self.contract.answers["malformed"].status < 300:
            return False
        target = self._target(self._query())
        base = urlsplit(self.server.url("", self.operation.base_path)).path
        request = Request(
            method=self.operation.method,
            target=target,
            path=target.partition("?")[0].removeprefix(base),
            query=query_of(target.partition("?")[2]),
            headers=tuple((name.lower(), value) for name, value in answer.headers),
            body=answer.body,
        )
        found = self.conformance.check(request, self.operation)
        return any(one.rule.startswith(("json.", "content_type.", "body.")) for one in found)

    def _bound(self, mutation: Mutation) -> Mutation:
        if not isinstance(mutation, SchemaMutation) or self.media.schema is None:
            return mutation
        validator = self.conformance.schemas.validator(self.media.schema, "request")

        def broken(value: JSON) -> frozenset[str]:
            return frozenset(error.kind.name for error in validator.iter_errors(value))

        return bound(mutation, broken)

    def _answer(self, body: bytes) -> Answer:
        return Answer(status=200, headers=tuple(self._headers()), body=body)

    def _headers(self) -> Iterator[tuple[str, str]]:
        yield "Host", urlsplit(self.server.origin).netloc
        yield "Accept", "application/json, */*"
        name = self.media.media_type
        yield "Content-Type", "application/json" if "*" in name else name
        if self.operation.secured:
            yield from self.held.headers.items()
        idempotency = (self.contract.idempotency.header or "").lower()
        for parameter in self.operation.parameters:
            if parameter.where == "header" and parameter.name.lower() == idempotency:
                yield parameter.name, KEY
            elif parameter.where == "header" and parameter.required and not self._is_known(parameter):
                yield parameter.name, self._text(parameter)

    def _is_known(self, parameter: Parameter) -> bool:
        held = {name.lower() for name in self.held.headers}
        return parameter.name.lower() in {"content-type", "accept", "host", *held}

    def _text(self, parameter: Parameter) -> str:
        return _shown(example_of(self.contract, parameter.schema, 0, direction="request"))

    def _query(self) -> str:
        needed = [one for one in self.operation.parameters if one.where == "query" and one.required]
        mine = [(one.name, self._text(one)) for one in needed if one.name not in self.held.query]
        return urlencode(mine)

    def _target(self, query: str) -> str:
        own = urlencode(self.held.query) if self.operation.secured else ""
        words = "&".join(part for part in (query, own) if part)
        url = urlsplit(self.server.url(self.path, self.operation.base_path))
        return f"{url.path or '/'}{'?' if words else ''}{words}"

    def _start(self, query: str) -> str:
        return f"{self.operation.method} {self._target(query)} HTTP/1.1"


def _filled(contract: Contract, operation: Operation) -> str:
    path = operation.path
    for parameter in operation.parameters:
        if parameter.where == "path":
            value = _shown(example_of(contract, parameter.schema, 0, direction="request"))
            path = path.replace(f"{{{parameter.name}}}", quote(value, safe=""))
    return path


def _shown(value: JSON) -> str:
    return value if isinstance(value, str) else json.dumps(value)
