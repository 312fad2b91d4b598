"""tenant_isolation: what one customer is shown is that customer's."""

import json
from dataclasses import replace

from crm_contracts.checks.tenant_isolation import TenantIsolation, tenant_of
from crm_contracts.model.consumer import CallSpec, HttpCall, Outcome
from crm_contracts.model.contract import Effect
from crm_contracts.model.exchange import Credential, Payload
from crm_contracts.model.fault import Trait
from crm_contracts.model.json import JSON
from crm_contracts.model.verdict import Finding, NotRun, Verdict
from tests.checks.story import READ, Story, run_of

NORTH = CallSpec(name="north_order", does=("getOrder",), effect=Effect.READ, args={"tenant": "north"})
SOUTH = CallSpec(name="south_order", does=("getOrder",), effect=Effect.READ, args={"tenant": "south"})
RUN = run_of(Trait.UNREACHABLE, calls=(NORTH, SOUTH))
OF_NORTH: JSON = {"id": "O-1", "status": "shipped", "total": 99.5}
OF_SOUTH: JSON = {"id": "O-1", "status": "paid", "total": 1280}


def _read(story: Story, at: float, spec: CallSpec, record: JSON, tenant: str) -> None:
    """A read that was asked of the CRM and answered."""
    body = json.dumps(record).encode()
    call = story.call(at, at + 0.2, spec=spec, value=record)
    seen = story.exchange(at + 0.1, at + 0.15, call=call, answer=Payload(kept=body, length=len(body)))
    credential = Credential(name=f"token#{tenant}", state="valid", tenant=tenant)
    story.exchanges[-1] = replace(seen, credential=credential)


def _told(now: JSON, outcome: Outcome = Outcome.DEGRADED, spec: CallSpec = NORTH) -> Verdict:
    story = Story()
    _read(story, 1, NORTH, OF_NORTH, "north")
    _read(story, 2, SOUTH, OF_SOUTH, "south")
    story.call(11, 11.1, outcome, spec=spec, value=now)
    found = TenantIsolation().judge(RUN, story.journal())
    assert isinstance(found, Finding)
    return found.verdict


def test_what_was_told_for_another_fails() -> None:
    """As kept data with a notice, and as a success from a cache."""
    shown: JSON = {**OF_SOUTH, "notice": "limited"}  # type: ignore[dict-item]
    assert _told(shown) is Verdict.FAILED
    assert _told(OF_SOUTH, Outcome.OK) is Verdict.FAILED
    assert _told(OF_NORTH, Outcome.OK, SOUTH) is Verdict.FAILED


def test_ones_own_data_defaults_and_refusals_pass() -> None:
    """A default status that another's order happens to have is chance."""
    assert _told(OF_NORTH) is Verdict.PASSED
    assert _told({"id": "O-1", "status": "paid", "total": None}) is Verdict.PASSED
    assert _told(None, Outcome.REFUSED) is Verdict.PASSED
    assert _told("shipped") is Verdict.PASSED


def test_what_both_were_told_is_nobodys_secret() -> None:
    """Where the CRM says the same to both, nothing can be seen; where north's order changed, it may be shown."""
    story = Story()
    _read(story, 1, NORTH, OF_NORTH, "north")
    _read(story, 2, SOUTH, OF_NORTH, "south")
    found = TenantIsolation().judge(RUN, story.journal())
    assert isinstance(found, Finding)
    assert found.verdict is Verdict.UNKNOWN
    story = Story()
    _read(story, 1, NORTH, OF_NORTH, "north")
    _read(story, 2, SOUTH, {**OF_SOUTH, "to": "Lima"}, "south")  # type: ignore[dict-item]
    _read(story, 11, NORTH, OF_SOUTH, "north")
    found = TenantIsolation().judge(RUN, story.journal())
    assert isinstance(found, Finding)
    assert found.verdict is Verdict.PASSED


def test_where_one_was_told_nothing_there_is_nothing_to_see() -> None:
    """A CRM that was away from the start, or a real one whose credentials nobody can tell apart."""
    story = Story()
    _read(story, 1, NORTH, OF_NORTH, "north")
    assert isinstance(TenantIsolation().judge(RUN, story.journal()), NotRun)


def test_a_first_answer_from_a_foreign_cache_fails_too() -> None:
    """South never got to ask the CRM for this order: its first answer was north's."""
    story = Story()
    _read(story, 1, NORTH, OF_NORTH, "north")
    story.call(2, 2.1, spec=SOUTH, value=OF_NORTH)
    _read(story, 3, SOUTH, {"id": "O-2", "status": "open", "total": 5}, "south")
    found = TenantIsolation().judge(RUN, story.journal())
    assert isinstance(found, Finding)
    assert found.verdict is Verdict.FAILED


def test_a_call_names_its_tenant_in_args_or_request() -> None:
    """In a path, a query, a header or a body; a call that names none or both is nobody's."""
    for request in (
        HttpCall(method="GET", path="/north/orders/7"),
        HttpCall(method="GET", path="/orders?tenant=north&id=7"),
        HttpCall(method="GET", path="/orders", headers={"X-Tenant": "north"}),
        HttpCall(method="POST", path="/orders", json={"for": ["north"]}, has_json=True),
    ):
        assert tenant_of(replace(READ, request=request)) == "north"
    assert tenant_of(READ) is None
    assert tenant_of(replace(READ, args={"of": ["north", "south"]})) is None


def test_it_applies_to_callers_of_both() -> None:
    """One tenant cannot see another's data where there is none."""
    assert TenantIsolation().applies(RUN) is None
    assert TenantIsolation().applies(run_of(Trait.UNREACHABLE, calls=(NORTH, READ)))
