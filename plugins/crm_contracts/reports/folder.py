"""A report as a folder: verdicts.json, journal.jsonl, report.md."""

import json
import os
from pathlib import Path

from crm_contracts.reports.journal_file import JournalFile
from crm_contracts.reports.markdown import markdown
from crm_contracts.reports.report import Report

VERDICTS, JOURNAL, MARKDOWN = "verdicts.json", "journal.jsonl", "report.md"
_PARTS = "journal.*.part"

__all__ = ["JOURNAL", "MARKDOWN", "VERDICTS", "JournalFile", "journal_part", "start", "write_report"]


def start(folder: Path) -> None:
    """Make the folder ready: what an interrupted session left of its journal there goes."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in folder.glob(_PARTS):
        part.unlink(missing_ok=True)


def journal_part(folder: Path, writer: str) -> JournalFile:
    """The piece of the journal that one process writes; `write_report` puts the pieces together."""
    return JournalFile(path=folder / f"journal.{writer}.part")


def write_report(folder: Path, report: Report) -> None:
    """Write the three files; each appears whole or not at all. Raises OSError where the folder cannot be written."""
    folder.mkdir(parents=True, exist_ok=True)
    verdicts = json.dumps(report.public(), ensure_ascii=False, indent=2)
    _put(folder / VERDICTS, f"{verdicts}\n")
    _put(folder / MARKDOWN, markdown(report))
    _join(folder)


def _join(folder: Path) -> None:
    whole = folder / f".{JOURNAL}.{os.getpid()}"
    with whole.open("wb") as joined:
        for part in sorted(folder.glob(_PARTS)):
            joined.write(part.read_bytes())
    whole.replace(folder / JOURNAL)
    for part in folder.glob(_PARTS):
        part.unlink(missing_ok=True)


def _put(path: Path, text: str) -> None:
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
