"""Callers that have the CRM's host wired in are led to the lab unchanged, and what would leave the lab is refused by name."""

import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import yaml

from crm_contracts.consumers import load_consumer
from crm_contracts.contracts import load_contract
from crm_contracts.host.client import LabClient
from crm_contracts.lab import LabSettings
from crm_contracts.model.consumer import Consumer, Outcome
from crm_contracts.model.contact import Contact
from crm_contracts.model.contract import Contract
from crm_contracts.model.verdict import Verdict
from crm_contracts.run.judge import RunVerdict
from tests.examples.stage import ROOT, Stage, told

HUBSPOT = ROOT / "examples" / "hubspot"
WIRED = Path(__file__).parent / "wired"
ELSEWHERE = Contact(host="api.elsewhere.example", port=443, refused=True)
PYTHON = {"python": "clients:Clients", "path": str(WIRED)}


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """A lab of our own, for each of these callers has a run or two."""
    made = Stage(lab=LabClient(LabSettings(engine="embedded")))
    yield made
    made.close()


def _contract(wanted: Path | str, _folder: Path) -> Contract:
    return load_contract(Path(wanted))


def _consumer(folder: Path, driver: object, calls: Sequence[str], **more: object) -> Consumer:
    """A consumer whose calls all read one contact."""
    written = {
        "consumer": "wired",
        "contract": str(HUBSPOT),
        "driver": driver,
        "intercept": ["api.hubapi.com"],
        "calls": {name: {"does": "getById"} for name in calls},
        "outcomes": {"refused": {"raises": ["Exception"]} if driver is PYTHON else {"exit": 3}},
        **more,
    }
    file = folder / "wired.yaml"
    file.write_text(yaml.safe_dump(written, sort_keys=False), encoding="utf-8")
    return load_consumer(file, _contract)


def _values(judged: RunVerdict) -> list[object]:
    return [call.result.value for call in judged.journal.calls]


@pytest.mark.parametrize(
    "scenario",
    ["baseline", "crm-down", "unavailable", "write-answer-lost", "certificate-expired", "dns-failure"],
)
def test_the_real_client_of_hubspot_keeps_its_promises_unchanged(stage: Stage, scenario: str) -> None:
    """Its address is wired in; faults of TCP, HTTP, TLS and names reach it all the same."""
    pytest.importorskip("hubspot")
    consumer = load_consumer(HUBSPOT / "consumers" / "contacts.yaml", _contract)
    judged = stage.verdict(scenario, consumer)
    assert judged.verdict is Verdict.PASSED, told(judged)
    assert judged.journal.exchanges
    assert not judged.journal.refused


def test_every_client_of_python_is_led(stage: Stage, tmp_path: Path) -> None:
    """Sync or async, whether it looks up first or only connects."""
    calls = [
        *("with_requests", "with_urllib3", "with_urllib", "with_http_client"),
        *("with_httpx", "with_httpx_async", "with_aiohttp"),
    ]
    judged = stage.verdict("baseline", _consumer(tmp_path, PYTHON, calls, consumer="python"))
    assert judged.verdict is Verdict.PASSED, told(judged)
    assert _values(judged) == ["101"] * len(calls)
    assert {dict(e.headers)["host"] for e in judged.journal.exchanges} == {"api.hubapi.com"}


def test_what_would_leave_the_lab_is_refused_and_named(stage: Stage, tmp_path: Path) -> None:
    """By name and by number; the caller is not accused of what came of it, and the next step stands there."""
    consumer = _consumer(tmp_path, PYTHON, ["elsewhere", "by_number"], consumer="leaving")
    judged = stage.verdict("baseline", consumer)
    assert judged.verdict is Verdict.UNKNOWN, told(judged)
    assert [call.outcome for call in judged.journal.calls] == [Outcome.REFUSED] * 2
    assert judged.journal.refused == (ELSEWHERE, Contact(host="192.0.2.1", port=443, refused=True))
    reasons = " ".join(finding.reason for finding in judged.unknown)
    assert "tried api.elsewhere.example:443; add intercept: [api.elsewhere.example]" in reasons


def _node() -> object:
    return {"command": ["node", str(WIRED / "fetch.mjs"), "{call}"]}


@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")
def test_node_is_led(stage: Stage, tmp_path: Path) -> None:
    """Its fetch takes no proxy from the environment: a file that is loaded first leads it."""
    consumer = _consumer(tmp_path, _node(), ["with_fetch", "with_https"], consumer="node")
    judged = stage.verdict("baseline", consumer)
    assert judged.verdict is Verdict.PASSED, told(judged)
    assert _values(judged) == ["101", "101"]


@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")
def test_node_does_not_leave_the_lab(stage: Stage, tmp_path: Path) -> None:
    """The program's own error has the next step, and the run names the host."""
    judged = stage.verdict("baseline", _consumer(tmp_path, _node(), ["elsewhere"], consumer="node-leaving"))
    assert judged.verdict is Verdict.UNKNOWN, told(judged)
    assert "add intercept: [api.elsewhere.example]" in str(_values(judged))
    assert judged.journal.refused == (ELSEWHERE,)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("java") is None, reason="Java is not installed")
def test_the_jvm_is_led(stage: Stage, tmp_path: Path) -> None:
    """By JAVA_TOOL_OPTIONS: a proxy, and the authority in a trust store; hosts beside the CRM's are refused."""
    driver = {"command": ["java", str(WIRED / "Wired.java"), "{call}"]}
    promises = {"deadline": "60s"}
    judged = stage.verdict(
        "baseline", _consumer(tmp_path, driver, ["find", "elsewhere"], consumer="java", promises=promises)
    )
    assert _values(judged)[0] == 200, told(judged)
    assert judged.journal.refused == (ELSEWHERE,)
    assert judged.verdict is Verdict.UNKNOWN


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_a_program_with_a_proxy_from_its_environment_is_led(stage: Stage, tmp_path: Path) -> None:
    """HTTPS_PROXY and the authority are all that curl needs."""
    url = "https://api.hubapi.com/crm/v3/objects/contacts/101"
    words = [
        "curl",
        "-sf",
        "-H",
        "Authorization: Bearer {endpoint.access_token}",
        url,
        "-H",
        "X-Call: {call}",
    ]
    judged = stage.verdict("baseline", _consumer(tmp_path, {"command": words}, ["find"], consumer="curl"))
    assert judged.verdict is Verdict.PASSED, told(judged)


def test_a_service_is_handed_the_way(stage: Stage, tmp_path: Path) -> None:
    """What the machine and the consumer's file say in the same variables stays."""
    program = (
        "import json, os, sys; print(json.dumps({n: os.environ.get(n) for n in "
        "('HTTPS_PROXY', 'NODE_OPTIONS', 'JAVA_TOOL_OPTIONS', 'CRM_INTERCEPT')}))"
    )
    driver = {"command": [sys.executable, "-c", program, "{call}"], "env": {"NODE_OPTIONS": "--no-warnings"}}
    judged = stage.verdict("baseline", _consumer(tmp_path, driver, ["find"], consumer="told"))
    (told_it,) = _values(judged)
    assert isinstance(told_it, dict)
    assert told_it["HTTPS_PROXY"].startswith("http://127.0.0.1:")
    assert told_it["NODE_OPTIONS"].endswith("preload.cjs --no-warnings")
    assert "-Dhttps.proxyPort=" in told_it["JAVA_TOOL_OPTIONS"]
    assert told_it["CRM_INTERCEPT"] == "api.hubapi.com"
