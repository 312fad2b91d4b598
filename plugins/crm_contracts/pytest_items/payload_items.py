"""Items of payload cases: each call of a consumer, each operation that it does, valid and malformed answers."""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crm_contracts.model.verdict import Verdict
from crm_contracts.pytest_items.findings import CheckFailed, NotAsKnown, RunUnknown, Unreadable
from crm_contracts.pytest_items.items import PROPERTY, CrmItem, body_of, expect, mark
from crm_contracts.pytest_items.session import CrmSession
from crm_contracts.reports import diagnosis

if TYPE_CHECKING:
    from crm_contracts.cases.found import Found
    from crm_contracts.cases.plan import PayloadPlan
    from crm_contracts.cases.search import Search
    from crm_contracts.model.consumer import Consumer
    from crm_contracts.project import Judged
    from crm_contracts.run.judge import RunVerdict

MARKERS = {"payloads": "property", "malformed": "malformed"}
DATABASE = Path(".hypothesis") / "examples"


class CallOf(pytest.Collector):
    """A call of a consumer, with the operation where it does several."""

    plans: "list[PayloadPlan]"
    crm: CrmSession

    def collect(self) -> Iterator["PayloadItem"]:
        """One item a kind."""
        return (payload_item(self, plan, self.crm) for plan in self.plans)


class PayloadItem(CrmItem):
    """The payload cases of one kind on one call and operation."""

    cases: "Cases"

    def runtest(self) -> None:
        """Do the cases and hand their report over, whatever comes of them."""
        try:
            super().runtest()
        finally:
            if self.cases.judged is not None:
                report = self.cases.crm.reported(self.cases.judged)
                self.user_properties.append((PROPERTY, json.dumps(report.packed(), ensure_ascii=False)))


class Cases:
    """A planned item and, once it was done, what came of it."""

    def __init__(self, plan: "PayloadPlan", crm: CrmSession, seed: int) -> None:
        self.plan, self.crm, self.seed = plan, crm, seed
        self.judged: Judged | None = None

    def perform(self) -> None:
        """Do the cases; raises what did not end as it should."""
        self.judged = judged = self.crm.conductor.unreached(self.plan.planned) or self._judged()
        expected = judged.expected
        if expected.as_expected and not expected.known:
            return
        text = diagnosis(judged, self.crm.replay.command(self.plan.planned.item))
        if expected.known and not expected.as_expected:
            raise NotAsKnown(text)
        raise CheckFailed(text) if judged.verdict.verdict is Verdict.FAILED else RunUnknown(text)

    def _judged(self) -> "Judged":
        return self.crm.conductor.held(self.plan.planned, self._verdict())

    def _verdict(self) -> "RunVerdict":
        from crm_contracts.cases.drawing import ExtraMissing
        from crm_contracts.cases.found import Searched
        from crm_contracts.consumers import ConsumerFailed
        from crm_contracts.host import LabGone
        from crm_contracts.project.conductor import nothing_seen
        from crm_contracts.reports.payload_finding import findings
        from crm_contracts.run.cases import lanes_of
        from crm_contracts.run.judge import RunVerdict

        run = self.plan.planned.run
        try:
            searched = self._search().run()
        except ExtraMissing as missing:
            raise Unreadable(str(missing)) from None
        except (LabGone, ConsumerFailed) as gone:
            searched = Searched(doubts=(("lab", str(gone)),))
        finally:
            if lanes_of(run) == 1:
                # Other runs need the program, or the address that it knows.
                self.crm.desk.leave()
        return RunVerdict(
            run=run,
            journal=nothing_seen(run),
            findings=findings(self.plan, searched, partial(pin_command, self.plan), _sentence_of),
            not_run=searched.not_run,
        )

    def _search(self) -> "Search":
        from crm_contracts.cases.asking import Asking
        from crm_contracts.cases.drawing import Drawing
        from crm_contracts.cases.profile import PROFILES
        from crm_contracts.cases.search import Search

        asking = Asking(plan=self.plan, desk=self.crm.desk, malformed=self.plan.kind == "malformed")
        database = self.crm.project.layout.root / DATABASE
        drawing = Drawing(seed=self.seed, key=self.plan.planned.item, database=database)
        profile = PROFILES[self.crm.payloads]
        if self.plan.planned.issue is not None and self.crm.conductor.strict:
            # What is known needs no search for its smallest form.
            profile = replace(profile, shrinking=0)
        return Search(asking, drawing, profile)


def calls_of(parent: pytest.Collector, consumer: "Consumer", crm: CrmSession) -> Iterator[CallOf]:
    """The calls of a consumer, each with its items; none where payload cases are not asked for."""
    from itertools import groupby

    from crm_contracts.cases.plan import payload_plans

    for label, plans in groupby(payload_plans(crm.project, consumer), key=lambda plan: plan.label):
        call: CallOf = CallOf.from_parent(parent, name=label)
        call.plans, call.crm = list(plans), crm
        yield call


def payload_item(parent: pytest.Collector, plan: "PayloadPlan", crm: CrmSession) -> PayloadItem:
    """The item of one kind, with its markers and what is known of it."""
    cases = Cases(plan, crm, _seed(parent.config, crm))
    item: PayloadItem = PayloadItem.from_parent(parent, name=plan.kind, callobj=body_of(cases.perform))
    item.cases = cases
    run = plan.planned.run
    item.place = (run.consumer.file, run.scenario.position.line - 1 if run.scenario.position else 0)
    item.extra_keyword_matches |= {run.consumer.name, run.contract.name, plan.operation.id}
    for name in ("crm", f"crm_{MARKERS[plan.kind]}"):
        mark(item, name, crm)
    expect(item, plan.planned)
    return item


def _seed(config: pytest.Config, crm: CrmSession) -> int:
    """Our seed, or the one that Hypothesis' own option names."""
    named = config.getoption("hypothesis_seed", None)
    return int(named) if named is not None and str(named).isdigit() else crm.project.seed


def _sentence_of(mutation: str) -> str:
    from crm_contracts.payloads.mutations import MUTATIONS

    return next((one.sentence() for one in MUTATIONS if one.name == mutation), mutation)


def pin_command(plan: "PayloadPlan", found: "Found") -> str:
    """The command that writes a failure down."""
    from crm_contracts.cli import program
    from crm_contracts.reports.pinning import pin_words

    return program(*pin_words(plan, found))
