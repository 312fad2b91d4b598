"""Consumer files: what they may say, and how each mistake is told."""

import jsonschema
import pytest

from crm_contracts.consumers import consumer_schema, load_consumer
from crm_contracts.documents import parse
from crm_contracts.model.consumer import CommandDriver, HttpCall, HttpDriver, Outcome, PythonDriver
from crm_contracts.model.contract import Contract, Effect, Operation, Record
from crm_contracts.model.problem import Problems
from crm_contracts.model.promises import Backoff, Promises

OPERATIONS = (
    Operation(id="getOrder", method="GET", path="/orders/{orderId}", effect=Effect.READ),
    Operation(id="searchOrders", method="POST", path="/orders/search", effect=Effect.READ),
    Operation(id="createTicket", method="POST", path="/tickets", effect=Effect.WRITE),
    Operation(id="deleteTicket", method="DELETE", path="/tickets/{id}", effect=Effect.WRITE),
)

WHOLE = """
consumer: order-sync
contract: acme
contact: crm-team@example.com
driver:
  python: crm_driver:create
  interpreter: .venv/bin/python
  import: per_run
  path: ../src
  env: {HUBSPOT_API: "{endpoint.base_url}", OTHER: "{endpoint.tenants[1].client_id}"}
calls:
  find_order:  {does: getOrder, args: {order_id: "{known.order.id}"}}
  search: {does: "post /crm/v3/orders/search"}
  open_ticket: {does: [createTicket, "GET /orders/{any}"], args: {subject: "printer on fire {unique}"}}
  drop_ticket: {does: deleteTicket, args: {id: "{known.order.id}"}}
outcomes:
  queued:   {path: $.status, equals: queued}
  degraded: [{path: $.notice, contains: 部分功能受限}, {contains: limited}]
  refused:  {raises: CrmUnavailable}
promises:
  deadline: 8s
  attempts: 3
  backoff: {first: 1s, factor: 2, max: 30s, jitter: 20%, first_immediate: true}
  breaker: {opens_after: {rate: 50%, of: 10 calls}, half_open_after: 2s, probes: 2}
  refresh: {at: 66%}
  fallback_max_age: 1h
  recovers_within: none
  delivers_within: 30s
  failover_within: 2s
  max_amplification: 2
  alerts: {after: 3, within: 30s, log: "CRM.*failed"}
cannot: [advance]
"""


def contract(folder):
    return Contract(
        name="acme",
        folder=folder,
        base_path="/crm/v3",
        operations={operation.id: operation for operation in OPERATIONS},
        records=(Record(name="order", collection="orders", fields={"id": "O-1", "total": 99.5}),),
    )


@pytest.fixture
def load(tmp_path):
    """Load a consumer from its text."""
    (tmp_path / "contract.yaml").touch()
    (tmp_path / "consumers").mkdir()

    def contract_of(wanted, folder):
        if wanted not in ("acme", tmp_path):
            raise LookupError("acme", "globex")
        return contract(tmp_path)

    def load(text):
        file = tmp_path / "consumers" / "caller.yaml"
        file.write_text(text, encoding="utf-8")
        return load_consumer(file, contract_of)

    return load


def small(*, driver="python: a:b", calls="find: {does: getOrder}", rest=""):
    return f"consumer: small\ndriver:\n  {driver}\ncalls:\n  {calls}\n{rest}"


@pytest.fixture
def problems(load):
    """The problems of a text, as users see them."""

    def problems(text):
        with pytest.raises(Problems) as found:
            load(text)
        return [(p.position.line, p.position.column, str(p)) for p in found.value.problems]

    return problems


def test_the_whole_file(load, tmp_path):
    """Every key of the reference arrives in the model."""
    consumer = load(WHOLE)
    assert (consumer.name, consumer.contact, consumer.contract) == (
        "order-sync",
        "crm-team@example.com",
        tmp_path,
    )
    assert consumer.file == tmp_path / "consumers" / "caller.yaml"
    assert consumer.driver == PythonDriver(
        factory="crm_driver:create",
        interpreter=".venv/bin/python",
        import_="per_run",
        path=("../src",),
        env={"HUBSPOT_API": "{endpoint.base_url}", "OTHER": "{endpoint.tenants[1].client_id}"},
    )
    assert consumer.cannot == {"advance"}


def test_calls_are_bound_to_operations(load):
    """By operationId or METHOD /path, with or without the base path; one write makes the call a write."""
    calls = load(WHOLE).calls
    assert calls["find_order"].does == ("getOrder",)
    assert calls["search"].does == ("searchOrders",)
    assert calls["open_ticket"].does == ("createTicket", "getOrder")
    effects = [call.effect for call in calls.values()]
    assert effects == [Effect.READ, Effect.READ, Effect.WRITE, Effect.WRITE]
    assert calls["search"].position.line == 13


def test_outcomes_keep_the_order_of_the_file(load):
    """The first rule that matches wins, so the order is the author's."""
    rules = load(WHOLE).outcomes
    assert [rule.outcome for rule in rules] == [
        Outcome.QUEUED,
        Outcome.DEGRADED,
        Outcome.DEGRADED,
        Outcome.REFUSED,
    ]
    assert (rules[0].equals, rules[0].has_equals, rules[1].has_equals) == ("queued", True, False)
    assert rules[3].raises == ("CrmUnavailable",)


def test_promises_replace_their_own_defaults_only(load):
    """What is written is known as written; the rest is assumed."""
    promises = load(WHOLE).promises
    assert promises.backoff == Backoff(first=1, factor=2, longest=30, jitter=0.2, first_immediate=True)
    assert (promises.breaker.opens_after, promises.breaker.rate, promises.breaker.counts) == (
        10,
        0.5,
        "calls",
    )
    assert (promises.refresh.at, promises.recovers_within) == (0.66, None)
    assert (promises.alerts.seen_in, promises.alerts.pattern) == ("log", "CRM.*failed")
    assert "recovers_within" in promises.written
    assert load(small()).promises == Promises()
    assert load(small(rest="promises: {attempts: 2}")).promises == Promises(
        attempts=2, written=frozenset({"attempts"})
    )


def test_forms_of_promises(load):
    """A list of waits, counted failures, and promises that are switched off."""
    promises = load(
        small(
            rest="promises: {attempts: 3, backoff: [1s, 200ms], breaker: {opens_after: 5 attempts}, deadline: none}"
        )
    ).promises
    assert promises.backoff == Backoff(waits=(1.0, 0.2))
    assert (promises.breaker.opens_after, promises.breaker.counts) == (5, "attempts")
    assert promises.deadline is None
    off = load(small(rest="promises: {attempts: none, backoff: none, breaker: none, alerts: none}")).promises
    assert (off.attempts, off.backoff, off.breaker, off.alerts) == (None, None, None, None)


def test_http_and_command_drivers(load):
    """Both forms of a service, and a command."""
    start = """http: {start: [java, -jar, app.jar, "--port={port}"], ready: /healthz, ready_within: 60s, fresh: {request: POST /reset}, lanes: 2}
  cwd: ../app"""
    calls = "t: {does: createTicket, request: {method: POST, path: /tickets, json: {s: '{unique}'}, headers: {X: y}}}"
    service = load(small(driver=start, calls=calls))
    assert service.driver == HttpDriver(
        start=("java", "-jar", "app.jar", "--port={port}"),
        ready="/healthz",
        ready_within=60,
        fresh=("POST", "/reset"),
        lanes=2,
        cwd="../app",
    )
    assert service.calls["t"].request == HttpCall(
        method="POST", path="/tickets", json={"s": "{unique}"}, has_json=True, headers={"X": "y"}
    )
    attach = 'http: {attach: "http://127.0.0.1:8080", listen: "127.0.0.1:18080"}'
    attached = load(small(driver=attach, calls="f: {does: getOrder, request: GET /orders/1}"))
    assert attached.driver == HttpDriver(
        attach="http://127.0.0.1:8080", listen="127.0.0.1:18080", fresh="none"
    )
    assert attached.calls["f"].request == HttpCall(method="GET", path="/orders/1")
    command = load(small(driver='command: [./sync, "{call}", "{args}"]'))
    assert command.driver == CommandDriver(command=("./sync", "{call}", "{args}"))


def test_a_contract_is_found_around_the_file_or_by_its_name(load, problems, tmp_path):
    """Without `contract:` it is the nearest folder that holds one."""
    assert load(small()).contract == tmp_path
    (line, _column, told) = problems(small(rest="contract: acne"))[0]
    assert (line, "Did you mean 'acme'?" in told) == (6, True)


MISTAKES = {
    "unknown key": (small(rest="promise: {}"), 6, 1, ["Unknown key 'promise'", "Did you mean 'promises'?"]),
    "unknown promise": (small(rest="promises: {atempts: 3}"), 6, 12, ["'atempts'", "'attempts'"]),
    "unknown outcome": (small(rest="outcomes: {degradet: {path: $.a}}"), 6, 12, ["'degradet'", "'degraded'"]),
    "missing key": ("consumer: a\ndriver: {python: a:b}\n", 1, 1, ["'calls' is missing"]),
    "no unit": (small(rest="promises: {deadline: 8}"), 6, 22, ["8 is no duration", "200ms"]),
    "wrong unit": (small(rest="promises: {deadline: 8sec}"), 6, 22, ["'8sec' is no duration"]),
    "wait": (small(rest="promises: {backoff: [1s, 2]}"), 6, 26, ["2 is no duration"]),
    "growth": (small(rest="promises: {backoff: {frist: 1s}}"), 6, 22, ["Unknown key 'frist'", "'first'"]),
    "jitter": (small(rest="promises: {backoff: {jitter: some}}"), 6, 30, ["'some' is no jitter", "equal"]),
    "narrow": (
        small(rest="promises: {backoff: {first: 100ms, jitter: 20%}}"),
        6,
        21,
        ["narrower than 50 ms"],
    ),
    "opening": (small(rest="promises: {breaker: {opens_after: 5}}"), 6, 35, ["5 calls, 5 attempts"]),
    "refresh": (small(rest="promises: {refresh: {ahead: 1m, at: 50%}}"), 6, 21, ["Write either ahead"]),
    "empty promise": (small(rest="promises: {deadline: }"), 6, 22, ["Nothing stands here", "none"]),
    "factory": (small(driver="python: crm_driver"), 3, 11, ["module:attribute"]),
    "no driver": (small(driver="env: {}"), 2, 1, ["exactly one of python, http and command"]),
    "two drivers": (small(driver="python: a:b\n  command: [a]"), 2, 1, ["exactly one of"]),
    "foreign key": (
        small(driver="command: [a]\n  interpreter: x"),
        4,
        3,
        ["'interpreter' means nothing for a command"],
    ),
    "start and attach": (
        small(driver="http: {start: [a], attach: 'http://b'}", calls="f: {does: getOrder, request: GET /}"),
        3,
        3,
        ["either started (start) or runs already (attach)"],
    ),
    "placeholder": (
        small(driver="python: a:b\n  env: {A: '{endpoint.base_ulr}'}"),
        4,
        12,
        ["'{endpoint.base_url}'"],
    ),
    "operation": (
        small(calls="f: {does: getOrdr}"),
        5,
        13,
        ["no operation 'getOrdr'", "Did you mean 'getOrder'?"],
    ),
    "operation by path": (small(calls="f: {does: ['GET /order/{id}']}"), 5, 14, ["'GET /orders/{orderId}'"]),
    "group": (small(calls="reads: {does: getOrder}"), 5, 3, ["choose another name"]),
    "no method": (small(calls="find-order: {does: getOrder}"), 5, 3, ["no method of a Python object"]),
    "marker": (small(calls="t: {does: createTicket}"), 5, 3, ["The write 't' carries nothing", "{unique}"]),
    "record": (
        small(calls="f: {does: getOrder, args: {a: '{known.ordr.id}'}}"),
        5,
        33,
        ["'ordr'", "'order'"],
    ),
    "field": (
        small(calls="f: {does: getOrder, args: {a: '{known.order.ide}'}}"),
        5,
        33,
        ["no field 'ide'", "'id'"],
    ),
    "map by mistake": (
        small(calls="f: {does: getOrder, args: {a: {known.order.id}}}"),
        5,
        33,
        ['Put it in quotes: "{known.order.id}"'],
    ),
    "no request": (small(driver="http: {start: [a]}"), 5, 3, ["no request", "request: {method: POST"]),
    "a request": (
        small(calls="f: {does: getOrder, request: GET /}"),
        5,
        23,
        ["A request is for http drivers"],
    ),
    "condition": (small(rest="outcomes: {refused: {status: 503}}"), 6, 22, ["'status' never holds"]),
    "no condition": (small(rest="outcomes: {refused: {}}"), 6, 21, ["needs a condition"]),
    "path": (small(rest="outcomes: {refused: {path: notice}}"), 6, 28, ["'notice' is no path"]),
    "deadline": (
        small(rest="promises: {deadline: 3s, attempts: 3, backoff: [1s, 2s]}"),
        6,
        22,
        ["3 s is no longer than the waits between 3 attempts, 3 s together"],
    ),
    "command": (
        small(driver="command: [a]", calls="f: {does: getOrder}\n  g: {does: getOrder}"),
        3,
        12,
        ["not told which call"],
    ),
}


@pytest.mark.parametrize("text, line, column, words", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_where_it_stands_with_what_is_meant(problems, text, line, column, words):
    """One mistake gives one problem: its place, what is wrong, and what would be right."""
    found = problems(text)
    assert [place[:2] for place in found] == [(line, column)], found
    assert all(word in found[0][2] for word in words), found


def test_all_problems_are_told_at_once(problems):
    """In the order of the file."""
    text = small(
        calls="f: {does: getOrdr, args: {a: '{known.nobody.id}'}}",
        rest="promises: {deadline: 1s, backoff: [5s]}",
    )
    assert [line for line, _column, _told in problems(text)] == [5, 5, 6]


def test_the_schema_accepts_what_the_loader_accepts():
    """Editors show no error in a file that is right, and the same ones as we do in one that is not."""
    schema = consumer_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    assert list(validator.iter_errors(parse(WHOLE.encode(), file="a.yaml").value)) == []
    for name in ("unknown key", "unknown promise", "no unit", "jitter", "opening", "missing key", "growth"):
        assert not validator.is_valid(parse(MISTAKES[name][0].encode(), file="a.yaml").value), name


def test_the_examples_of_the_design_are_legal(load):
    """The shortest legal file is a name, a driver and calls."""
    assert load(small()).calls["find"].args == {}


@pytest.mark.parametrize(
    "rest, sentence",
    [
        ("intercept: [https://api.hubapi.com]", "is no host; write its name alone: api.example.com"),
        ("intercept: ['api.hubapi.com:443']", "is no host"),
        ("intercept: [127.0.0.1]", "is no host"),
        ("cannot: [tls]\nintercept: [api.hubapi.com]", "is served over HTTPS, which this caller cannot"),
    ],
)
def test_an_intercepted_host_is_a_name(problems, rest, sentence):
    """Its port is 443, and its caller speaks TLS."""
    [(_line, _column, told)] = problems(small(rest=rest))
    assert sentence in told


@pytest.mark.parametrize(
    "driver, calls, sentence",
    [
        (
            "http: {attach: 'http://127.0.0.1:8080', listen: '127.0.0.1:18080'}",
            "find: {does: getOrder, request: GET /x}",
            "cannot be led to the lab",
        ),
        ("{python: 'a:b', in_process: true}", "find: {does: getOrder}", "leave out in_process"),
    ],
)
def test_a_caller_that_cannot_be_led_is_told(problems, driver, calls, sentence):
    """It was started without us, or in the process of the tests."""
    [(_line, _column, told)] = problems(small(driver=driver, calls=calls, rest="intercept: api.hubapi.com"))
    assert sentence in told


def test_one_intercepted_host_needs_no_list(load):
    """Its case does not matter."""
    assert load(small(rest="intercept: API.hubapi.com")).intercept == ("api.hubapi.com",)
