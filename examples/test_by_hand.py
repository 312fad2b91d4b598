"""Tests of a small caller, written by hand: the crm_* fixtures give it a CRM of its own, faults, and verdicts.

They need no `--crm-contracts` and no scenario: `pytest examples/test_by_hand.py`.
"""

import asyncio
import os
import subprocess
import sys
import time

import httpx
import pytest
import requests

# Which contract the CRM is made from, and what our caller promises; a project with one contract needs to say nothing.
pytestmark = pytest.mark.crm(
    contract="acme-crm", promises={"deadline": "2s", "attempts": 3, "backoff": ["100ms", "200ms"]}
)


class CrmUnavailable(Exception):
    """What our users are told when the CRM is away."""


class Orders:
    """The caller: finds orders and opens tickets, tries three times, and says so when the CRM is away."""

    def __init__(self, base_url, token):
        self.base_url = base_url
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {token}"

    def find(self, order_id):
        return self.request("GET", f"/orders/{order_id}").json()

    def open_ticket(self, subject, key):
        ticket = {"subject": subject, "description": "opened by hand"}
        return self.request("POST", "/tickets", json=ticket, headers={"Idempotency-Key": key}).json()

    def request(self, method, path, **more):
        for wait in (0.12, 0.22, None):
            try:
                answer = self.session.request(method, self.base_url + path, timeout=0.5, **more)
                if answer.status_code < 500:
                    return answer
            except requests.RequestException:
                pass
            if wait is not None:
                time.sleep(wait)
        raise CrmUnavailable(path)


@pytest.fixture
def orders(crm_endpoint):
    """Our caller, pointed at the CRM of this test."""
    return Orders(crm_endpoint.base_url, crm_endpoint.access_token)


def test_an_order_is_found(orders, crm_journal, crm_verdicts):
    """The CRM answers from its contract and data, and checks every request strictly."""
    assert orders.find("O-1001")["id"] == "O-1001"
    assert [seen.operation for seen in crm_journal().exchanges] == ["getOrder"]
    crm_verdicts.assert_passed("requests_conform")


def test_a_restart_of_the_crm_is_survived(orders, crm_fault, crm_journal, crm_verdicts):
    """Two answers 503 are tried again, no more often and no sooner than promised."""
    with crm_fault("status", code=503, first=2) as fault, crm_journal.call("find_order") as call:
        call.value = orders.find("O-1001")
    assert fault.window.touched == 2
    assert [seen.status for seen in crm_journal().exchanges] == [503, 503, 200]
    crm_verdicts.assert_passed("attempts", "backoff", "deadline", "outcomes")


def test_users_are_told_when_the_crm_is_slow(orders, crm_fault, crm_journal, crm_verdicts):
    """Answers later than any user waits end in a plain word, and once the CRM is well again, so is the caller."""
    with crm_fault("latency", latency="2 * deadline"):
        with pytest.raises(CrmUnavailable), crm_journal.call("find_order"):
            orders.find("O-1001")
    with crm_journal.call("find_order") as call:
        call.value = orders.find("O-1001")
    crm_verdicts.assert_passed()


def test_a_ticket_is_opened_once_although_the_answer_is_lost(orders, crm_fault, crm_journal, crm_verdicts):
    """`call.unique` marks what a write sends, so that it is found again among the writes that the CRM accepted."""
    with crm_fault("premature_close", processed="before", first=1):
        with crm_journal.call("open_ticket") as call:
            call.value = orders.open_ticket(f"printer on fire {call.unique}", key=call.unique)
    assert len(crm_journal().ledger) == 1
    crm_verdicts.assert_passed("duplicate_writes", "lost_writes", "safe_retries")


def test_a_program_in_another_process(crm_endpoint, crm_journal):
    """Whatever reads its address from the environment can be pointed at the CRM."""
    program = (
        "import os, urllib.request as web; "
        "head = {'Authorization': 'Bearer ' + os.environ['CRM_ACCESS_TOKEN']}; "
        "web.urlopen(web.Request(os.environ['CRM_BASE_URL'] + '/orders/O-1001', headers=head))"
    )
    environment = {**os.environ, **crm_endpoint.environment()}
    subprocess.run([sys.executable, "-c", program], env=environment, check=True)
    assert crm_journal().exchanges[0].status == 200


def test_an_async_caller(crm_endpoint, crm_fault, crm_journal, crm_verdicts):
    """Faults and calls are `async with` blocks too; with pytest-asyncio or anyio the test itself can be async."""

    async def main():
        headers = {"Authorization": f"Bearer {crm_endpoint.access_token}"}
        async with httpx.AsyncClient(base_url=crm_endpoint.base_url, headers=headers, timeout=1) as client:
            async with crm_fault("malformed_body", variant="trailing_comma"):
                with pytest.raises(CrmUnavailable):
                    async with crm_journal.call("find_order"):
                        await find(client)
            async with crm_journal.call("find_order") as call:
                call.value = await find(client)

    async def find(client):
        try:
            return (await client.get("/orders/O-1001")).raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            raise CrmUnavailable("the CRM is away") from error

    asyncio.run(main())
    crm_verdicts.assert_passed()
