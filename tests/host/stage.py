"""A small real caller, so that the lab process can be seen at work."""

from __future__ import annotations

from pathlib import Path

from crm_contracts.consumers import load_consumer
from crm_contracts.contracts import load_contract
from crm_contracts.model.contract import Contract
from crm_contracts.model.run import Run
from crm_contracts.scenarios import baseline_of, bind, load_scenario

ROOT = Path(__file__).parents[2]
ACME = ROOT / "contracts" / "acme-crm"

CALLER = """
import json, os, time, urllib.request


class Caller:
    def __init__(self, endpoint):
        self.endpoint = endpoint

    def find_order(self, order_id):
        body = b"grant_type=client_credentials&client_id=%s&client_secret=%s" % (
            self.endpoint.client_id.encode(), self.endpoint.client_secret.encode())
        with urllib.request.urlopen(self.endpoint.token_url, body, timeout=2) as answer:
            token = json.load(answer)["access_token"]
        request = urllib.request.Request(self.endpoint.base_url + "/orders/" + order_id)
        request.add_header("Authorization", "Bearer " + token)
        with urllib.request.urlopen(request, timeout=2) as answer:
            return json.load(answer)

    def sleep(self):
        time.sleep(60)


def create(endpoint):
    return Caller(endpoint)
"""

CONSUMER = """
consumer: small
contract: {contract}
driver:
  python: small_caller:create
  in_process: {in_process}
calls:
  {call}: {{does: getOrder{args}}}
promises: {{deadline: {deadline}, recovers_within: 1s}}
"""

SCENARIO = """
scenario: unavailable
title: The CRM answers 503
during: [{call: each}]
faults: [{fault: status, code: 503}]
"""


def small_run(
    folder: Path,
    *,
    call: str = "find_order",
    deadline: str = "2s",
    in_process: bool = False,
    fault: bool = False,
    https: bool = False,
) -> Run:
    """One run of a small caller that is written into the folder: its baseline, or one with a 503."""
    (folder / "small_caller.py").write_text(CALLER)
    args = ', args: {order_id: "{known.order.id}"}' if call == "find_order" else ""
    text = CONSUMER.format(
        contract=ACME, call=call, args=args, deadline=deadline, in_process=str(in_process).lower()
    )
    (folder / "small.yaml").write_text(text + f"https: {str(https).lower()}\n")
    consumer = load_consumer(folder / "small.yaml", _contract_of)
    contract = load_contract(consumer.contract)
    if not fault:
        return baseline_of(consumer, contract, 1)
    (folder / "unavailable.yaml").write_text(SCENARIO)
    scenario = load_scenario(folder / "unavailable.yaml", shown="unavailable.yaml")
    run = bind(scenario, consumer, contract, 1)
    assert isinstance(run, Run), run
    return run


def _contract_of(reference: Path | str, _beside: Path) -> Contract:
    return load_contract(Path(reference))
