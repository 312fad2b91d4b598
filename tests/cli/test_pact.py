"""`crm-contracts pact`: compare, record, verify, as a person calls them."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Command
from tests.live.crm import CONTRACT, OPENAPI, Behaviour, crm
from tests.project.shop import write

PACT = "contracts/shop/pacts/order-sync-shop.json"
INTERACTION: dict[str, Any] = {
    "description": "an order",
    "providerState": "order O-1 exists",
    "request": {"method": "GET", "path": "/orders/O-1", "headers": {"Authorization": "Bearer x"}},
    "response": {"status": 200, "body": {"total": 5}, "matchingRules": {"$.body": {"match": "type"}}},
}


def a_pact(shop: Path, *interactions: dict) -> None:
    """A pact in the contract's folder."""
    sides = {"consumer": {"name": "order-sync"}, "provider": {"name": "shop"}}
    write(shop, PACT, json.dumps({**sides, "interactions": interactions}))


@pytest.fixture
def project(shop: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a contract of a CRM that is there, and a pact."""
    write(shop, "contracts/shop/contract.yaml", CONTRACT)
    write(shop, "contracts/shop/openapi.yaml", OPENAPI)
    write(shop, "contracts/shop/data.yaml", "known: {order: {in: orders, id: O-1, total: 5}}\n")
    a_pact(shop, INTERACTION)
    for name in ("CRM_TOKEN_URL", "CRM_ACCESS_TOKEN", "CRM_USERNAME", "CRM_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CRM_CLIENT_ID", "pact")
    monkeypatch.setenv("CRM_CLIENT_SECRET", "the-secret-of-the-sandbox")
    return shop


def test_what_goes_together(project: Path, call: Command):
    """One line an interaction, and how many there are."""
    result = call("pact", "compare")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        f"{PACT}:",
        "order-sync asks shop, held against shop",
        "  compatible  an order",
        "",
        "Interactions: 1. Incompatible: 0.",
    ]


def test_what_does_not(project: Path, call: Command):
    """Exit 1, both sides, within 80 columns."""
    a_pact(project, {**INTERACTION, "response": {"status": 200, "body": {"totals": 5}}})
    result = call("pact", "compare", PACT)
    assert result.returncode == 1
    assert "  INCOMPATIBLE  an order" in result.stdout
    assert "body/totals: The schema has no property 'totals' here." in result.stdout
    assert "Incompatible: 1." in result.stdout
    assert all(len(line) <= 80 for line in result.stdout.splitlines())


def test_a_pact_from_elsewhere_names_its_contract(project: Path, call: Command):
    """By its provider, or by --contract."""
    elsewhere = project / "order.json"
    elsewhere.write_bytes((project / PACT).read_bytes())
    assert call("pact", "compare", "order.json").returncode == 0
    assert "held against shop" in call("pact", "compare", "order.json").stdout
    named = call("pact", "compare", "order.json", "--contract", "tiny-crm")
    assert "held against tiny-crm" in named.stdout


def test_what_cannot_be_found(project: Path, call: Command):
    """A sentence, exit 4."""
    result = call("pact", "compare", "nowhere.json")
    assert (result.returncode, result.stderr) == (4, "There is no nowhere.json.\n")


def test_what_cannot_be_read(project: Path, call: Command):
    """Its position."""
    write(project, PACT, '{"consumer": {},}')
    result = call("pact", "compare")
    assert result.returncode == 1
    assert f"{PACT}:1:16: A comma stands after the last entry." in result.stderr


def test_a_run_is_recorded(project: Path, call: Command):
    """And goes together with the contract that it was recorded with."""
    result = call("pact", "record", "sound")
    assert (result.returncode, result.stderr) == (0, "")
    assert "Written: contracts/tiny-crm/pacts/sound-tiny-crm.json" in result.stdout
    assert call("pact", "compare", "contracts/tiny-crm/pacts").returncode == 0


def test_a_consumer_that_is_not_well_is_not_recorded(project: Path, call: Command):
    """Its baseline would be the pact of a fault."""
    write(
        project,
        "contracts/tiny-crm/consumers/broken.yaml",
        (
            "consumer: broken\ndriver: {python: 'shop:broken', path: ../../..}\n"
            "calls: {find_order: {does: getOrder, args: {order_id: O-1}}}\n"
        ),
    )
    result = call("pact", "record", "broken", "--out", "elsewhere")
    assert result.returncode == 4
    assert "its call find_order ended as crashed though nothing goes wrong" in result.stderr
    assert not (project / "elsewhere").exists()


def test_the_simulator_keeps_what_the_contract_says(project: Path, call: Command):
    """Its states are set up, its credential is real, and no record of that is left."""
    state = {"name": "x", "params": {"collection": "orders", "id": "O-7", "total": 7}}
    other = {
        **INTERACTION,
        "description": "another order",
        "providerState": None,
        "providerStates": [state],
        "request": {**INTERACTION["request"], "path": "/orders/O-7"},
    }
    a_pact(project, INTERACTION, other)
    result = call("pact", "verify")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.splitlines()[2:4] == ["  as expected  an order", "  as expected  another order"]


def test_a_sandbox_that_answers_otherwise(project: Path, call: Command):
    """Each difference in our words; what is sent has the sandbox's own token, and no output has it."""
    behaviour = Behaviour(order={"id": "O-1", "total": "five"})
    with crm(behaviour) as origin:
        result = call("pact", "verify", "--provider", origin)
    assert result.returncode == 1
    assert "  NOT AS EXPECTED  an order" in result.stdout
    assert "body $.total: " in result.stdout
    assert "Nobody set up the provider states: --states URL names who does." in result.stdout
    method, target, headers = behaviour.asked[-1]
    assert (method, target.endswith("/orders/O-1")) == ("GET", True)
    assert headers["authorization"].startswith("Bearer live-token-")
    assert "live-token" not in result.stdout + result.stderr


@pytest.mark.parametrize("words", [("record", "sound"), ("verify",)])
def test_without_pact_python(
    project: Path, call: Command, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
):
    """The command that installs it, before anything is started."""
    monkeypatch.setitem(sys.modules, "pact", None)
    result = call("pact", *words)
    assert result.returncode == 4
    assert (
        result.stderr == 'This needs pact-python. Install it with: pip install "pytest-crm-contracts[pact]"\n'
    )
