"""What results mean: declared rules first, then the documented defaults."""

import pytest

from crm_contracts.consumers import classify
from crm_contracts.consumers.outcomes import is_path, look
from crm_contracts.model.call import CallResult, Failure
from crm_contracts.model.consumer import CommandDriver, HttpDriver, Outcome, OutcomeRule, PythonDriver

PYTHON, HTTP, COMMAND = PythonDriver(factory="a:b"), HttpDriver(start=("a",)), CommandDriver(command=("a",))
OK, DEGRADED, QUEUED, REFUSED, CRASHED, HUNG = Outcome


def returned(value):
    return CallResult(started=0, ended=1, returned=True, value=value)


def raised(type_, *bases, own=False, message=""):
    failure = Failure(type=type_, bases=(*bases, "Exception", "BaseException"), own=own, message=message)
    return CallResult(started=0, ended=1, failure=failure)


def status(code, value=None):
    return CallResult(started=0, ended=1, status=code, value=value)


def outcome(result, *rules, driver=PYTHON, malformed=False):
    return classify(result, rules, driver, malformed=malformed)[0]


@pytest.mark.parametrize(
    "result, expected",
    [
        (returned({"id": 1}), OK),
        (returned(None), OK),
        (CallResult(started=0, ended=None, hung=True), HUNG),
        (CallResult(started=0, ended=1, died=True, exit=0), CRASHED),
        (raised("httpx.ConnectTimeout", "httpx.HTTPError"), REFUSED),
        (raised("ConnectionResetError", "ConnectionError", "OSError"), REFUSED),
        (raised("requests.exceptions.HTTPError", "requests.exceptions.RequestException", "OSError"), REFUSED),
        (raised("TimeoutError", "OSError"), REFUSED),
        (raised("asyncio.exceptions.TimeoutError"), REFUSED),
        (raised("aiohttp.ClientPayloadError", "aiohttp.client_exceptions.ClientError"), REFUSED),
        (raised("http.client.IncompleteRead", "http.client.HTTPException"), REFUSED),
        (raised("tenacity.RetryError"), REFUSED),
        (raised("shop.CrmDown", own=True), REFUSED),
        (raised("shop.NoOrder", "KeyError", "LookupError", own=True), REFUSED),
        (raised("RuntimeError"), REFUSED),
        (raised("KeyError", "LookupError"), CRASHED),
        (raised("IndexError", "LookupError"), CRASHED),
        (raised("TypeError"), CRASHED),
        (raised("AttributeError"), CRASHED),
        (raised("AssertionError"), CRASHED),
        (raised("RecursionError", "RuntimeError"), CRASHED),
        (raised("MemoryError"), CRASHED),
        (raised("SystemExit"), CRASHED),
        (raised("UnboundLocalError", "NameError"), CRASHED),
        (raised("json.decoder.JSONDecodeError", "ValueError"), CRASHED),
        (raised("xml.etree.ElementTree.ParseError", "SyntaxError"), CRASHED),
    ],
)
def test_defaults_of_a_python_caller(result, expected):
    """What a caller may tell its user is refused; what shows a defect is crashed."""
    assert outcome(result) is expected


@pytest.mark.parametrize(
    "name, base", [("json.decoder.JSONDecodeError", "ValueError"), ("UnicodeDecodeError", "ValueError")]
)
def test_a_parser_error_is_no_crash_while_the_body_was_malformed(name, base):
    """Whose fault it is cannot be told then, and the note says so."""
    found, note = classify(raised(name, base), (), PYTHON, malformed=True)
    assert found is REFUSED
    assert "unclassified" in note


def test_what_is_not_declared_among_exceptions_is_crashed_once_some_are():
    """`raises:` is the whole list; it may name a base, with or without its module."""
    rule = OutcomeRule(outcome=REFUSED, raises=("CrmError", "httpx.HTTPError"))
    assert outcome(raised("shop.errors.CrmError", own=True), rule) is REFUSED
    assert outcome(raised("shop.CrmDown", "shop.CrmError", own=True), rule) is REFUSED
    assert outcome(raised("httpx.ReadTimeout", "httpx.HTTPError"), rule) is REFUSED
    assert outcome(raised("TimeoutError", "OSError"), rule) is CRASHED
    assert outcome(raised("shop.OtherCrmErrors", own=True), rule) is CRASHED
    assert outcome(returned(1), rule) is OK


@pytest.mark.parametrize(
    "code, expected",
    [
        (200, OK),
        (204, OK),
        (303, OK),
        (404, REFUSED),
        (500, CRASHED),
        (501, CRASHED),
        (502, REFUSED),
        (503, REFUSED),
        (504, REFUSED),
    ],
)
def test_defaults_of_a_service(code, expected):
    """502, 503 and 504 say that somebody behind the service failed; every other 5xx is its own crash."""
    assert outcome(status(code), driver=HTTP) is expected


def test_a_service_that_gives_no_answer_has_crashed():
    """Nobody told its user anything."""
    assert outcome(raised("NoAnswer", own=True), driver=HTTP) is CRASHED


def test_defaults_of_a_command():
    """Exit 0 is ok unless its answer is garbage; other codes and signals are crashes unless declared."""

    def ended(**how):
        return CallResult(started=0, ended=1, **how)

    declared = OutcomeRule(outcome=REFUSED, exit=(75,))
    assert outcome(ended(exit=0), driver=COMMAND) is OK
    assert outcome(ended(exit=75), declared, driver=COMMAND) is REFUSED
    assert outcome(ended(exit=1), declared, driver=COMMAND) is CRASHED
    assert outcome(ended(signal=9), driver=COMMAND) is CRASHED
    garbage = Failure(type="UnreadableOutput", message="no JSON")
    assert outcome(ended(exit=0, failure=garbage), driver=COMMAND) is CRASHED
    told = OutcomeRule(outcome=DEGRADED, contains="limited")
    assert outcome(ended(exit=0, failure=garbage, output="service limited"), told, driver=COMMAND) is DEGRADED


@pytest.mark.parametrize(
    "rule, value, holds",
    [
        ({"path": "$.notice", "contains": "部分功能受限"}, {"notice": "部分功能受限!"}, True),
        ({"path": "$.notice", "contains": "部分功能受限"}, {"notice": "fine"}, False),
        ({"path": "$.notice"}, {"notice": None}, True),
        ({"path": "$.notice"}, {}, False),
        ({"path": "$.a[1].b", "equals": 2, "has_equals": True}, {"a": [{}, {"b": 2}]}, True),
        ({"path": "$.a[1].b", "equals": None, "has_equals": True}, {"a": [{}]}, False),
        ({"equals": "queued", "has_equals": True}, "queued", True),
        ({"contains": "limited"}, {"deep": ["service limited"]}, True),
        ({"contains": "limited", "path": "$.x"}, {"deep": ["service limited"]}, False),
    ],
)
def test_a_rule_looks_at_the_value(rule, value, holds):
    """Every condition that is set must hold."""
    declared = OutcomeRule(outcome=DEGRADED, **rule)
    assert outcome(returned(value), declared) is (DEGRADED if holds else OK)


def test_the_first_rule_that_matches_wins():
    """The order of the file decides, and conditions of one rule are all needed."""
    rules = (
        OutcomeRule(outcome=QUEUED, status=(202,), path="$.later"),
        OutcomeRule(outcome=DEGRADED, status=(200, 202)),
    )
    assert outcome(status(202, {"later": True}), *rules, driver=HTTP) is QUEUED
    assert outcome(status(202, {}), *rules, driver=HTTP) is DEGRADED


def test_hung_and_dead_are_never_declared_away():
    """No rule makes a death or a hang anything else."""
    anything = OutcomeRule(outcome=OK, contains="")
    assert outcome(CallResult(started=0, ended=None, hung=True), anything) is HUNG
    assert outcome(CallResult(started=0, ended=1, died=True), anything) is CRASHED


def test_paths():
    """A small part of JSONPath: names, quoted names and indices."""
    assert look({"a b": {"c": [1, {"d": 2}]}}, "$['a b'].c[1].d") == (2,)
    assert look([1], "$[0]") == (1,)
    assert look([1], "$[1]") == look({"a": 1}, "$.a.b") == ()
    assert all(map(is_path, ("$", "$.a", "$.a.b[0]", "$['x y'][3]")))
    assert not any(map(is_path, ("a", "$a", "$.", "$..a", "$.a[", "$.a[*]", "$.a[-1]")))
