"""From a scenario's file to a scenario, and everything that can be wrong in it."""

from textwrap import dedent

import pytest

from crm_contracts.checks import DEFAULTS
from crm_contracts.checks.outcomes import Outcomes
from crm_contracts.checks.token_refresh import TokenRefresh
from crm_contracts.faults import FAULTS
from crm_contracts.faults.status import Status
from crm_contracts.faults.token_lifetime import TokenLifetime
from crm_contracts.model.call import Phase
from crm_contracts.model.consumer import Outcome
from crm_contracts.model.scenario import SimulatorChoice, Step, Until
from crm_contracts.model.span import Span
from tests.scenarios.conftest import Load, Refuse

SHORTEST = """\
    scenario: cut
    title: The CRM is sick
    during: [{call: reads}]
    faults: [{fault: status, code: 503}]
    """


def test_the_shortest_form_has_defaults_for_all_else(load: Load) -> None:
    """before and after make the calls of during once each."""
    scenario = load(SHORTEST)

    assert (scenario.name, scenario.file, scenario.title) == ("cut", "scenarios/cut.yaml", "The CRM is sick")
    assert scenario.before == scenario.during == scenario.after == (Step(call="reads"),)
    assert scenario.faults == (Status(code=503),)
    assert (scenario.expect, scenario.tags, scenario.consumers) == ((), (), ())
    assert str(scenario.position) == "scenarios/cut.yaml:1:1"


def test_the_longest_form(load: Load) -> None:
    """Every key of a scenario."""
    scenario = load("""\
        # yaml-language-server: $schema=../scenario.schema.json
        scenario: cut
        title: The security team cuts the access-token lifetime
        why: In the first incident the caller kept its own 24 h schedule
        source: N2
        tags: [auth, ci, drill]
        consumers: [order-sync]
        simulator: {strictness: strict-400, variant: expired-as-403}
        before: [{call: reads, times: 2}]
        during:
          - {call: reads, every: 300ms, until: 2 token requests, for: 6s}
          - {call: writes, times: 3, concurrency: 5}
          - {call: find_order, rate: 20, for: 2 * deadline}
          - {wait: 2s}
          - {advance: 61m}
          - {call: reads, times: 2}
        after: []
        faults:
          - {fault: token_lifetime, from: 24h, to: 1h}
        expect:
          - {check: outcomes, before: [ok], during: [ok, degraded], after: [ok]}
          - {check: token_refresh}
        skip: the sandbox is away
        xfail: "#12"
        """)

    assert scenario.simulator == SimulatorChoice(strictness="strict-400", variant="expired-as-403")
    assert scenario.during == (
        Step(call="reads", every=Span(0.3), until=Until(count=2, what="token requests"), for_=Span(6.0)),
        Step(call="writes", times=3, concurrency=5),
        Step(call="find_order", rate=20.0, for_=Span(0.0, 2.0, "deadline")),
        Step(wait=Span(2.0)),
        Step(advance=Span(3660.0)),
        Step(call="reads", times=2),
    )
    assert (scenario.before, scenario.after) == ((Step(call="reads", times=2),), ())
    assert scenario.faults == (TokenLifetime(from_=Span(86400.0), to=Span(3600.0)),)
    assert scenario.expect == (Outcomes(during=(Outcome.OK, Outcome.DEGRADED)), TokenRefresh())
    assert (scenario.skip, scenario.xfail) == ("the sandbox is away", "#12")
    assert str(scenario.positions["faults.0"]) == "scenarios/cut.yaml:19:5"


def test_the_default_phases_make_each_call_once(load: Load) -> None:
    """However often, fast or late `during` makes them; waits are not repeated."""
    scenario = load("""\
        scenario: cut
        title: x
        during: [{call: reads, times: 9}, {wait: 1s}, {call: find_order}, {call: reads}]
        faults: []
        """)

    assert scenario.before == scenario.after == (Step(call="reads"), Step(call="find_order"))


def test_every_error_of_a_file_is_told_at_once(refuse: Refuse) -> None:
    """Unknown keys, words and checks, wrong units, missing keys and a wrong name, in the order of the lines."""
    told = refuse("""\
        scenario: cutt
        titel: The CRM is sick
        simulator: {strictness: strict}
        during:
          - {call: reads, evry: 300ms}
          - {call: reads, every: 300}
          - {call: reads, until: 2 tokens, for: 6s}
        faults:
          - {fault: latency, latency: 2sec}
          - {fault: latancy, latency: 2s}
        expect:
          - {check: outcome}
          - {check: outcomes, during: [okay]}
          - {check: deadline, withing: 2s}
        """)

    words = "deadline, recovers_within, delivers_within, failover_within, fallback_max_age, half_open_after"
    unit = (
        f"is no duration; write a number with ms, s, m, h or d (200ms, 2s, 1h), or from a promise: {words}."
    )
    faults = ", ".join(str(fault.__dataclass_fields__["fault"].default) for fault in FAULTS)
    checks = ", ".join(check.check for check in DEFAULTS)
    assert told == dedent(f"""\
        scenarios/cut.yaml:1:1: The key 'title' is missing.
            scenario: cutt
            ^
        scenarios/cut.yaml:1:11: The scenario is called 'cutt', but its file 'cut'.
            scenario: cutt
                      ^
          Give both the same name.
        scenarios/cut.yaml:2:1: Unknown key 'titel'.
            titel: The CRM is sick
            ^
          Did you mean 'title'?
          Allowed: scenario, title, why, source, tags, consumers, attempts, promises, starts, simulator, before, during, after, faults, expect, skip, xfail.
        scenarios/cut.yaml:3:25: Unknown value 'strict'.
            simulator: {{strictness: strict}}
                                    ^
          Did you mean 'strict-400'?
          Allowed: strict-crash, strict-400, lenient.
        scenarios/cut.yaml:5:19: Unknown key 'evry'.
              - {{call: reads, evry: 300ms}}
                              ^
          Did you mean 'every'?
          Allowed: call, wait, advance, times, every, concurrency, rate, for, until.
        scenarios/cut.yaml:6:26: 300 {unit}
              - {{call: reads, every: 300}}
                                     ^
        scenarios/cut.yaml:7:26: '2 tokens' is no condition; write a number of calls, exchanges or token requests: 2 token requests.
              - {{call: reads, until: 2 tokens, for: 6s}}
                                     ^
        scenarios/cut.yaml:9:31: '2sec' {unit}
              - {{fault: latency, latency: 2sec}}
                                          ^
        scenarios/cut.yaml:10:13: Unknown fault 'latancy'.
              - {{fault: latancy, latency: 2s}}
                        ^
          Did you mean 'latency'?
          Allowed: {faults}.
        scenarios/cut.yaml:12:13: Unknown check 'outcome'.
              - {{check: outcome}}
                        ^
          Did you mean 'outcomes'?
          Allowed: {checks}.
        scenarios/cut.yaml:13:32: Unknown value 'okay'.
              - {{check: outcomes, during: [okay]}}
                                           ^
          Did you mean 'ok'?
          Allowed: ok, degraded, queued, refused, crashed, hung.
        scenarios/cut.yaml:14:23: Unknown key 'withing'.
              - {{check: deadline, withing: 2s}}
                                  ^
          Allowed: check.""")


@pytest.mark.parametrize(
    "step, told",
    [
        ("{}", "A step is exactly one of call, wait and advance."),
        ("{call: a, wait: 1s}", "A step is exactly one of call, wait and advance."),
        ("{wait: 1s, times: 2}", "`wait` stands alone: nothing shapes it."),
        ("{call: a, until: 3 calls}", "`until` needs `for`: the longest that it may take."),
        ("{call: a, until: 0 calls, for: 1s}", "'0 calls' is no condition; "),
        ("{call: a, every: 1s}", "`every` needs `times` or `for`, and excludes `rate`."),
        ("{call: a, rate: 3}", "`rate` needs `times` or `for`, and excludes `concurrency`."),
        (
            "{call: a, rate: 3, for: 1s, concurrency: 2}",
            "`rate` needs `times` or `for`, and excludes `concurrency`.",
        ),
        ("{call: a, times: 2s}", "Expected a whole number, found text '2s'."),
        ("{call: a, times: 0}", "0 is too small; the least is 1."),
        ("{call: a, concurrency: 201}", "201 is too large; the most is 200."),
        ("{wait: 0s}", "0 ms is too short; it must be more than nothing."),
        ("{call: ''}", "This text is empty."),
        ("reads", "Expected a mapping, found text 'reads'."),
    ],
)
def test_a_step_that_means_nothing_is_refused(refuse: Refuse, step: str, told: str) -> None:
    """A number of times is a bare integer, a duration has a unit, and a condition has a limit."""
    first = refuse(f"scenario: cut\ntitle: x\nduring:\n  - {step}\nfaults: []\n").splitlines()[0]

    assert first.startswith("scenarios/cut.yaml:4:")
    assert first.partition(": ")[2].startswith(told)


@pytest.mark.parametrize(
    "line, told",
    [
        ("during: []", "scenarios/cut.yaml:3:9: Too short; the least is 1."),
        ("skip: true", "scenarios/cut.yaml:3:7: Expected text, found true."),
        ("tags: [CI!]", "scenarios/cut.yaml:3:8: 'CI!' is no name; "),
        ("why: {known.order.id}", "scenarios/cut.yaml:3:6: This is a YAML map, not text."),
        ("why: {a b}", "scenarios/cut.yaml:3:6: Expected text, found a mapping."),
        ("expect: [{check: deadline}, {check: deadline}]", "The check 'deadline' stands here a second time."),
        ("expect: deadline", "scenarios/cut.yaml:3:9: Expected a list, found text 'deadline'."),
    ],
)
def test_one_wrong_line_is_one_sentence(refuse: Refuse, line: str, told: str) -> None:
    """Nothing else in the file is wrong."""
    key = line.partition(":")[0]
    rest = {"during": "during: [{call: a}]", "faults": "faults: []"}
    rest.pop(key, None)
    text = "\n".join(("scenario: cut", "title: x", line, *rest.values()))

    assert told in refuse(text).splitlines()[0]


def test_a_duplicate_key_names_both_places(refuse: Refuse) -> None:
    """YAML would silently take the last."""
    assert refuse(dedent(SHORTEST) + "title: again\n") == (
        "scenarios/cut.yaml:5:1: The key 'title' stands twice; the first is at scenarios/cut.yaml:2:1.\n"
        "    title: again\n"
        "    ^"
    )


@pytest.mark.parametrize(
    "text, told",
    [
        (b"", "scenarios/cut.yaml:1:1: The file is empty."),
        (b"- 1", "scenarios/cut.yaml:1:1: Expected a mapping, found a list."),
        (b"\x89PNG\r\n\0", "scenarios/cut.yaml:1:1: This is a binary file (offset 0), not text."),
        (b"a" * (10 * 2**20), "scenarios/cut.yaml:1:1: The file has 10.0 MB; at most 8 MB are read."),
        (b"[" * 100_000, "scenarios/cut.yaml:1:101: Nested deeper than 100 levels."),
        (b"a: &a [x]\nb: [*a, *a]\n", "scenarios/cut.yaml:2:5: The alias *a is refused."),
        (b"title: a: b", "scenarios/cut.yaml:1:9: A colon with a space after it stands inside plain text"),
    ],
)
def test_hostile_files_are_told_and_nothing_more(refuse: Refuse, text: bytes, told: str) -> None:
    """No traceback, no memory, no waiting."""
    assert refuse(text).startswith(told)


def test_a_caller_that_starts_in_trouble_calls_nothing_before(load: Load, refuse: Refuse) -> None:
    """`starts: during` has no calls of before, by default as by its own words."""
    scenario = load(dedent(SHORTEST) + "starts: during\n")
    assert (scenario.starts, scenario.before) == (Phase.DURING, ())
    told = refuse(dedent(SHORTEST) + "starts: during\nbefore: [{call: reads}]\n")
    assert "starts in `during`" in str(told)
