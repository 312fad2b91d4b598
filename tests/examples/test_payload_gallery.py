"""Callers with one defect in how they read answers: payload cases find each of them, and the sound one bears everything."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_contracts.cases.asking import Asking
from crm_contracts.cases.desk import PayloadDesk
from crm_contracts.cases.drawing import Drawing
from crm_contracts.cases.found import Found, Searched
from crm_contracts.cases.plan import PayloadPlan, payload_plans
from crm_contracts.cases.profile import PayloadProfile
from crm_contracts.cases.search import Search
from crm_contracts.consumers import load_consumer
from crm_contracts.lab import LabSettings
from crm_contracts.project import LabKeeper, Layout, Project
from crm_contracts.run.case_judge import Blame
from tests.examples.stage import ROOT, _contract

CALLS = {
    "find_order": '{does: getOrder, args: {order_id: "{known.order.id}"}}',
    "list_orders": "{does: listOrders}",
    "find_ticket": '{does: getTicket, args: {ticket_id: "{known.ticket.id}"}}',
}
PROFILE = PayloadProfile(name="test", examples=30, places=3, shrinking=40)


@pytest.fixture(scope="module")
def desk() -> Iterator[PayloadDesk]:
    """A lab with a caller at a time."""
    keeper = LabKeeper(LabSettings(engine="embedded"))
    desk = PayloadDesk(keeper)
    try:
        yield desk
    finally:
        desk.leave()
        keeper.close()


def plan(folder: Path, name: str, call: str, kind: str) -> PayloadPlan:
    """One item of one caller of the gallery."""
    file = folder / "consumers" / f"{name.lower()}.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(
        f"consumer: {name.lower()}\ncontract: acme-crm\n"
        f"driver: {{python: 'examples.payloads.callers:{name}', path: {ROOT}}}\n"
        f"calls:\n  {call}: {CALLS[call]}\n"
        "outcomes: {refused: {raises: [CrmUnavailable]}}\n"
        "promises: {deadline: 2s, attempts: 1}\n",
        encoding="utf-8",
    )
    consumer = load_consumer(file, _contract)
    project = Project(layout=Layout.of(folder))
    return next(one for one in payload_plans(project, consumer) if one.kind == kind)


def searched(desk: PayloadDesk, plan: PayloadPlan, profile: PayloadProfile = PROFILE) -> Searched:
    """What its search finds."""
    asking = Asking(plan=plan, desk=desk, malformed=plan.kind == "malformed")
    return Search(asking, Drawing(seed=7, key=plan.planned.item), profile).run()


def found(result: Searched) -> Found:
    """The first failure."""
    assert result.found, result
    return result.found[0]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("kind", ["payloads", "malformed"])
def test_a_sound_caller_bears_everything(desk: PayloadDesk, tmp_path: Path, call: str, kind: str) -> None:
    """No answer, however odd, is held against a caller that reads strictly and refuses what it cannot use."""
    result = searched(desk, plan(tmp_path, "Sound", call, kind))
    assert not result.found, result.found
    assert not result.doubts
    assert result.cases > 20


@pytest.mark.parametrize(
    "name, call, error, pointer",
    [
        ("CrashesOnNull", "find_order", "TypeError", ("deliverOn",)),
        ("KnowsThreeStatuses", "find_order", "KeyError", ("status",)),
        ("CrashesOnEmptyList", "list_orders", "IndexError", ("results",)),
        ("CrashesOnLetters", "find_ticket", "UnicodeEncodeError", ("subject",)),
    ],
)
def test_a_valid_answer_that_crashes_a_caller_is_found_and_its_cause_marked(
    desk: PayloadDesk, tmp_path: Path, name: str, call: str, error: str, pointer: tuple[str, ...]
) -> None:
    """The smallest answer is kept, and the member that decides is named."""
    failure = found(searched(desk, plan(tmp_path, name, call, "payloads")))
    assert failure.blame is Blame.CRASHED
    assert failure.seen.call.result.failure
    assert failure.seen.call.result.failure.type.endswith(error)
    assert pointer in [mark.pointer for mark in failure.marks]


@pytest.mark.parametrize(
    "name, mutation, blame",
    [
        ("TakesHalfForAll", "truncated", Blame.TAKEN),
        ("MendsCommas", "trailing_comma", Blame.TAKEN),
        ("TakesInfinityForMoney", "infinity", Blame.DIFFERS),
    ],
)
def test_a_malformed_answer_that_is_taken_for_sound_is_found(
    desk: PayloadDesk, tmp_path: Path, name: str, mutation: str, blame: Blame
) -> None:
    """Reading what cannot be read, or numbers that are none, misleads the caller's user."""
    result = searched(desk, plan(tmp_path, name, "find_order", "malformed"))
    assert (mutation, blame) in [(one.mutation, one.blame) for one in result.found], result.found


def test_the_same_seed_finds_the_same_answer(desk: PayloadDesk, tmp_path: Path) -> None:
    """A failure can be talked about: whoever runs it again sees the same."""
    item = plan(tmp_path, "CrashesOnNull", "find_order", "payloads")
    assert found(searched(desk, item)).served == found(searched(desk, item)).served
