"""A CRM made from its contract: stateful, as strict as it is asked to be, and the same for the same seed."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from crm_contracts.contracts import Conformance, Router
from crm_contracts.contracts.examples import example_for
from crm_contracts.lab.ledger import MARKER, Ledger, digest_of, markers_of
from crm_contracts.lab.simulator.actions import Actions
from crm_contracts.lab.simulator.asked import Asked, Done
from crm_contracts.lab.simulator.associations import Associations
from crm_contracts.lab.simulator.batch import Batches
from crm_contracts.lab.simulator.catalogue import Catalogue
from crm_contracts.lab.simulator.fallback import Fallback
from crm_contracts.lab.simulator.idempotency import Repeats
from crm_contracts.lab.simulator.limits import Limiter
from crm_contracts.lab.simulator.paging import Pager
from crm_contracts.lab.simulator.provider_states import ProviderStates
from crm_contracts.lab.simulator.refusals import Refusals, Refused
from crm_contracts.lab.simulator.shapes import Shapes
from crm_contracts.lab.simulator.strictness import Reader
from crm_contracts.lab.simulator.tenancy import of_second_tenant
from crm_contracts.lab.simulator.versions import Versions
from crm_contracts.model.contract import Action, Contract, Effect, Media, Operation, Strictness
from crm_contracts.model.endpoint import TENANTS
from crm_contracts.model.exchange import Answer, Credential, LedgerEntry, Request, Truth, Violation
from crm_contracts.model.json import JSON

Headers = tuple[tuple[str, str], ...]


class Simulator:
    """The CRM of one run, which `run` names. `wall` and `monotonic` are its clocks in seconds; `strictness` None: the contract's own.

    It decides nothing about credentials: whoever calls it has taken them already.
    """

    def __init__(
        self,
        contract: Contract,
        *,
        seed: int,
        run: str = "",
        strictness: Strictness | None = None,
        wall: Callable[[], float],
        monotonic: Callable[[], float],
    ) -> None:
        self.contract = contract
        self.ledger = Ledger()
        self._monotonic = monotonic
        self._seed = seed
        self._conformance = Conformance(contract)
        self._router: Router | None = None
        self._reader = Reader(strictness or contract.strictness, self._conformance.check)
        self._refusals = Refusals(contract, seed, run)
        self._second: Simulator | None = None
        self._of_second = partial(
            Simulator,
            seed=seed,
            run=run,
            strictness=strictness,
            wall=wall,
            monotonic=monotonic,
        )
        self._limiter = Limiter(contract.limits, self._refusals.envelope, wall=wall, monotonic=monotonic)
        self._versions = Versions(contract.versions, self._refusals.envelope, wall)
        self._repeats = Repeats(contract.idempotency, wall)
        self._pager = Pager(contract.paging, seed=seed, wall=wall)
        self._build(wall)

    def _build(self, wall: Callable[[], float]) -> None:
        contract, seed, schemas = self.contract, self._seed, self._conformance.schemas
        self._shapes = Shapes(contract, schemas, lambda media: self._sample(media, seed))
        self._catalogue = Catalogue(contract, self._shapes, seed=seed, wall=wall, sample=self._sample)
        self._actions = Actions(contract, self._catalogue, self._shapes, self._pager)
        self._batches = Batches(self._catalogue, self._shapes, self._refusals)
        self._associations = Associations(self._catalogue, self._shapes, self._pager)
        self._fallback = Fallback(contract, self._shapes, seed=seed, sample=self._sample)
        self._by_action = {
            **self._actions.by_action,
            Action.BATCH_UPSERT: self._batches.upsert,
            Action.ASSOCIATE: self._associations.act,
        }
        self._states = ProviderStates(contract, self._catalogue, self._look)

    def handle(
        self,
        request: Request,
        operation: Operation | None,
        violations: tuple[Violation, ...],
        credential: Credential | None,
        exchange: int,
    ) -> Answer | None:
        """Return the CRM's answer, or None where the old parser crashed on the request; each tenant sees its own records."""
        if credential is not None and credential.tenant == TENANTS[1]:
            return self._other_tenant().handle(request, operation, violations, None, exchange)
        answer = self._limiter.count() or self._versions.gone(request.target)
        if answer is None:
            try:
                answer = self._answer(request, operation, violations, exchange)
            except Refused as refused:
                answer = self._refusals.answer(refused)
            if answer is None:
                return None
        extra = self._limiter.headers() + self._versions.headers(request.target)
        return _with_headers(answer, extra) if extra else answer

    def _other_tenant(self) -> "Simulator":
        if self._second is None:
            self._second = self._of_second(of_second_tenant(self.contract))
            self._second.ledger = self.ledger
        return self._second

    def put(self, collection: str, fields: Mapping[str, JSON]) -> str:
        """Keep a record, whole, and return its key; the ledger knows nothing of it."""
        return self._states.put(collection, fields)

    def change(self, collection: str, key: JSON, fields: Mapping[str, JSON]) -> None:
        """Change some fields of a record; raises KeyError where there is none."""
        self._states.change(collection, key, fields)

    def remove(self, collection: str, key: JSON) -> bool:
        """Forget a record, and tell whether there was one."""
        return self._states.remove(collection, key)

    def truth(self, operation: str, path_params: Mapping[str, str]) -> Truth | None:
        """Return what a read of this operationId would show now; None where there is no such thing."""
        return self._states.truth(operation, path_params)

    def reset(self) -> None:
        """Return to the state in which the run began."""
        for part in (
            self.ledger,
            self._repeats,
            self._pager,
            self._catalogue,
            self._associations,
            self._fallback,
        ):
            part.clear()
        self._limiter.reset()
        self._second = None

    def _answer(
        self, request: Request, operation: Operation | None, violations: tuple[Violation, ...], exchange: int
    ) -> Answer | None:
        if operation is None or self._versions.lacks(request.target, operation.id):
            return self._astray(request)
        reading = self._reader.read(request, operation, violations)
        if reading.crashed:
            return None
        if operation.effect is Effect.READ:
            return self._done(Asked(operation=operation, request=request, value=reading.value)).answer
        return self._written(request, operation, reading.value, exchange)

    def _written(self, request: Request, operation: Operation, value: JSON, exchange: int) -> Answer:
        key = self._repeats.key_of(request, operation)
        if key is not None and (first := self._repeats.replay(key, request)) is not None:
            return first
        content = request.body if value is None else value
        asked = Asked(
            operation=operation,
            request=request,
            value=value,
            digest=digest_of(operation, request.path_params, content),
            markers=markers_of(request),
        )
        done = self._done(asked)
        if key is not None:
            self._repeats.keep(key, request, done.answer)
        if done.changed and done.answer.status < 300:
            self._accept(asked, done, exchange)
        return done.answer

    def _done(self, asked: Asked) -> Done:
        operation = asked.operation
        act = self._by_action.get(operation.action) if operation.action else None
        if act is None or operation.collection is None:
            return self._fallback.act(asked)
        return act(asked, self._catalogue.table(operation.collection))

    def _accept(self, asked: Asked, done: Done, exchange: int) -> None:
        header = self.contract.idempotency.header or "idempotency-key"
        entry = LedgerEntry(
            at=self._monotonic(),
            exchange=exchange,
            operation=asked.operation.id,
            record=done.record,
            idempotency_key=asked.request.header(header),
            markers=_accepted_markers(asked, done),
            digest=asked.digest,
        )
        self.ledger.accept(entry)

    def _astray(self, request: Request) -> Answer:
        self._router = self._router or Router(self.contract)
        allowed = self._router.methods(request.target)
        if request.method == "OPTIONS" and allowed:
            return Answer(status=204, headers=(("Allow", ", ".join(allowed)),))
        if request.method == "HEAD" and "GET" in allowed:
            return self._head(request, self._router)
        if not allowed or request.method in allowed:
            return self._refusals.no_such_path()
        return self._refusals.no_such_method(allowed)

    def _head(self, request: Request, router: Router) -> Answer:
        # RFC 9110 9.3.2: as GET; whoever writes the answer leaves its body out.
        match = router.find("GET", request.target)
        if match.operation is None:
            return self._refusals.no_such_path()
        return self._done(
            Asked(operation=match.operation, request=replace(request, path_params=match.path_params))
        ).answer

    def _look(self, operation: Operation, path_params: Mapping[str, str]) -> JSON:
        """What a read would show now, without counting as a request; None where it would be refused."""
        request = Request(
            method=operation.method,
            target=operation.path,
            path=operation.path,
            query=(),
            headers=(),
            body=b"",
            operation=operation.id,
            path_params=path_params,
        )
        try:
            answer = self._done(Asked(operation=operation, request=request)).answer
        except Refused:
            return None
        value: JSON = json.loads(answer.body) if answer.body else None
        return value

    def _sample(self, media: Media, seed: int) -> JSON:
        return example_for(self.contract, media, seed)


def _with_headers(answer: Answer, extra: Headers) -> Answer:
    said = {name.lower() for name, _ in answer.headers}
    fresh = tuple((name, value) for name, value in extra if name.lower() not in said)
    return Answer(
        status=answer.status, headers=answer.headers + fresh, body=answer.body, reason=answer.reason
    )


def _accepted_markers(asked: Asked, done: Done) -> tuple[str, ...]:
    if done.written is None:
        return asked.markers
    inside = MARKER.findall(json.dumps(asked.value))
    accepted = MARKER.findall(json.dumps(list(done.written)))
    return tuple(marker for marker in asked.markers if marker in accepted or marker not in inside)
