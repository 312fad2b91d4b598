"""How far a drill is: a bar where the terminal can show one, else a line a run."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol

from crm_contracts.model.language import _
from crm_contracts.model.span import human
from crm_contracts.reports import RunReport
from crm_contracts.reports.columns import ending, padded, width
from crm_contracts.reports.words import verdict_name

COLUMNS = 80


class Progress(Protocol):
    """Is told of each run that is done."""

    def done(self, run: RunReport) -> None:
        """Show one more."""


class Plain:
    """A line a run."""

    def __init__(self, total: int) -> None:
        self._total, self._seen = total, 0

    def done(self, run: RunReport) -> None:
        """Print it."""
        self._seen += 1
        count = f"[{self._seen:>{len(str(self._total))}}/{self._total}]"
        head, took = f"{count} {padded(verdict_name(run.word), 8)} ", f"  {human(run.seconds)}"
        room = COLUMNS - width(head) - width(took)
        print(f"{head}{ending(run.item, room)}{took}", flush=True)


class Bar:
    """A bar of rich's, with what did not end as expected above it."""

    def __init__(self, bar: "object", task: int) -> None:
        self._bar, self._task = bar, task

    def done(self, run: RunReport) -> None:
        """Move it on."""
        bar = self._bar
        if not run.expected.as_expected:
            told = f"{padded(verdict_name(run.word), 8)} {run.item}"
            bar.console.print(told, markup=False, highlight=False)  # type: ignore[attr-defined]
        bar.update(self._task, advance=1, description=run.item)  # type: ignore[attr-defined]


@contextmanager
def shown(total: int) -> Iterator[Progress]:
    """A display that fits where the output goes."""
    if not sys.stdout.isatty():
        yield Plain(total)
        return
    try:
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as RichProgress
    except ImportError:
        yield Plain(total)
        return
    columns: Iterable[object] = (
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
    )
    with RichProgress(*columns, transient=True) as bar:  # type: ignore[arg-type]  # its columns
        yield Bar(bar, bar.add_task(_("starting the lab"), total=total))
