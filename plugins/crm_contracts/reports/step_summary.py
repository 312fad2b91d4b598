"""The report on the page of a CI run: appended to the file that `$GITHUB_STEP_SUMMARY` names, where it is set."""

import os
from collections.abc import Mapping
from pathlib import Path

from crm_contracts.model.language import _
from crm_contracts.reports.markdown import brief
from crm_contracts.reports.report import Report

VARIABLE = "GITHUB_STEP_SUMMARY"
LONGEST = 900_000
"""Bytes; GitHub refuses a step's summary of more than 1 MiB as a whole."""


def append_step_summary(report: Report, environment: Mapping[str, str] = os.environ) -> None:
    """Append a report of runs to the step's summary. Does nothing where no CI asks for one; raises OSError."""
    file = environment.get(VARIABLE)
    if not file or not report.runs:
        return
    text = brief(report).encode()
    if len(text) > LONGEST:
        rest = _("The rest is in the report that `--crm-report=DIR` writes.")
        text = text[:LONGEST].rpartition(b"\n")[0] + f"\n\n{rest}\n".encode()
    with Path(file).open("ab") as summary:
        summary.write(text)
