"""The JSON Schema for editors agrees with the loader."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from crm_contracts.checks import CHECKS
from crm_contracts.documents import parse
from crm_contracts.faults import FAULTS
from crm_contracts.scenarios import new_scenario, scenario_schema, schema_text

BASE = "scenario: cut\ntitle: x\nduring: [{call: reads}]\n"


def valid(text: str) -> bool:
    return jsonschema_rs.validator_for(scenario_schema()).is_valid(parse(text.encode(), file="a.yaml").value)


@pytest.mark.parametrize(
    "faults",
    [
        "[]",
        "[{fault: down}]",
        "[{fault: latency, latency: 2 * deadline + 1s, for: 2s}]",
        "[{fault: status, code: 503, retry_after: 3s, body: {a: 1}, headers: {X-Left: 0}}]",
        "[{fault: token_lifetime, from: 24h, to: 1h}]",
        "[{fault: slicer, average_size: 4kB}]",
    ],
)
def test_what_loads_is_valid(faults: str) -> None:
    """An editor underlines nothing that is right."""
    assert valid(f"{BASE}faults: {faults}")


@pytest.mark.parametrize(
    "faults",
    [
        "[{}]",
        "[{fault: latancy}]",
        "[{fault: latency, latency: 2}]",
        "[{fault: latency, latency: 2s, for_: 2s}]",
        "[{fault: status, code: 99}]",
        "[{latency: 2s}]",
    ],
)
def test_what_is_refused_is_invalid(faults: str) -> None:
    """An editor underlines what the loader would refuse."""
    assert not valid(f"{BASE}faults: {faults}")


def test_unknown_keys_of_checks_are_invalid() -> None:
    """Checks know nothing of pydantic, and are read as strictly as all else."""
    assert valid(f"{BASE}faults: []\nexpect: [{{check: outcomes, during: [ok]}}]")
    assert not valid(f"{BASE}faults: []\nexpect: [{{check: outcomes, durring: [ok]}}]")


def test_every_fault_check_and_key_is_described() -> None:
    """Descriptions are what an editor shows while somebody types."""
    schema = scenario_schema()
    definitions = schema["$defs"]
    assert isinstance(definitions, dict)

    assert {kind.__name__ for kind in (*FAULTS, *CHECKS)} <= set(definitions)
    undescribed = [
        f"{kind.__name__}.{key}"
        for kind in FAULTS
        for key, part in _properties(definitions[kind.__name__])
        if "description" not in part and key != "fault"
    ]
    undescribed += [key for key, part in _properties(schema) if "description" not in part]
    assert undescribed == []


def _properties(definition: Any) -> list[tuple[str, dict[str, Any]]]:
    return list(definition["properties"].items())


def test_the_schema_is_printed_by_its_module() -> None:
    """`python -m crm_contracts.scenarios.schema` is what `make schema` runs, and it warns of nothing."""
    printed = subprocess.run(
        [sys.executable, "-W", "error", "-m", "crm_contracts.scenarios.schema"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert printed.stdout == schema_text()


def test_a_new_scenario_is_valid() -> None:
    """The template is checked by the editor from its first line on."""
    assert valid(new_scenario("cut"))


def test_the_published_schema_is_current() -> None:
    """`make schema` writes it; editors read it beside the shipped scenarios."""
    published = Path(__file__).parents[2] / "scenarios" / "scenario.schema.json"
    assert published.read_text(encoding="utf-8") == schema_text()
