"""What the code says of itself is complete, and it is what people read."""

import pytest

from crm_contracts.catalogue import Entry, check_entries, fault_entries, page, scenario_entry
from crm_contracts.catalogue.docstring import Docstring
from crm_contracts.catalogue.scenarios import step_words
from crm_contracts.catalogue.settings import settings_of
from crm_contracts.checks import CHECKS
from crm_contracts.checks.outcomes import Outcomes
from crm_contracts.faults import FAULTS
from crm_contracts.faults.latency import Latency
from crm_contracts.faults.status import Status
from crm_contracts.faults.token_lifetime import TokenLifetime
from crm_contracts.model.scenario import Step, Until
from crm_contracts.model.span import Span

ENTRIES = (*fault_entries(), *check_entries())


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.kind} {entry.name}")
def test_every_entry_is_complete(entry: Entry):
    """A sentence, an example, a source, facts, and for each setting what may stand there and what it means."""
    assert entry.sentence.endswith(".")
    assert "\n" not in entry.sentence
    assert entry.example.startswith(f"{{{entry.kind}: {entry.name}")
    assert entry.source
    assert all(label and text for label, text in entry.facts)
    assert all(setting.kind for setting in entry.settings)
    if entry.kind == "fault":
        assert all(setting.meaning for setting in entry.settings)


@pytest.mark.parametrize("entry", check_entries(), ids=lambda entry: str(entry.name))
def test_every_check_says_what_usually_mends_it(entry: Entry):
    """The remedies of its findings are read from the source."""
    assert entry.remedies
    assert len(set(entry.remedies)) == len(entry.remedies)


def test_everything_is_listed_once():
    """One entry a fault and a check, each with a name of its own."""
    assert [entry.name for entry in fault_entries()] == [
        kind.__dataclass_fields__["fault"].default for kind in FAULTS
    ]
    assert len({entry.name for entry in ENTRIES}) == len(ENTRIES) == len(FAULTS) + len(CHECKS)


def test_settings_tell_defaults_and_limits():
    """As people write them: durations with units, choices, ranges, aliases; own ones before shared ones."""
    latency = {one.name: one for one in settings_of(Latency)}
    assert latency["latency"].default is None
    assert latency["jitter"].default == "0 ms"
    assert latency["stream"].kind == "upstream | downstream"
    assert latency["toxicity"].kind == "number, more than 0 to 1"
    assert [one.name for one in settings_of(Latency)][:2] == ["latency", "jitter"]
    assert latency["stream"].shared
    status = {one.name: one for one in settings_of(Status)}
    assert status["code"].kind == "whole number, 200 to 599"
    assert status["operations"].default == "none"
    assert "from" in {one.name for one in settings_of(TokenLifetime) if not one.shared}
    outcomes = {one.name: one for one in settings_of(Outcomes)}
    assert outcomes["during"].default == "[ok, degraded, queued, refused]"


def test_a_docstring_is_taken_apart():
    """The first sentence, paragraphs without line breaks, the example and the source."""

    class Away:
        """Nobody is there, and
        nobody comes.

        It stays so
        for long.

        Example: `{fault: away, for: 3s}`.
        Source: N11; a paper.
        """

    said = Docstring.of(Away)
    assert said.sentence == "Nobody is there, and nobody comes."
    assert said.text == ("It stays so for long.",)
    assert said.example == "{fault: away, for: 3s}"
    assert said.source == "N11; a paper"


def test_steps_are_told_in_words():
    """Every shape of a step."""
    step = Step(
        call="reads",
        times=3,
        concurrency=2,
        every=Span(0.3),
        for_=Span(6.0),
        until=Until(count=2, what="token requests"),
    )
    assert step_words(step) == "reads, 3 times, 2 at once, every 300 ms, for 6 s, until 2 token requests"
    assert step_words(Step(wait=Span(2.0))) == "wait 2 s"
    assert step_words(Step(advance=Span(3660.0))) == "move the clocks by 61 m"
    assert step_words(Step(call="each", rate=0.5)) == "each, 0.5 a second"


def test_a_page_has_an_index_and_a_table():
    """Cells hold what would end them, and links lead to headings."""
    text = page("Faults", "What goes wrong.", fault_entries())
    assert text.startswith(
        "# Faults\n\nWhat goes wrong.\n\n| name | meaning |\n|---|---|\n| [latency](#latency) |"
    )
    assert "\n## latency\n" in text
    assert "upstream \\| downstream" in text
    assert "```yaml\n{fault: down}\n```" in text


def test_a_scenario_is_an_entry_too():
    """Its title is the sentence; faults and phases are facts."""
    from crm_contracts.project.layout import shipped_scenarios
    from crm_contracts.scenarios import load_scenario

    path = shipped_scenarios() / "auth" / "token-expired.yaml"
    entry = scenario_entry(load_scenario(path, shown="builtin/auth/token-expired.yaml"))
    assert entry.name == "token-expired"
    facts = dict(entry.facts)
    assert facts["file"] == "builtin/auth/token-expired.yaml"
    assert facts["during"] == "reads, 2 times"
    assert "refuses every token" in facts["fault"]
