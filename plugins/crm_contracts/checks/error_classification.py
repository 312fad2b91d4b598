"""Whether users are told what went wrong in words for people, not in the program's own insides."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from crm_contracts.checks.finding import call_line, failed, passed, unknown
from crm_contracts.model.call import Call
from crm_contracts.model.consumer import Outcome
from crm_contracts.model.journal import Journal
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _
from crm_contracts.model.likeness import Nothing, leaves
from crm_contracts.model.run import Run
from crm_contracts.model.said import is_cut, said
from crm_contracts.model.verdict import Finding, Layer, NotRun

_TRACES = (
    re.compile(r"Traceback \(most recent call last\)"),
    re.compile(r"^\s*File \"[^\"\n]+\", line \d+, in ", re.MULTILINE),  # Python
    re.compile(r"^\s*at [\w$.<>]+\([\w$]+\.(?:java|kt|scala|groovy):\d+\)", re.MULTILINE),  # JVM
    re.compile(r"^\s*at .{1,200}\(?(?:[/\\]|file:|node:)[^\s()]+:\d+:\d+\)?\s*$", re.MULTILINE),  # JavaScript
    re.compile(r"^\s*at .{1,200} in .{1,200}:line \d+", re.MULTILINE),  # .NET
    re.compile(r"^goroutine \d+ \[[^\]\n]+\]:", re.MULTILINE),  # Go
)
"""What a stack looks like in the languages that callers are written in."""

_UNCAUGHT = (
    (
        1,
        re.compile(r"Traceback \(most recent call last\):\n(?:[ \t].*\n|\n|[A-Z].*:\n)*[\w.]+(?:: .*)?\s*\Z"),
    ),
    (1, re.compile(r"Exception in thread \"main\" [\w.$]+")),
    (2, re.compile(r"^panic: .*\n(?:.*\n)*goroutine 1 \[", re.MULTILINE)),
)
"""With which exit code an interpreter ends by itself, and what it says last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorClassification:
    """What a user is told holds no stack trace: in an error's message, in an answer's body, or as a command's last words.

    The line to `outcomes`: an exception outside of `raises`, a 500 and an undeclared exit code are crashes, and `outcomes`
    judges them. Here stands what hides behind a declared outcome: a refusal whose message is a traceback, a 503 with a stack
    in its body, a declared exit code 1 that is really the interpreter's. What a caller writes to its log is its own
    affair, and so is a stack that stands in the CRM's own records. Credentials are looked for by `no_secret_leak`.

    Example: `{check: error_classification}`.
    Source: N20; ORACLES (crash or leak); CWE-209.
    """

    check: Literal["error_classification"] = "error_classification"

    def applies(self, run: Run) -> str | None:
        """Where something goes wrong of which users are told."""
        return None if run.scenario.faults else _("nothing goes wrong here")

    def judge(self, run: Run, journal: Journal) -> Finding | NotRun:
        """Fail where a user was shown the inside of the program."""
        if not journal.calls:
            return unknown(self.check, _("no call was made"))
        for call in journal.calls:
            where = _shown_in(call) if call.outcome.graceful else None
            if where and not _is_data(call, journal):
                return self._failed(call, where, journal)
        return passed(self.check)

    def _failed(self, call: Call, where: str, journal: Journal) -> Finding:
        sentence = _("{call} was {outcome}, and {where} shows a stack trace to its user")
        return failed(
            self.check,
            sentence.format(call=call.name, outcome=call.outcome, where=where),
            layer=Layer.RESPONSE,
            evidence="\n".join((call_line(call, journal), *_stack(call))),
            remedy=_(
                "Tell users in one sentence what does not work and whether to try again; write the stack to the log, under "
                "an id that the sentence may name."
            ),
            calls=[call],
        )


def _shown_in(call: Call) -> str | None:
    """Where a stack trace was shown to the call's user."""
    result = call.result
    if _holds_trace(result.value):
        return _("its answer")
    if result.failure and _is_trace(result.failure.message):
        return _("its error's message")
    if any(code == result.exit and last.search(result.output) for code, last in _UNCAUGHT):
        return _("what the command said last")
    return None


def _holds_trace(value: JSON) -> bool:
    return any(isinstance(leaf, str) and _is_trace(leaf) for leaf in leaves(value))


def _is_trace(text: str) -> bool:
    return any(trace.search(text) for trace in _TRACES)


def _is_data(call: Call, journal: Journal) -> bool:
    """Whether the CRM's own records hold a stack: somebody pasted it into a ticket."""
    if call.outcome is Outcome.REFUSED:
        return False
    told = (value for value in map(said, journal.exchanges) if not isinstance(value, Nothing))
    return any(map(is_cut, journal.exchanges)) or any(map(_holds_trace, told))


def _stack(call: Call) -> Iterator[str]:
    result = call.result
    texts = [leaf for leaf in leaves(result.value) if isinstance(leaf, str)]
    texts += [result.failure.message if result.failure else "", result.output]
    told = next((text for text in texts if _is_trace(text)), "")
    yield from (line[:160] for line in told.strip().splitlines()[-6:])
