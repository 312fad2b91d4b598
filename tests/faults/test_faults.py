"""What holds for every fault: it is listed, documented, has an example, and says what it does."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from crm_contracts.documents import parse, validate
from crm_contracts.faults import FAULTS, Fault
from crm_contracts.lab.engines.validation import validate as engine_takes
from crm_contracts.model.fault import Altering, Place, Reply, TokenRule, Toxic, Trait
from crm_contracts.model.problem import Problems
from crm_contracts.scenarios import scenario_schema

SERVER = Path(sys.executable).parent / "toxiproxy-server"
EIGHT = {"latency", "bandwidth", "slow_close", "timeout", "reset_peer", "slicer", "limit_data", "down"}


SHIPPED = [
    file.read_text(encoding="utf-8") for file in (Path(__file__).parents[2] / "scenarios").rglob("*.yaml")
]


def _names(definition: Any, fault: str) -> bool:
    told = definition.get("properties", {}).get("fault", {}).get("const")
    return bool(told == fault)


def fault(text: str) -> Any:
    (read,) = validate(parse(f"- {text}".encode(), file="a.yaml"), tuple[Fault, ...])
    return read


def example(kind: type) -> str:
    (found,) = re.findall(r"Example: `(\{.*\})`", kind.__doc__ or "")
    return str(found)


@pytest.mark.parametrize("kind", FAULTS, ids=lambda kind: kind.__name__)
def test_every_fault_is_documented_with_an_example_that_can_be_read(kind: Any) -> None:
    """The example of a docstring is what users paste."""
    read = fault(example(kind))

    assert type(read) is kind
    assert read.traits() <= set(Trait)
    assert read.sentence()
    assert "Source: " in str(kind.__doc__)


@pytest.mark.parametrize("kind", FAULTS, ids=lambda kind: kind.__name__)
def test_every_fault_stands_in_the_schema_and_in_a_shipped_scenario(kind: Any) -> None:
    """Editors know it, and there is one to copy; whoever lists a fault ships both."""
    named = fault(example(kind)).fault
    definitions: Any = scenario_schema()["$defs"]
    (schema,) = [one for one in definitions.values() if _names(one, named)]
    assert schema["description"].startswith(str(kind.__doc__).splitlines()[0][:40])
    assert any(re.search(rf"fault: {named}[,}}]", text) for text in SHIPPED), "no scenario shows it"


@pytest.mark.parametrize("kind", FAULTS, ids=lambda kind: kind.__name__)
def test_every_fault_is_what_its_place_asks_for(kind: Any) -> None:
    """The lab tells by place what to do with it."""
    read = fault(example(kind))
    protocols = {Place.TOXIC: Toxic, Place.REPLY: Reply, Place.TOKEN: TokenRule, Place.ENDPOINT: Altering}
    protocol = protocols[read.place]

    assert isinstance(read, protocol)


def test_all_eight_toxics_are_there() -> None:
    """Every toxic of Toxiproxy has its fault."""
    assert {fault(example(kind)).fault for kind in FAULTS if kind.place is Place.TOXIC} == EIGHT


@pytest.fixture(scope="module")
def toxiproxy() -> Iterator[str]:
    if not SERVER.exists():
        pytest.skip("the real Toxiproxy is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen(
        [SERVER, "-host", "127.0.0.1", "-port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        url = f"http://127.0.0.1:{port}"
        for _ in range(500):
            try:
                requests.get(f"{url}/version", timeout=5)
                break
            except requests.ConnectionError:
                time.sleep(0.01)
        proxy = {"name": "p", "listen": "127.0.0.1:0", "upstream": "127.0.0.1:1"}
        requests.post(f"{url}/proxies", json=proxy, timeout=5).raise_for_status()
        yield url
        server.kill()


@pytest.mark.toxiproxy
@pytest.mark.parametrize(
    "text, attributes",
    [
        ("{fault: latency, latency: 2s, jitter: 100ms}", {"latency": 2000, "jitter": 100}),
        ("{fault: bandwidth, rate: 10}", {"rate": 10}),
        ("{fault: slow_close, delay: 1s}", {"delay": 1000}),
        ("{fault: timeout}", {"timeout": 0}),
        ("{fault: timeout, timeout: 1s, stream: upstream}", {"timeout": 1000}),
        ("{fault: reset_peer, timeout: 50ms}", {"timeout": 50}),
        (
            "{fault: slicer, average_size: 1kB, size_variation: 10B, delay: 1ms}",
            {"average_size": 1000, "size_variation": 10, "delay": 1000},
        ),
        ("{fault: limit_data, bytes: 4kB, toxicity: 0.5}", {"bytes": 4000}),
    ],
)
def test_the_real_server_takes_every_toxic_as_it_was_meant(
    toxiproxy: str, text: str, attributes: dict[str, int]
) -> None:
    """Units of people become Toxiproxy's own, and the server answers with what it understood."""
    read = fault(text)
    (spec,) = read.toxics()
    engine_takes(spec)

    body = {
        "name": spec.name,
        "type": spec.type,
        "stream": spec.stream,
        "toxicity": spec.toxicity,
        "attributes": dict(spec.attributes),
    }
    answer = requests.post(f"{toxiproxy}/proxies/p/toxics", json=body, timeout=5)
    requests.delete(f"{toxiproxy}/proxies/p/toxics/{spec.name}", timeout=5)

    assert answer.json()["attributes"] == attributes
    assert (answer.json()["stream"], answer.json()["toxicity"]) == (read.stream, read.toxicity)


def test_down_is_no_toxic() -> None:
    """It switches the proxy off."""
    assert fault("{fault: down}").toxics() == ()


def test_the_direction_decides_whether_a_write_is_ambiguous() -> None:
    """Upstream the CRM never sees the request, downstream it did the work."""
    for name in ("reset_peer", "timeout"):
        assert Trait.AMBIGUOUS not in fault(f"{{fault: {name}, stream: upstream}}").traits()
        assert Trait.AMBIGUOUS in fault(f"{{fault: {name}, stream: downstream}}").traits()


def test_selectors_of_replies_and_token_rules_are_alike() -> None:
    """One vocabulary for which exchanges are touched."""
    words = "operations: ['GET /contacts*'], effect: read, first: 2, every_nth: 3, probability: 0.5"
    reply = fault(f"{{fault: status, code: 503, {words}}}")
    rule = fault(f"{{fault: token_expired, {words}}}")

    assert reply.selector() == rule.selector()
    assert reply.selector().operations == ("GET /contacts*",)


@pytest.mark.parametrize(
    "text, told",
    [
        ("{fault: bandwidth, rate: 0}", "0 is too small; the least is 1."),
        ("{fault: bandwidth, rate: -1}", "-1 is too small; the least is 1."),
        ("{fault: latency, latency: 2d}", "2 d is too long; the most is 1 d."),
        ("{fault: latency, latency: 0s}", "0 ms is too short; it must be more than nothing."),
        ("{fault: latency, latency: 1s, toxicity: 0}", "0 is too small; it must be more than 0."),
        ("{fault: slicer, average_size: 0B}", "'0B' is too small; the least is 1."),
        (
            "{fault: slicer, average_size: 8B, size_variation: 8B}",
            "`size_variation` must be smaller than `average_size`.",
        ),
        ("{fault: slicer, average_size: 8B, delay: 61s}", "`delay` is at most 60 s."),
        (
            "{fault: limit_data, bytes: 10}",
            "10 is no size; write a whole number with B, kB, KiB, MB or MiB (100B, 4kB).",
        ),
        (
            "{fault: token_endpoint, how: slow}",
            "`delay` belongs to `how: slow`, and `how: slow` needs it.",
        ),
        (
            "{fault: down, for: 1s, flap: {period: 2s, duty: 25%}}",
            "Either `flap`, or `for` and `repeat`: they say the same.",
        ),
        (
            "{fault: down, flap: {period: 2s, duty: 100%}}",
            "'100%' is no duty; write a share between 0% and 100%, as 50%.",
        ),
        (
            "{fault: down, flap: {period: 0s}}",
            "0 ms is no period; write a duration of more than nothing.",
        ),
        ("{fault: moved, to: elsewhere}", "'elsewhere' is no address; write /path or http://..."),
        ("{fault: wrong_content_type, content_type: ''}", "'' is no content type."),
        ("{fault: huge_body, size: 65MiB}", "68157.4 kB is more than the lab sends; the most is 64MiB."),
        ("{fault: wrong_record, processed: after}", "Unknown value 'after'."),
        (
            "{fault: down, stream: upstream}",
            "`down` has neither `stream` nor `toxicity`: nobody is there for anybody.",
        ),
        ("{fault: status, code: 100}", "100 is too small; the least is 200."),
        ("{fault: status, code: 204, body: x}", "An answer 204 has no body."),
        (
            "{fault: status, code: 200, headers: {Content-Length: 3}}",
            "The header Content-Length is written by the gateway itself.",
        ),
        (
            '{fault: status, code: 200, headers: {A: "b\\r\\nC: d"}}',
            r"'A: b\r\nC: d' is no header that HTTP can carry.",
        ),
        (
            "{fault: malformed_body, variant: truncated, processed: after}",
            "`truncated` spoils the CRM's own answer, so it needs `processed: before`.",
        ),
        (
            "{fault: premature_close, after: 10B}",
            "`after` needs `processed: before`: only a CRM that did the work has an answer.",
        ),
        ("{fault: token_lifetime, from: 1h, to: 24h}", "`to` must be shorter than `from`: the life is cut."),
        (
            "{fault: token_lifetime, to: 1500ms}",
            "1.5 s is no life of a token; write whole seconds, minutes, hours or days.",
        ),
        (
            "{fault: latency, latency: 1s, repeat: 2s}",
            "`repeat` needs `for`: how long it stays on each time.",
        ),
        ("{fault: latency, latency: 1s, for: 2s, repeat: 2s}", "`for` must be shorter than `repeat`."),
        ("{fault: token_expired, processed: before}", "Unknown key 'processed'."),
    ],
)
def test_what_would_crash_a_server_or_mean_nothing_is_refused_at_load(text: str, told: str) -> None:
    """Nobody has to find out in the middle of a run."""
    with pytest.raises(Problems) as refused:
        fault(text)

    (problem,) = refused.value.problems
    assert problem.message == told
