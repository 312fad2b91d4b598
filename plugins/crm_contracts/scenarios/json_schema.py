"""The JSON Schema of scenario files, for editors."""

import json
from typing import Any

from crm_contracts.model.json import JSON


def scenario_schema() -> dict[str, JSON]:
    """Return the schema, with a description for every fault, check and key.

    >>> scenario_schema()["required"]
    ['scenario', 'title', 'during', 'faults']
    """
    from pydantic import TypeAdapter

    from crm_contracts.scenarios.form import ScenarioForm

    schema: dict[str, Any] = TypeAdapter(ScenarioForm).json_schema()
    for definition in schema["$defs"].values():
        _choose_by_name(definition)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "crm-contracts scenario",
    }


def _choose_by_name(definition: dict[str, Any]) -> None:
    # In Python a fault knows its own name; in a file the name is what chooses it.
    for name in ("fault", "check"):
        if "const" in definition.get("properties", {}).get(name, {}):
            definition["properties"][name].pop("default", None)
            definition["required"] = [name, *definition.get("required", ())]


def schema_text() -> str:
    """The schema as the published file holds it."""
    return json.dumps(scenario_schema(), indent=2, ensure_ascii=False) + "\n"
