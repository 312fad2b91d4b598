"""A report: the runs of one session or drill, and what they were done with."""

import subprocess
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from crm_contracts import __version__
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _
from crm_contracts.reports.run_report import RunReport

TOOL = f"pytest-crm-contracts {__version__}"
WORDS = ("passed", "failed", "unknown", "xfailed", "xpassed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Runs, with the tool, commit, engine and seed that they were done with; `started` is ISO 8601 in UTC."""

    started: str
    seed: int
    engine: str
    runs: tuple[RunReport, ...] = ()
    commit: str | None = None
    interrupted: bool = False

    @property
    def unexpected(self) -> tuple[RunReport, ...]:
        """The runs that need somebody's eyes."""
        return tuple(run for run in self.runs if not run.expected.as_expected)

    @property
    def known(self) -> tuple[RunReport, ...]:
        """The runs that failed as known."""
        return tuple(run for run in self.runs if run.word == "xfailed")

    def public(self) -> dict[str, JSON]:
        """The report as `verdicts.json` has it (schema 1)."""
        return {
            "schema": 1,
            "tool": TOOL,
            "commit": self.commit,
            "started": self.started,
            "seed": self.seed,
            "engine": self.engine,
            "runs": [dict(run.public()) for run in self.runs],
        }

    def counts(self) -> str:
        """The verdicts counted, in one line: `17 passed, 2 failed, 1 unknown, 20 xfailed`."""
        counted = Counter(run.word for run in self.runs)
        parts = [_counted(word, counted[word]) for word in WORDS if counted[word]]
        return ", ".join(parts) or _("nothing was run")


def now() -> str:
    """The moment of the call, as reports write it."""
    return datetime.now(tz=UTC).isoformat(timespec="seconds")


def commit_of(folder: Path) -> str | None:
    """The commit of the project, or None where there is no git or no commit."""
    command = ["git", "-C", str(folder), "rev-parse", "--verify", "--quiet", "HEAD"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip() or None


def _counted(word: str, count: int) -> str:
    sentences = {
        "passed": _("{count} passed"),
        "failed": _("{count} failed"),
        "unknown": _("{count} unknown"),
        "xfailed": _("{count} failed as known"),
        "xpassed": _("{count} passed although a failure is known"),
    }
    return sentences[word].format(count=count)
