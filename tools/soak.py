"""`python -m tools.soak`: everything again and again under load; a verdict that comes out differently even once is told.

Expected are a pass of every resilient caller, of every fragile one the failures that its known issues name, and of every
caller of the gallery exactly the failures that the gallery lists.
"""

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from crm_contracts.cli.drill import LANES
from crm_contracts.cli.lanes import Lanes
from crm_contracts.model.verdict import Finding
from crm_contracts.project import Conductor, Judged, LabKeeper, Planned
from crm_contracts.reports import Replay, diagnosis
from crm_contracts.reports.replay import pytest_program
from tools import checkout
from tools.burners import burners, cores
from tools.checkout import Failing

LONGEST_ROUND = 900.0
INTERRUPTED = 2


@dataclass(slots=True)
class Tally:
    """How often each run came out as expected, and how else it did."""

    failing: Failing
    expected: Counter[str] = field(default_factory=Counter)
    differing: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, judged: Judged) -> str:
        """Count one verdict; returns how it differs from the expected one, nothing where it does not."""
        item, wanted = judged.planned.item, self._missed(judged)
        if not wanted:
            self.expected[item] += 1
            return ""
        difference = f"{_told(judged)} instead of {wanted}"
        self.differing.setdefault(item, Counter())[difference] += 1
        return difference

    def lines(self) -> list[str]:
        """The table: consumers first, then every run that differed, with how often it did what."""
        items = sorted({*self.expected, *self.differing})
        width = max(map(len, items), default=0)
        lines = [f"{'run':{width}}  expected  differing"]
        lines += [f"{item:{width}}  {self.expected[item]:8}  {self._differed(item):9}" for item in items]
        for item, kinds in self.differing.items():
            lines += [f"\n{item}", *(f"  {count} x {kind}" for kind, count in kinds.most_common())]
        return lines

    def counts(self) -> str:
        """The verdicts counted, in one line."""
        differing = sum(map(self._differed, self.differing))
        return f"{self.expected.total() + differing} runs, {differing} with another verdict than expected"

    def _differed(self, item: str) -> int:
        return self.differing[item].total() if item in self.differing else 0

    def _missed(self, judged: Judged) -> str:
        """What was expected, where something else happened."""
        planned = judged.planned
        listed = self.failing.get(planned.run.consumer.name)
        if listed is None:
            known = ", ".join(judged.expected.known)
            return "" if judged.expected.as_expected else f"failed {known}" if known else "passed"
        wanted = listed.get(checkout.name_of(planned), frozenset())
        if not judged.verdict.unknown and _names(judged.verdict.failed) == wanted:
            return ""
        return f"failed {', '.join(sorted(wanted))}" if wanted else "passed"


def main(argv: Sequence[str] | None = None) -> int:
    """Return 0 where every verdict of every round was expected, 1 where one was not, 2 after Ctrl-C."""
    options = _parser().parse_args(argv)
    project = checkout.project(seed=options.seed, gallery=True)
    if problems := checkout.problems_of(project):
        print("\n\n".join(map(str, problems)), file=sys.stderr)
        return 1
    failing = checkout.gallery_expectations()
    runs = [run for run in checkout.listed(checkout.every_run(project), failing) if options.words in run.item]
    runs = [*_with_baselines(runs)]
    print(f"{len(runs)} runs, {options.times} times, {options.burners} burners beside them", flush=True)
    tally = Tally(failing)
    code = _rounds(runs, tally, options)
    print("\n" + "\n".join(tally.lines()) + f"\n\n{tally.counts()}")
    return code or int(bool(tally.differing) or not runs)


def _rounds(runs: Sequence[Planned], tally: Tally, options: argparse.Namespace) -> int:
    told: set[tuple[str, str]] = set()
    try:
        for number in range(1, options.times + 1):
            began = time.monotonic()
            differing = _round(_shuffled(runs, options.seed + number), tally, told, options)
            taken = time.monotonic() - began
            print(f"round {number} of {options.times}: {differing} differed, {taken:.0f} s", flush=True)
    except KeyboardInterrupt:
        print("Interrupted: this is what was seen so far.")
        return INTERRUPTED
    return 0


def _round(
    runs: Iterable[Planned], tally: Tally, told: set[tuple[str, str]], options: argparse.Namespace
) -> int:
    """Do all runs once, with a lab of their own; returns how many differed."""
    differing = 0
    keeper = LabKeeper(checkout.lab_settings(options.engine, seed=options.seed))
    conductor = Conductor(keeper, today=datetime.now(tz=UTC).astimezone().date())
    try:
        with burners(options.burners, longest=LONGEST_ROUND):
            for judged in Lanes(conductor, options.lanes).judged(runs):
                if difference := tally.add(judged):
                    differing += 1
                    _tell(judged, difference, told, options)
    finally:
        keeper.close()
    return differing


def _tell(judged: Judged, difference: str, told: set[tuple[str, str]], options: argparse.Namespace) -> None:
    """Print the diagnosis when a run differs in this way for the first time, else one line."""
    item = judged.planned.item
    print(f"\n{item}: {difference}", flush=True)
    if (item, difference) not in told:
        told.add((item, difference))
        print(f"{diagnosis(judged, _replay(options).command(item))}\n", flush=True)


def _replay(options: argparse.Namespace) -> Replay:
    engine = (f"--crm-engine {options.engine}",) if options.engine else ()
    paths = f'-o "crm_paths={" ".join(checkout.PATHS)}"'
    here = Path.cwd()
    return Replay(
        root=checkout.ROOT,
        here=here,
        seed=options.seed,
        program=pytest_program(here),
        options=(*engine, paths),
    )


def _shuffled(runs: Sequence[Planned], seed: int) -> list[Planned]:
    """The same runs with other neighbours; baselines stay in front."""
    shuffled = random.Random(seed).sample(runs, len(runs))
    return sorted(shuffled, key=lambda run: not run.is_baseline)


def _with_baselines(runs: Sequence[Planned]) -> Iterable[Planned]:
    baselines = {run.baseline.item: run.baseline for run in runs if run.baseline is not None}
    return {**baselines, **{run.item: run for run in runs}}.values()


def _told(judged: Judged) -> str:
    verdict = judged.verdict
    failed, unknown = _names(verdict.failed), _names(verdict.unknown)
    parts = [
        f"{word} {', '.join(sorted(names))}"
        for word, names in (("failed", failed), ("unknown", unknown))
        if names
    ]
    return "; ".join(parts) or verdict.verdict.value


def _names(findings: Iterable[Finding]) -> frozenset[str]:
    return frozenset(finding.check for finding in findings)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.soak", description=__doc__)
    parser.add_argument("--times", type=_count, default=20, metavar="N", help="rounds (default: 20)")
    burning = 2 * cores()
    wanted = f"processes that burn beside the runs (default: two a core: {burning})"
    parser.add_argument("--burners", type=_count, default=burning, metavar="N", help=wanted)
    parser.add_argument(
        "--lanes", type=_count, default=LANES, metavar="N", help=f"runs at once (default: {LANES})"
    )
    parser.add_argument("--engine", choices=checkout.ENGINES, help="default: toxiproxy where it is installed")
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="decides plans and orders (default: 0)"
    )
    parser.add_argument(
        "-k", dest="words", default="", metavar="WORD", help="only runs whose id has this word"
    )
    return parser


def _count(text: str) -> int:
    count = int(text)
    if not 0 <= count <= 1000:
        raise ValueError(text)
    return count


if __name__ == "__main__":
    sys.exit(main())
