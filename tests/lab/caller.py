"""A small CRM behind a real gateway, and callers that speak raw bytes to it."""

import asyncio
import functools
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ParamSpec

from crm_contracts.contracts.conformance import Conformance
from crm_contracts.contracts.router import Router
from crm_contracts.lab.clock import Clock
from crm_contracts.lab.credentials import Credentials
from crm_contracts.lab.forward import Forward
from crm_contracts.lab.gateway import Gateway
from crm_contracts.lab.recorder import Observed, Recorder
from crm_contracts.lab.secrets import Secrets
from crm_contracts.lab.site import listen
from crm_contracts.lab.staff import Staff
from crm_contracts.model.contract import (
    AuthPolicy,
    Body,
    Contract,
    Effect,
    Idempotency,
    Media,
    Operation,
    Parameter,
)
from crm_contracts.model.endpoint import Tenant
from crm_contracts.model.exchange import Answer, Credential, Exchange, Request, Violation

P = ParamSpec("P")

LOOPBACK = "127.0.0.1"
WITHIN = 10.0
JSON_BODY = Body(
    required=True,
    media={"application/json": Media(media_type="application/json", schema={"type": "object"})},
)
GET_ORDER = Operation(
    id="getOrder",
    method="GET",
    path="/orders/{order_id}",
    effect=Effect.READ,
    parameters=(Parameter(name="order_id", where="path", required=True, schema={"type": "string"}),),
)
LIST_ORDERS = Operation(id="listOrders", method="GET", path="/orders", effect=Effect.READ)
CREATE_ORDER = Operation(id="createOrder", method="POST", path="/orders", effect=Effect.WRITE, body=JSON_BODY)
KEYS = Idempotency(header="Idempotency-Key")
OPERATIONS = {operation.id: operation for operation in (GET_ORDER, LIST_ORDERS, CREATE_ORDER)}


def contract(policy: AuthPolicy | None = None, idempotency: Idempotency = KEYS) -> Contract:
    """A contract of three operations below /crm."""
    return Contract(
        name="small",
        folder=Path(),
        base_path="/crm",
        operations=OPERATIONS,
        auth=policy or AuthPolicy(kind="none"),
        idempotency=idempotency,
    )


class Orders:
    """A CRM that does what it is told; it remembers which requests it was shown."""

    def __init__(self) -> None:
        self.handled: list[Request] = []
        self.next: Callable[[Request], Answer | None] = lambda _: Answer(status=200, body=b'{"id": "O-1"}')

    def handle(
        self,
        request: Request,
        operation: Operation | None,
        violations: tuple[Violation, ...],
        credential: Credential | None,
        exchange: int,
    ) -> Answer | None:
        self.handled.append(request)
        return self.next(request)


@dataclass
class Counter:
    """A gateway that listens, and everything behind it."""

    gateway: Gateway
    crm: Orders
    credentials: Credentials
    secrets: Secrets
    port: int = 0
    server: Any = field(default=None)

    @property
    def tenant(self) -> Tenant:
        return self.credentials.tenants[0]

    def observed(self) -> Observed:
        return self.gateway.recorder.observed(())

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        return self.observed().exchanges

    async def connect(self) -> "Caller":
        return Caller(*await asyncio.open_connection(LOOPBACK, self.port))

    async def ask(self, request: bytes) -> bytes:
        """Send bytes on a connection of their own and return all that comes until the end, closing after an answer."""
        caller = await self.connect()
        try:
            caller.send(request)
            return await caller.answer()
        finally:
            caller.close()


class Caller:
    """One connection to the gateway."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def answer(self, method: str = "GET") -> bytes:
        """Read one answer by its Content-Length, or what there is until the connection ends."""
        async with asyncio.timeout(WITHIN):
            try:
                head = await self.reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError as error:
                return bytes(error.partial)
            length = next(
                (
                    int(line[15:])
                    for line in head.lower().split(b"\r\n")
                    if line.startswith(b"content-length:")
                ),
                0,
            )
            return head + await _read(self.reader, 0 if method == "HEAD" else length)

    async def rest(self) -> bytes:
        """Read until the connection ends."""
        async with asyncio.timeout(WITHIN):
            return await self.reader.read()

    def end_sending(self) -> None:
        self.writer.write_eof()

    def close(self) -> None:
        self.writer.close()


async def _read(reader: asyncio.StreamReader, length: int) -> bytes:
    try:
        return await reader.readexactly(length)
    except asyncio.IncompleteReadError as error:
        return bytes(error.partial)


def request(method: str = "GET", target: str = "/crm/orders/O-1", body: bytes = b"", **headers: str) -> bytes:
    """Write a sound request; `_` in a header's name means `-`."""
    lines = [f"{method} {target} HTTP/1.1", "Host: crm"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def post(body: bytes = b'{"a": 1}', **headers: str) -> bytes:
    """Write a sound POST."""
    return request("POST", "/crm/orders", body, **{"Content_Type": "application/json", **headers})


@asynccontextmanager
async def counter(
    policy: AuthPolicy | None = None,
    *,
    forward: str | None = None,
    seed: int = 1,
    idempotency: Idempotency = KEYS,
) -> AsyncIterator[Counter]:
    """Open a gateway, and leave nothing behind."""
    made, secrets, crm = contract(policy, idempotency), Secrets(), Orders()
    credentials = Credentials(made.auth, seed=seed, run="r", secrets=secrets)
    staff = Staff(
        contract=made,
        router=Router(made),
        conformance=Conformance(made),
        credentials=credentials,
        secrets=secrets,
        crm=crm,
        forward=Forward(forward, made.base_path, made.auth, secrets) if forward else None,
    )
    gateway = Gateway(staff, Recorder(Clock()), seed=seed)
    server, port = await listen(gateway)
    try:
        yield Counter(
            gateway=gateway, crm=crm, credentials=credentials, secrets=secrets, port=port, server=server
        )
    finally:
        server.close()
        for connection in tuple(gateway.connections):
            connection.abort()
        gateway.recorder.close()
        await asyncio.sleep(0)


async def until(condition: Callable[[], object], within: float = WITHIN) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110 - conditions are about records, not events
            await asyncio.sleep(0.005)


def in_loop(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Run an async test on an event loop of its own."""

    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        asyncio.run(test(*args, **kwargs))

    return run
