"""Scenario files that a test writes, and consumers to ask."""

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from crm_contracts.model.consumer import CallSpec, Consumer, PythonDriver
from crm_contracts.model.contract import Contract, Effect, Operation
from crm_contracts.model.problem import Problems
from crm_contracts.model.promises import Breaker, Promises
from crm_contracts.model.scenario import Scenario
from crm_contracts.scenarios import load_scenario

Load = Callable[..., Scenario]
Refuse = Callable[..., str]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def write(text: str | bytes, name: str = "cut") -> Scenario:
        file = tmp_path / f"{name}.yaml"
        file.write_bytes(text if isinstance(text, bytes) else dedent(text).encode())
        return load_scenario(file, shown=f"scenarios/{name}.yaml")

    return write


@pytest.fixture
def refuse(load: Load) -> Refuse:
    def told(text: str | bytes, name: str = "cut") -> str:
        with pytest.raises(Problems) as refused:
            load(text, name)
        return str(refused.value)

    return told


def operation(id_: str, method: str, path: str, effect: Effect) -> Operation:
    return Operation(id=id_, method=method, path=path, effect=effect)


@pytest.fixture
def contract() -> Contract:
    operations = (
        operation("getOrder", "GET", "/orders/{id}", Effect.READ),
        operation("createTicket", "POST", "/tickets", Effect.WRITE),
        operation("deleteTicket", "DELETE", "/tickets/{id}", Effect.WRITE),
    )
    return Contract(name="acme", folder=Path("acme"), operations={each.id: each for each in operations})


@pytest.fixture
def consumer() -> Consumer:
    calls = (
        CallSpec(name="find_order", does=("getOrder",), effect=Effect.READ),
        CallSpec(name="open_ticket", does=("createTicket",), effect=Effect.WRITE),
    )
    return Consumer(
        name="order-sync",
        file=Path("consumers/order-sync.yaml"),
        contract=Path("acme"),
        driver=PythonDriver(factory="m:f"),
        calls={call.name: call for call in calls},
        promises=Promises(deadline=4.0, breaker=Breaker(half_open_after=2.0)),
    )
