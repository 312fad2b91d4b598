"""What a person, a spreadsheet or another program reads of runs: terminal text, Markdown, JSON."""

from crm_contracts.reports.diagnosis import diagnosis, headline
from crm_contracts.reports.figures import figures
from crm_contracts.reports.folder import JournalFile, write_report
from crm_contracts.reports.matrix import matrix
from crm_contracts.reports.replay import Replay
from crm_contracts.reports.report import Report
from crm_contracts.reports.run_report import RunReport
from crm_contracts.reports.step_summary import append_step_summary
from crm_contracts.reports.timeline import timeline

__all__ = [
    "JournalFile",
    "Replay",
    "Report",
    "RunReport",
    "append_step_summary",
    "diagnosis",
    "figures",
    "headline",
    "matrix",
    "timeline",
    "write_report",
]
