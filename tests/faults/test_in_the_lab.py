"""Every fault of HTTP and of credentials, in a real lab: met by a caller it has fired, met by nobody it has not."""

import contextlib
from pathlib import Path
from typing import Any

import httpx
import pytest

from crm_contracts.contracts import load_contract
from crm_contracts.faults import FAULTS
from crm_contracts.lab import LabRun
from crm_contracts.model.fault import Place
from crm_contracts.scenarios.binding import resolved
from tests.faults.test_faults import example, fault
from tests.lab.caller import in_loop
from tests.lab.labs import plan, running

ACME = Path(__file__).parents[2] / "contracts" / "acme-crm"
PROMISED = {"deadline": 0.01, "recovers_within": 0.01, "delivers_within": 0.01}
HTTP = [kind for kind in FAULTS if kind.place in {Place.REPLY, Place.TOKEN}]
TICKET = {"subject": "Printer on fire"}


async def asked(run: LabRun, method: str, path: str, **sent: Any) -> httpx.Response:
    tenant = run.endpoint.tenants[0]
    headers = {"Authorization": f"Bearer {tenant.access_token}"}
    async with httpx.AsyncClient(timeout=5) as client:
        return await client.request(method, run.endpoint.base_url + path, headers=headers, **sent)


async def token_asked(run: LabRun) -> httpx.Response:
    tenant = run.endpoint.tenants[0]
    form = {"grant_type": "client_credentials", "client_id": tenant.client_id}
    async with httpx.AsyncClient(timeout=5) as client:
        return await client.post(run.endpoint.token_url, data={**form, "client_secret": tenant.client_secret})


async def everything(run: LabRun) -> None:
    """A read, a list, a write and a new token; whatever comes back."""
    for method, path, sent in (
        ("GET", "/orders/O-1001", {}),
        ("GET", "/orders?limit=2", {}),
        ("POST", "/tickets", {"json": TICKET}),
    ):
        with contextlib.suppress(httpx.HTTPError):
            await asked(run, method, path, **sent)
    with contextlib.suppress(httpx.HTTPError):
        await token_asked(run)


@pytest.mark.parametrize("kind", HTTP, ids=lambda kind: kind.__name__)
@in_loop
async def test_a_fault_fires_where_it_is_met_and_only_there(kind: Any) -> None:
    """Its window tells how many answers it touched, or why it touched none; afterwards the CRM is well."""
    one = resolved(fault(example(kind)), PROMISED)
    async with running("embedded", plan(load_contract(ACME))) as run:
        unmet = await run.switch_off(await run.switch_on(one))
        assert (unmet.fired, unmet.touched, unmet.place) == (False, 0, kind.place.value)
        assert unmet.why

        active = await run.switch_on(one)
        await everything(run)
        met = await run.switch_off(active)
        assert met.fired, met.why
        assert met.touched >= 1
        assert run.observed().trouble is None
        assert (await token_asked(run)).status_code == 200


@pytest.mark.parametrize(
    "kind", [kind for kind in HTTP if kind.place is Place.REPLY], ids=lambda kind: kind.__name__
)
@in_loop
async def test_a_reply_strikes_only_what_it_selects(kind: Any) -> None:
    """The first one, of one operation: not another operation, and not a second time."""
    text = example(kind).rstrip("}")
    text = ", ".join(
        part for part in text.split(", ") if not part.startswith(("operations", "effect", "first"))
    )
    one = resolved(fault(f"{text.rstrip('}')}, operations: [getOrder], first: 1}}"), PROMISED)
    async with running("embedded", plan(load_contract(ACME))) as run:
        active = await run.switch_on(one)
        listed = await asked(run, "GET", "/orders?limit=2")
        with contextlib.suppress(httpx.HTTPError):
            await asked(run, "GET", "/orders/O-1001")
        again = await asked(run, "GET", "/orders/O-1001")
        window = await run.switch_off(active)

        assert (listed.status_code, again.status_code) == (200, 200)
        assert again.json()["id"] == "O-1001"
        assert window.touched == 1
        assert [seen.faults for seen in run.observed().exchanges] == [(), (one.fault,), ()]


@in_loop
async def test_a_revoked_token_is_not_valid_and_a_new_one_is() -> None:
    """Its refusal is the contract's for a token that is not valid."""
    async with running("embedded", plan(load_contract(ACME))) as run:
        await run.switch_on(fault("{fault: token_revoked}"))
        refused = await asked(run, "GET", "/orders/O-1001")
        assert (refused.status_code, refused.json()["category"]) == (401, "INVALID_AUTHENTICATION")
        assert (await token_asked(run)).status_code == 200
        (first, _token) = run.observed().exchanges
        assert first.credential is not None
        assert (first.credential.state, first.faults) == ("revoked", ("token_revoked",))


@in_loop
async def test_nobody_gets_a_token_while_grants_are_refused() -> None:
    """RFC 6749's invalid_grant; once the fault is off there are tokens again."""
    async with running("embedded", plan(load_contract(ACME))) as run:
        active = await run.switch_on(fault("{fault: refresh_refused}"))
        assert (await asked(run, "GET", "/orders/O-1001")).status_code == 401
        refused = await token_asked(run)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
        assert (await run.switch_off(active)).touched == 2
        assert (await token_asked(run)).status_code == 200


@pytest.mark.parametrize(
    "how, status, media", [("unavailable", 503, "json"), ("error", 500, "json"), ("login_page", 200, "html")]
)
@in_loop
async def test_the_token_endpoint_is_in_trouble(how: str, status: int, media: str) -> None:
    """Old tokens are refused, and there is no new one; the grants of the journal say so."""
    async with running("embedded", plan(load_contract(ACME))) as run:
        await run.switch_on(fault(f"{{fault: token_endpoint, how: {how}}}"))
        assert (await asked(run, "GET", "/orders/O-1001")).status_code == 401
        answer = await token_asked(run)
        assert answer.status_code == status
        assert media in answer.headers["content-type"]
        assert [grant.succeeded for grant in run.observed().grants] == [False]


@in_loop
async def test_a_slow_token_endpoint_gives_its_token_late() -> None:
    """The rest of the CRM is quick."""
    async with running("embedded", plan(load_contract(ACME))) as run:
        await run.switch_on(resolved(fault("{fault: token_endpoint, how: slow, delay: 300ms}"), PROMISED))
        answer = await token_asked(run)
        assert answer.json()["access_token"]
        assert answer.elapsed.total_seconds() > 0.25


@in_loop
async def test_a_missing_scope_is_refused_where_it_is_missing() -> None:
    """403 for writes, reads go on, and the permission comes back with the same token."""
    async with running("embedded", plan(load_contract(ACME))) as run:
        active = await run.switch_on(fault("{fault: scope_missing, effect: write}"))
        refused = await asked(run, "POST", "/tickets", json=TICKET)
        assert (refused.status_code, refused.json()["category"]) == (403, "MISSING_SCOPES")
        assert (await asked(run, "GET", "/orders/O-1001")).status_code == 200
        assert (await run.switch_off(active)).touched == 1
        assert (await asked(run, "POST", "/tickets", json=TICKET)).status_code == 201


@in_loop
async def test_a_forgotten_cursor_is_refused_in_the_contracts_words() -> None:
    """The first page is fine, the second is refused."""
    async with running("embedded", plan(load_contract(ACME))) as run:
        await run.switch_on(fault("{fault: expired_cursor}"))
        page = (await asked(run, "GET", "/orders?limit=2")).json()
        refused = await asked(run, "GET", f"/orders?limit=2&after={page['nextCursor']}")
        assert (len(page["results"]), refused.status_code) == (2, 400)
