"""Scenarios: from YAML to a run."""

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
