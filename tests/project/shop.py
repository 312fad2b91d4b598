"""The project that the tests of the edge share: a CRM with orders, a sound caller and one that expects no trouble."""

from pathlib import Path

INI = """\
[pytest]
addopts = --strict-markers --strict-config -p no:randomly -p no:hypothesispytest -p no:schemathesis -p no:pact -p no:anyio -p no:asyncio -p no:django -p no:socket
"""

CONTRACT = """\
contract: tiny-crm
auth: {kind: none}
operations:
  getOrder: {at: "GET /orders/{id}", collection: orders, action: get}
  addOrder: {at: "POST /orders", collection: orders, action: create}
"""

DATA = """\
known:
  order: {in: orders, id: O-1, total: 5}
"""

CONSUMER = """\
consumer: NAME
driver: {python: "shop:NAME", path: ../../..}
calls:
  find_order: {does: getOrder, args: {order_id: "{known.order.id}"}}
outcomes:
  refused: {raises: [Away]}
promises: {deadline: 2s, attempts: 1, recovers_within: 1s}
"""

CALLERS = """\
import json
import urllib.request


class Away(Exception):
    pass


class Brittle:
    def __init__(self, endpoint):
        self.base = endpoint.base_url

    def find_order(self, order_id):
        with urllib.request.urlopen(f"{self.base}/orders/{order_id}", timeout=1) as answer:
            return {"total": json.load(answer)["total"]}


class Sound(Brittle):
    def find_order(self, order_id):
        try:
            return super().find_order(order_id)
        except (OSError, ValueError, KeyError) as failed:
            raise Away("the CRM is away") from failed


class Broken(Brittle):
    def find_order(self, order_id):
        return super().find_order(order_id)["price"]


def sound(endpoint):
    return Sound(endpoint)


def brittle(endpoint):
    return Brittle(endpoint)


def broken(endpoint):
    return Broken(endpoint)
"""

AWAY = """\
# A comment first, so that positions are no accident.
scenario: away
title: The CRM answers 503
source: N11
tags: [ci, drill, http-layer]
during: [{call: reads, times: 2}]
faults: [{fault: status, code: 503}]
"""

HALF = """\
scenario: half-answers
title: The CRM answers with half of its JSON
tags: [drill]
during: [{call: reads}]
faults: [{fault: malformed_body, variant: truncated}]
"""

FILES = {
    "contracts/tiny-crm/contract.yaml": CONTRACT,
    "contracts/tiny-crm/data.yaml": DATA,
    "scenarios/away.yaml": AWAY,
    "scenarios/deep/half-answers.yaml": HALF,
    "shop.py": CALLERS,
}


def write_shop(root: Path, *consumers: str) -> None:
    """Write the project with these callers (default: brittle and sound)."""
    for file, text in FILES.items():
        write(root, file, text)
    for name in consumers or ("brittle", "sound"):
        write_consumer(root, name)


def write_consumer(root: Path, name: str) -> None:
    """Write the file of one caller."""
    write(root, f"contracts/tiny-crm/consumers/{name}.yaml", CONSUMER.replace("NAME", name))


def write(root: Path, file: str, text: str) -> None:
    """Write a file and the folders around it."""
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def known_issue(scenario: str, consumer: str, *checks: str, until: str = "2999-12-31") -> str:
    """One entry of known_issues.yaml."""
    return (
        f"- {{scenario: {scenario}, consumer: {consumer}, check: [{', '.join(checks)}], "
        f"symptom: It expects no trouble, until: {until}, owner: shop team}}\n"
    )


def write_settings(root: Path, *lines: str) -> None:
    """Write pytest.ini with further lines."""
    write(root, "pytest.ini", INI + "".join(f"{line}\n" for line in lines))
