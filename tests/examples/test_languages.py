"""Callers in Node.js, Go and Java: nothing in a verdict depends on Python, and nothing that a runtime does by itself is a defect."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from crm_contracts.host.client import LabClient
from crm_contracts.lab import LabSettings
from crm_contracts.model.attempts import attribute
from crm_contracts.model.call import Phase
from crm_contracts.model.consumer import Consumer, Outcome
from crm_contracts.model.scenario import Scenario
from crm_contracts.run.judge import RunVerdict
from crm_contracts.scenarios import load_scenario
from tests.examples.compiled import make, needs
from tests.examples.stage import ROOT, Stage, failures, languages, told

RUNTIMES = {"node": ("node",), "go": ("go",), "java": ("java", "javac")}
SOURCES = ROOT / "examples" / "languages"

KEPT = (
    "baseline",
    "token-expired",
    "token-lifetime-cut",
    "token-refreshed-ahead",
    "unavailable",
    "black-hole",
    "connections-reset",
    "pooled-connections-reset",
    "trailing-comma-answers",
    "write-answer-lost",
    "crm-away-while-writing",
)
KEPT_EMBEDDED = ("black-hole", "connections-reset", "pooled-connections-reset", "write-answer-lost")
OVER_TLS = ("certificate-unknown-issuer", "tls-handshake-hangs")

TOKEN = {"token_refresh", "outcomes", "recovery"}
WITHOUT_END = {"attempts", "backoff", "deadline", "outcomes"}
BROKEN: Mapping[str, set[str]] = {
    "token-lifetime-cut": TOKEN,
    "token-expired": TOKEN,
    "unavailable": WITHOUT_END,
    "black-hole": {"deadline", "outcomes"},
    "write-answer-lost": {"safe_retries", "duplicate_writes", *WITHOUT_END},
    "crm-away-while-writing": {"deadline", "outcomes"},
    "empty-answers": {"truthful", "outcomes"},
}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.parametrize("language", RUNTIMES),
]


@pytest.fixture(scope="module")
def toxiproxy() -> Iterator[Stage]:
    """A lab with the real Toxiproxy, for all languages."""
    yield from _stage(LabSettings(engine="toxiproxy"))


@pytest.fixture(scope="module")
def embedded() -> Iterator[Stage]:
    """A lab with the embedded engine, for all languages."""
    yield from _stage(LabSettings(engine="embedded"))


def _stage(settings: LabSettings) -> Iterator[Stage]:
    stage = Stage(lab=LabClient(settings))
    try:
        yield stage
    finally:
        stage.close()


def caller(language: str, form: str) -> Consumer:
    """One of the callers, ready to be started."""
    for program in RUNTIMES[language]:
        needs(program, f"callers in {language} are judged rightly")
    if language != "node":
        sources = [*(SOURCES / language).rglob("*.*"), SOURCES / "build.sh"]
        make(language, ("sh", "build.sh", language), SOURCES, sources)
    return languages()[f"{language}-{form}"]


def everything(judged: Mapping[str, RunVerdict]) -> str:
    """What a failed test shows."""
    return "\n".join(f"== {name}{told(one)}" for name, one in judged.items() if one.failed)


@pytest.mark.toxiproxy
def test_a_resilient_caller_keeps_everything(toxiproxy: Stage, language: str) -> None:
    """Each passes each scenario with the real Toxiproxy, and nothing stays in doubt."""
    judged = toxiproxy.verdicts(KEPT, caller(language, "resilient"))
    assert failures(judged) == {name: set() for name in KEPT}, everything(judged)


def test_a_resilient_caller_keeps_everything_without_toxiproxy(embedded: Stage, language: str) -> None:
    """The embedded engine finds the same."""
    judged = embedded.verdicts(KEPT_EMBEDDED, caller(language, "resilient"))
    assert failures(judged) == {name: set() for name in KEPT_EMBEDDED}, everything(judged)


@pytest.mark.toxiproxy
def test_a_fragile_caller_is_caught_by_just_the_right_checks(toxiproxy: Stage, language: str) -> None:
    """No timeout, a token for ever, attempts without end, a write sent twice, and a body that cannot be read."""
    judged = toxiproxy.verdicts(tuple(BROKEN), caller(language, "fragile"))
    assert failures(judged) == BROKEN, everything(judged)


def test_each_runtime_takes_the_labs_authority(embedded: Stage, language: str) -> None:
    """Node, Go and the JVM trust the lab by what they are handed, and refuse the certificate of nobody."""
    judged = embedded.verdicts(OVER_TLS, caller(language, "resilient"))
    assert failures(judged) == {name: set() for name in OVER_TLS}, everything(judged)
    before = [call for one in judged.values() for call in one.journal.calls_in(Phase.BEFORE)]
    assert {call.outcome for call in before} == {Outcome.OK}


@pytest.mark.parametrize("calls", ["reads", "writes"])
def test_what_a_transport_repeats_by_itself_is_no_attempt(
    embedded: Stage, tmp_path: Path, language: str, calls: str
) -> None:
    """Go and Java repeat a GET, and Go a POST with a key, at once when a kept connection died: nobody promised to wait there."""
    judged = embedded.verdict(_hung_up_on(calls, tmp_path), caller(language, "resilient"))
    assert not judged.failed, told(judged)
    whose = attribute(judged.journal)
    attempts = [attempt for call in judged.journal.calls for attempt in whose.of(call)]
    assert {a.exchange.method for a in attempts if a.replay and a.exchange} == REPLAYED[language, calls]


REPLAYED: Mapping[tuple[str, str], set[str]] = {
    ("node", "reads"): set(),
    ("node", "writes"): set(),
    ("go", "reads"): {"GET"},
    ("go", "writes"): {"POST"},
    ("java", "reads"): {"GET"},
    ("java", "writes"): set(),
}


def _hung_up_on(calls: str, folder: Path) -> Scenario:
    file = folder / f"hangs-up-on-{calls}.yaml"
    file.write_text(
        f"scenario: {file.stem}\ntitle: The CRM hangs up on {calls}\nduring: [{{call: {calls}}}]\n"
        "faults: [{fault: premature_close, processed: before}]\n",
        encoding="utf-8",
    )
    return load_scenario(file, shown=file.name)
