"""What a call's result means to its user: the consumer's own rules first, then JUDGING's defaults. Pure.

Every doubt is decided for the caller: what nobody can tell is `refused` with a note that says so.
"""

import json
import re
from collections.abc import Iterator, Sequence

from crm_contracts.model.call import CallResult, Failure
from crm_contracts.model.consumer import CommandDriver, Driver, HttpDriver, Outcome, OutcomeRule
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _

UNREACHABLE = {502, 503, 504}
"""Statuses with which a service says that somebody behind it failed."""

_TOLD = {
    "OSError",
    "TimeoutError",
    "asyncio.exceptions.TimeoutError",
    "concurrent.futures._base.TimeoutError",
    "http.client.HTTPException",
    "urllib3.exceptions.HTTPError",
    "requests.exceptions.RequestException",
    "httpx.HTTPError",
    "httpcore.NetworkError",
    "httpcore.TimeoutException",
    "httpcore.ProtocolError",
    "httpcore.ProxyError",
    "httpcore.UnsupportedProtocol",
    "aiohttp.client_exceptions.ClientError",
    "niquests.exceptions.RequestException",
    "pycurl.error",
    "tornado.httpclient.HTTPClientError",
}
"""A program that calls over a network may tell its user of these (JUDGING: OSError, TimeoutError, the HTTP library's)."""

_DEFECTS = {
    "TypeError",
    "LookupError",
    "AttributeError",
    "AssertionError",
    "RecursionError",
    "MemoryError",
    "SystemExit",
    "NameError",
    "ImportError",
    "ArithmeticError",
    "NotImplementedError",
    "StopIteration",
    "StopAsyncIteration",
    "SystemError",
    "BufferError",
    "ReferenceError",
    "KeyboardInterrupt",
    "GeneratorExit",
    "asyncio.exceptions.CancelledError",
    "concurrent.futures._base.CancelledError",
}
_PARSERS = {"ValueError", "SyntaxError", "EOFError", "zlib.error", "xml.parsers.expat.ExpatError"}

_STEP = re.compile(r"\.([^.\[\]'\"\s]+)|\[(\d+)\]|\['([^']*)'\]")
_PATH = re.compile(r"\$(?:\.[^.\[\]'\"\s]+|\[\d+\]|\['[^']*'\])*")

Judged = tuple[Outcome, str]


def classify(result: CallResult, rules: Sequence[OutcomeRule], driver: Driver, *, malformed: bool) -> Judged:
    """Return the outcome of a call, and a note where it was not declared.

    `malformed` tells that the CRM's body was malformed at the time: a parser's error is then no crash.

    >>> from crm_contracts.model.consumer import PythonDriver
    >>> classify(
    ...     CallResult(started=0, ended=1, returned=True), (), PythonDriver(factory="a:b"), malformed=False
    ... )
    (<Outcome.OK: 'ok'>, '')
    """
    if result.hung:
        return Outcome.HUNG, ""
    if result.died:
        return Outcome.CRASHED, _("the caller's process was gone")
    for rule in rules:
        if matches(rule, result):
            return rule.outcome, ""
    if result.failure is not None:
        return _of_failure(result.failure, rules, driver, malformed=malformed)
    if isinstance(driver, HttpDriver):
        return _of_status(result.status or 0)
    return _of_exit(result) if isinstance(driver, CommandDriver) else (Outcome.OK, "")


def matches(rule: OutcomeRule, result: CallResult) -> bool:
    """Whether every condition that a rule sets holds."""
    return all(_conditions(rule, result))


def look(value: JSON, path: str) -> tuple[JSON, ...]:
    """What stands at a path, `$.a.b[0]` or `$['a b']`; nothing where there is no such place.

    >>> look({"a": [{"b": 1}]}, "$.a[0].b"), look({}, "$.a")
    ((1,), ())
    """
    for name, index, quoted in _STEP.findall(path):
        if index:
            if not isinstance(value, list) or int(index) >= len(value):
                return ()
            value = value[int(index)]
        else:
            key = name or quoted
            if not isinstance(value, dict) or key not in value:
                return ()
            value = value[key]
    return (value,)


def is_path(text: str) -> bool:
    """Whether a text is a path that `look` can follow."""
    return _PATH.fullmatch(text) is not None


def _conditions(rule: OutcomeRule, result: CallResult) -> Iterator[bool]:
    failure = result.failure
    if rule.raises:
        yield failure is not None and any(_is(failure, name) for name in rule.raises)
    if rule.status:
        yield result.status in rule.status
    if rule.exit:
        yield result.exit in rule.exit
    if rule.path is not None or rule.has_equals or rule.contains is not None:
        found = (result.value,) if rule.path is None else look(result.value, rule.path)
        yield bool(found) and (not rule.has_equals or found[0] == rule.equals)
        if rule.contains is not None:
            yield any(rule.contains in text for text in _texts(rule, result, found))


def _texts(rule: OutcomeRule, result: CallResult, found: tuple[JSON, ...]) -> Iterator[str]:
    """Where a rule looks for its words: at its path, or in all that the user was told."""
    yield from (one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in found)
    if rule.path is None:
        yield result.output if result.exit is not None else ""
        yield result.failure.message if result.failure else ""


def _is(failure: Failure, name: str) -> bool:
    """Whether an exception is of a type, which may be written with or without its module."""
    return any(known == name or known.endswith(f".{name}") for known in (failure.type, *failure.bases))


def _of_failure(failure: Failure, rules: Sequence[OutcomeRule], driver: Driver, *, malformed: bool) -> Judged:
    if not _is_python(driver):
        return Outcome.CRASHED, failure.message
    name = failure.type.rpartition(".")[2]
    if any(rule.raises for rule in rules):
        return Outcome.CRASHED, _("{name} is not among the declared exceptions").format(name=name)
    kinds = {failure.type, *failure.bases}
    if failure.own:
        return Outcome.REFUSED, _("undeclared, but the caller's own exception {name}").format(name=name)
    if kinds & _TOLD:
        return Outcome.REFUSED, _("undeclared, but the user was told of the connection: {name}").format(
            name=name
        )
    if kinds & _DEFECTS or (kinds & _PARSERS and not malformed):
        return Outcome.CRASHED, name
    return Outcome.REFUSED, _("unclassified: {name} is not declared").format(name=name)


def _of_status(status: int) -> Judged:
    if 200 <= status < 300:
        return Outcome.OK, ""
    if 300 <= status < 400:
        return Outcome.OK, _("unclassified: status {status} is not declared").format(status=status)
    if status < 500:
        return Outcome.REFUSED, _("unclassified: status {status} is not declared").format(status=status)
    told = _("status {status}").format(status=status)
    return (Outcome.REFUSED if status in UNREACHABLE else Outcome.CRASHED), told


def _of_exit(result: CallResult) -> Judged:
    if result.exit == 0:
        return Outcome.OK, ""
    if result.signal is not None:
        return Outcome.CRASHED, _("ended by signal {signal}").format(signal=result.signal)
    return Outcome.CRASHED, _("exit code {code} is not declared").format(code=result.exit)


def _is_python(driver: Driver) -> bool:
    return not isinstance(driver, HttpDriver | CommandDriver)
