"""A simulator with a caller's view of it: requests are routed and checked as the gateway does, clocks stand still."""

import json
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from crm_contracts.contracts import Conformance, Router, load_contract
from crm_contracts.lab.simulator import Simulator
from crm_contracts.model.contract import Contract
from crm_contracts.model.exchange import Answer, Request

CONTRACTS = Path(__file__).parents[3] / "contracts"
NOON = 1795435200.0  # 2026-11-23T12:00:00Z


@cache
def contract(name: str = "acme-crm", variant: str | None = None) -> Contract:
    return load_contract(CONTRACTS / name, variant=variant)


@dataclass(frozen=True)
class Reply:
    """An answer as a caller reads it."""

    answer: Answer

    @property
    def status(self) -> int:
        return self.answer.status

    @property
    def json(self) -> Any:
        return json.loads(self.answer.body)

    def header(self, name: str) -> str | None:
        return self.answer.header(name)


class Crm:
    """One run's CRM. Every answer to a known operation is checked against its documentation, unless told otherwise."""

    def __init__(
        self, of: Contract | str = "acme-crm", *, seed: int = 1, strictness=None, documented: bool = True
    ) -> None:
        self.contract = contract(of) if isinstance(of, str) else of
        self.wall = NOON
        self.now = 100.0
        self.documented = documented
        self.router = Router(self.contract)
        self.conformance = Conformance(self.contract)
        self.simulator = Simulator(
            self.contract,
            seed=seed,
            strictness=strictness,
            wall=lambda: self.wall,
            monotonic=lambda: self.now,
        )
        self.exchange = 0

    def send(
        self, method: str, path: str, body: Any = None, *, base: str | None = None, **headers: str
    ) -> Reply | None:
        """Send a request; None: the CRM crashed. Bytes are sent as they are, anything else as JSON."""
        target = (self.contract.base_path if base is None else base) + path
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        named = {name.replace("_", "-").lower(): value for name, value in headers.items()}
        if data:
            named.setdefault("content-type", "application/json")
        match = self.router.find(method, target)
        request = Request(
            method=method,
            target=target,
            path=match.path,
            query=match.query,
            headers=tuple(named.items()),
            body=data,
            operation=match.operation.id if match.operation else None,
            path_params=match.path_params,
            at=self.now,
        )
        violations = self.conformance.check(request, match.operation)
        self.exchange += 1
        answer = self.simulator.handle(request, match.operation, violations, None, self.exchange)
        if answer is None:
            return None
        if self.documented and match.operation is not None:
            assert self.conformance.check_response(match.operation, answer) == ()
        return Reply(answer)

    def ask(self, method: str, path: str, body: Any = None, **more: Any) -> Reply:
        """Send a request that the CRM survives."""
        reply = self.send(method, path, body, **more)
        assert reply is not None
        return reply

    def get(self, path: str, **more: Any) -> Reply:
        return self.ask("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> Reply:
        return self.ask("POST", path, body, **more)

    def patch(self, path: str, body: Any = None, **more: Any) -> Reply:
        return self.ask("PATCH", path, body, **more)

    @property
    def written(self) -> list[tuple[str, str | None]]:
        """The ledger as (operation, record)."""
        return [(entry.operation, entry.record) for entry in self.simulator.ledger.entries]


def changed(of: Contract | None = None, **fields: Any) -> Contract:
    """The Acme contract with other fields."""
    return replace(of or contract(), **fields)
