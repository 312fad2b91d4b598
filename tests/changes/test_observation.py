"""Which fields a caller reads, observed by taking each away; in a real lab, with real processes."""

from contextlib import closing
from pathlib import Path

import pytest

from crm_contracts.changes.observation import Observation
from crm_contracts.changes.usage import Use
from crm_contracts.consumers import load_consumer
from crm_contracts.contracts import load_contract
from crm_contracts.host import LabClient
from crm_contracts.lab import LabSettings
from tests.project.shop import write, write_shop

pytestmark = pytest.mark.slow

PICKY = """

class Picky(Brittle):
    def find_order(self, order_id):
        with urllib.request.urlopen(f"{self.base}/orders/{order_id}", timeout=1) as answer:
            order = json.load(answer)
        return {"known": "note" in order, "note": order.get("note")}

    def rate(self, order_id, text):
        with urllib.request.urlopen(f"{self.base}/orders/{order_id}", timeout=1) as answer:
            order = json.load(answer)
        body = json.dumps({"total": order["total"], "text": text}).encode()
        request = urllib.request.Request(f"{self.base}/orders", data=body, headers={"Content-Type": "application/json"})
        urllib.request.urlopen(request, timeout=1).close()
        return "done"


def picky(endpoint):
    return Picky(endpoint)
"""
CONSUMER = """\
consumer: picky
driver: {python: "shop:picky", path: ../../..}
calls:
  find_order: {does: getOrder, args: {order_id: "{known.order.id}"}}
  rate: {does: [getOrder, addOrder], args: {order_id: "{known.order.id}", text: "{unique}"}}
"""


def observed(root: Path, name: str) -> dict[tuple[str, str], Use]:
    contract = load_contract(root / "contracts" / "tiny-crm")
    path = root / "contracts" / "tiny-crm" / "consumers" / f"{name}.yaml"
    consumer = load_consumer(path, lambda _said, _folder: contract)
    lab = LabClient(LabSettings(engine="embedded"), folder=root)
    with closing(lab):
        return {(use.call, use.operation): use for use in Observation(lab).uses(consumer, contract)}


def test_a_caller_that_fails_without_a_field_reads_it(tmp_path: Path):
    """And no other; a caller that is never well tells nothing."""
    write_shop(tmp_path, "brittle", "broken")
    use = observed(tmp_path, "brittle")["find_order", "getOrder"]
    assert use.known_by == "observed"
    assert use.fields == {"total"}
    assert observed(tmp_path, "broken")["find_order", "getOrder"].known_by == "nobody"


def test_what_is_shown_or_passed_on_is_read(tmp_path: Path):
    """A field that is null and shown, and one that only shows in what the caller asks next."""
    write_shop(tmp_path)
    write(
        tmp_path,
        "contracts/tiny-crm/data.yaml",
        "known:\n  order: {in: orders, id: O-1, total: 5, note: null}\n",
    )
    write(tmp_path, "contracts/tiny-crm/consumers/picky.yaml", CONSUMER)
    write(tmp_path, "shop.py", (tmp_path / "shop.py").read_text() + PICKY)
    uses = observed(tmp_path, "picky")
    assert uses["find_order", "getOrder"].fields == {"note"}
    assert uses["rate", "getOrder"].fields == {"total"}
    assert uses["rate", "addOrder"].fields == frozenset()
