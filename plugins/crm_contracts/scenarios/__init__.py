"""Scenarios: from YAML to a run. Its names are imported on first use."""

from typing import TYPE_CHECKING

from crm_contracts.lazily import by_room

if TYPE_CHECKING:
    from crm_contracts.scenarios.binding import BASELINE, baseline_of, bind
    from crm_contracts.scenarios.json_schema import scenario_schema, schema_text
    from crm_contracts.scenarios.known_issues import KnownIssue, expired_issues, issue_of, load_known_issues
    from crm_contracts.scenarios.lint import unmatched_calls, unmatched_operations
    from crm_contracts.scenarios.loader import load_scenario
    from crm_contracts.scenarios.template import new_scenario

__all__ = [
    "BASELINE",
    "KnownIssue",
    "baseline_of",
    "bind",
    "expired_issues",
    "issue_of",
    "load_known_issues",
    "load_scenario",
    "new_scenario",
    "scenario_schema",
    "schema_text",
    "unmatched_calls",
    "unmatched_operations",
]

__getattr__ = by_room(
    __name__,
    {
        "BASELINE": "binding",
        "KnownIssue": "known_issues",
        "baseline_of": "binding",
        "bind": "binding",
        "expired_issues": "known_issues",
        "issue_of": "known_issues",
        "load_known_issues": "known_issues",
        "load_scenario": "loader",
        "new_scenario": "template",
        "scenario_schema": "json_schema",
        "schema_text": "json_schema",
        "unmatched_calls": "lint",
        "unmatched_operations": "lint",
    },
)
