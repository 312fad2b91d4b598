"""Prints the JSON Schema: `python -m crm_contracts.scenarios.schema > scenarios/scenario.schema.json`."""

import sys

from crm_contracts.scenarios.json_schema import schema_text

if __name__ == "__main__":
    sys.stdout.write(schema_text())
