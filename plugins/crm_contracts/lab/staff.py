"""Who does the work behind a gateway: the router, the strict reader, the credentials and the CRM itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from crm_contracts.lab.credentials import Credentials
from crm_contracts.lab.forward import Forward
from crm_contracts.lab.secrets import Secrets
from crm_contracts.model.contract import Contract, Operation
from crm_contracts.model.exchange import Answer, Credential, Request, Violation


class Matched(Protocol):
    """What a router says of a target."""

    @property
    def operation(self) -> Operation | None: ...
    @property
    def path_params(self) -> Mapping[str, str]: ...
    @property
    def query(self) -> tuple[tuple[str, str], ...]: ...
    @property
    def path(self) -> str: ...


class Routing(Protocol):
    """Finds the operation of a target."""

    def find(self, method: str, target: str) -> Matched: ...


class Checking(Protocol):
    """Checks a request against the contract, strictly."""

    def check(self, request: Request, operation: Operation | None) -> tuple[Violation, ...]: ...


class Crm(Protocol):
    """The CRM itself; None means that its old parser crashed."""

    def handle(
        self,
        request: Request,
        operation: Operation | None,
        violations: tuple[Violation, ...],
        credential: Credential | None,
        exchange: int,
    ) -> Answer | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Who does the work behind a gateway; all of them belong to one run."""

    contract: Contract
    router: Routing
    conformance: Checking
    credentials: Credentials
    secrets: Secrets
    crm: Crm
    forward: Forward | None = None
