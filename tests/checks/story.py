"""Journals told by hand, so that each check can be shown exactly what it should see."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

from crm_contracts.model.call import Call, CallResult, Phase
from crm_contracts.model.consumer import CallSpec, Consumer, Outcome, PythonDriver
from crm_contracts.model.contract import AuthPolicy, Contract, Effect, Idempotency, Operation
from crm_contracts.model.exchange import Connection, Credential, Exchange, Grant, LedgerEntry, Payload
from crm_contracts.model.fault import Place, TokenTerms, Trait
from crm_contracts.model.journal import FaultWindow, Journal, PhaseWindow
from crm_contracts.model.promises import Promises
from crm_contracts.model.run import Run
from crm_contracts.model.scenario import Scenario, Step
from crm_contracts.model.span import Span

READ = CallSpec(name="find_order", does=("getOrder",), effect=Effect.READ)
WRITE = CallSpec(name="open_ticket", does=("createTicket",), effect=Effect.WRITE)
OPERATIONS = {
    "getOrder": Operation(id="getOrder", method="GET", path="/orders/{orderId}", effect=Effect.READ),
    "createTicket": Operation(id="createTicket", method="POST", path="/tickets", effect=Effect.WRITE),
}


@dataclass(frozen=True, kw_only=True)
class SomeFault:
    """A fault of which only the traits matter."""

    place: ClassVar[Place] = Place.REPLY
    fault: str = "some"
    has: frozenset[Trait] = frozenset()
    trial: str | None = None
    at: Span | None = None
    for_: Span | None = None
    repeat: Span | None = None

    def traits(self) -> frozenset[Trait]:
        return self.has

    def sentence(self) -> str:
        return self.fault


def run_of(
    *traits: Trait,
    promises: Promises | None = None,
    auth: AuthPolicy | None = None,
    idempotency: Idempotency | None = None,
    calls: tuple[CallSpec, ...] = (READ, WRITE),
    trial: str | None = None,
) -> Run:
    """One scenario with these traits on a consumer with these promises."""
    steps = (Step(call="each"),)
    faults = (SomeFault(has=frozenset(traits), trial=trial),) if traits else ()
    scenario = Scenario(
        name="s",
        file="s.yaml",
        path=Path("s.yaml"),
        title="t",
        before=steps,
        during=steps,
        after=steps,
        faults=faults,
    )
    consumer = Consumer(
        name="c",
        file=Path("c.yaml"),
        contract=Path(),
        driver=PythonDriver(factory="m:f"),
        calls={call.name: call for call in calls},
        promises=promises or Promises(),
    )
    contract = Contract(
        name="crm",
        folder=Path(),
        operations=OPERATIONS,
        auth=auth or AuthPolicy(),
        idempotency=idempotency or Idempotency(header="Idempotency-Key"),
    )
    return Run(scenario=scenario, consumer=consumer, contract=contract)


@dataclass
class Story:
    """Tells a journal; before is 0 to 10 s, during 10 to 20 s, after 20 to 30 s."""

    calls: list[Call] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    connections: list[Connection] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    ledger: list[LedgerEntry] = field(default_factory=list)
    place: str = "reply"
    terms: TokenTerms | None = None

    def call(
        self,
        start: float,
        end: float | None,
        outcome: Outcome = Outcome.OK,
        *,
        spec: CallSpec = READ,
        records: tuple[str, ...] = (),
        **result: Any,
    ) -> Call:
        number = len(self.calls) + 1
        phase = Phase.BEFORE if start < 10 else Phase.DURING if start < 20 else Phase.AFTER
        call = Call(
            id=number,
            name=spec.name,
            phase=phase,
            does=spec.does,
            effect=spec.effect,
            outcome=outcome,
            result=CallResult(started=start, ended=end, **result),
            marker=f"crmu-{number:012x}",
            records=records,
        )
        self.calls.append(call)
        return call

    def settling(self, start: float, end: float, outcome: Outcome = Outcome.OK) -> Call:
        call = replace(self.call(start, end, outcome), phase=Phase.SETTLE)
        self.calls[-1] = call
        return call

    def exchange(
        self,
        start: float,
        end: float | None,
        status: int | None = 200,
        *,
        call: Call | None = None,
        token: tuple[str, str] | None = None,
        connection: int | None = None,
        position: int = 0,
        key: str | None = None,
        **more: Any,
    ) -> Exchange:
        number = len(self.exchanges) + 1
        writes = call is not None and call.effect is Effect.WRITE
        values: dict[str, Any] = {
            "id": number,
            "connection": connection or number,
            "position": position,
            "started": start,
            "ended": end,
            "ended_by": "answer" if status else "caller",
            "method": "POST" if writes else "GET",
            "target": "/tickets" if writes else "/orders/O-1",
            "operation": "createTicket" if writes else "getOrder",
            "head": b"GET /orders/O-1 HTTP/1.1\r\nHost: crm\r\n\r\n",
            "body": Payload(),
            "complete": True,
            "status": status,
            "answered": status is not None,
            "markers": (call.marker,) if call and call.marker and writes else (),
            "idempotency_key": key,
            "credential": Credential(name=token[0], state=token[1]) if token else None,  # type: ignore[arg-type]
        }
        self.exchanges.append(Exchange(**{**values, **more}))
        return self.exchanges[-1]

    def accepted(self, exchange: Exchange, call: Call) -> None:
        assert call.marker
        self.ledger.append(
            LedgerEntry(
                at=exchange.started,
                exchange=exchange.id,
                operation="createTicket",
                record="T-1",
                idempotency_key=exchange.idempotency_key,
                markers=(call.marker,),
                digest="d",
            )
        )

    def grant(self, at: float, token: str, *, says: int = 3600, refused_from: float | None = None) -> Grant:
        self.grants.append(
            Grant(
                token=token,
                grant_type="client_credentials",
                requested=at,
                delivered=at + 0.01,
                succeeded=True,
                status=200,
                says=says,
                refused_from=refused_from,
            )
        )
        return self.grants[-1]

    def journal(self, *, fired: bool = True, rest: float = 30.0, **more: Any) -> Journal:
        window = FaultWindow(
            fault="some",
            place=self.place,
            sentence="some",
            started=10.0,
            ended=20.0,
            fired=fired,
            terms=self.terms,
        )
        phases = tuple(
            PhaseWindow(phase=phase, started=start, ended=start + 10)
            for phase, start in ((Phase.BEFORE, 0.0), (Phase.DURING, 10.0), (Phase.AFTER, 20.0))
        )
        return Journal(
            run="s.yaml::c",
            started=0.0,
            rest=rest,
            heal=20.0,
            phases=phases,
            calls=tuple(self.calls),
            exchanges=tuple(self.exchanges),
            connections=tuple(self.connections),
            grants=tuple(self.grants),
            ledger=tuple(self.ledger),
            faults=(window,),
            **more,
        )
