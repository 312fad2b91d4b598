"""What a search found, as the findings that diagnosis, reports and known issues understand."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from crm_contracts.model.call import Call
from crm_contracts.model.language import _
from crm_contracts.model.span import human
from crm_contracts.model.verdict import Finding, Layer, Side, Verdict
from crm_contracts.cases.found import Found, Searched
from crm_contracts.cases.plan import PayloadPlan
from crm_contracts.reports.answer_text import told
from crm_contracts.reports.columns import cut, wrapped
from crm_contracts.run.case_judge import Blame

COLUMNS = 72
_FRAME = re.compile(r'File "([^"]+)", line (\d+), in (\S+)')

Pin = Callable[[Found], str]
"""The command that writes a failure down as a scenario."""


def findings(
    plan: PayloadPlan, searched: Searched, pin: Pin, sentence_of: Callable[[str], str]
) -> tuple[Finding, ...]:
    """The findings of one item; `sentence_of` tells what a mutation does."""
    failed = [
        _failed(plan, list(alike), pin, sentence_of)
        for _check, alike in groupby(sorted(searched.found, key=_by_check), key=_by_check)
    ]
    passed = [Finding(check=name, verdict=Verdict.PASSED) for name in searched.passed]
    unknown = [Finding(check=n, verdict=Verdict.UNKNOWN, reason=why) for n, why in searched.doubts]
    return (*failed, *unknown, *passed)


def _by_check(found: Found) -> str:
    return found.check


def _failed(
    plan: PayloadPlan, alike: Sequence[Found], pin: Pin, sentence_of: Callable[[str], str]
) -> Finding:
    """The failures of one check; the first is told in full, the others often go with it and are named."""
    found = alike[0]
    evidence = [*_shown(plan, found), *_pinning(found, pin), *_others(alike[1:])]
    return Finding(
        check=found.check,
        verdict=Verdict.FAILED,
        reason=_reason(plan, found, sentence_of),
        layer=Layer.TIMING if found.blame in {Blame.HUNG, Blame.LATE} else Layer.RESPONSE,
        side=Side.CALLER,
        evidence="\n".join(evidence),
        remedy=_remedy(found),
        calls=(found.seen.call.id,),
    )


def _reason(plan: PayloadPlan, found: Found, sentence_of: Callable[[str], str]) -> str:
    call, operation = plan.call, plan.operation.id
    what = sentence_of(found.mutation) if found.mutation else ""
    result = _("{call} {did} on {answer} of {operation}")
    answer = _("a malformed answer ({what})").format(what=what) if found.mutation else _("a valid answer")
    return result.format(call=call, did=_did(found), answer=answer, operation=operation)


def _did(found: Found) -> str:
    failure = found.seen.call.result.failure
    crashed = (
        _("crashed ({error})").format(error=failure.type.rpartition(".")[2]) if failure else _("crashed")
    )
    return {
        Blame.CRASHED: crashed,
        Blame.HUNG: _("hung"),
        Blame.LATE: _("was later than promised"),
        Blame.TAKEN: _("told its user of a success"),
        Blame.DIFFERS: _("told its user another value"),
    }[found.blame]


def _shown(plan: PayloadPlan, found: Found) -> Iterator[str]:
    count = _("{failed} of {asked} such answers; the smallest one:")
    yield count.format(failed=found.failed, asked=found.asked)
    yield from (f"  {line}" for line in told(found.served, found.own, found.marks))
    yield _("what {call} did with it:").format(call=plan.call)
    yield from (f"  {line}" for line in _made_of_it(found.seen.call))


def _made_of_it(call: Call) -> Iterator[str]:
    result, failure = call.result, call.result.failure
    took = _("no answer") if call.seconds is None else human(call.seconds)
    if failure is not None:
        yield cut(
            f"{failure.type.rpartition('.')[2]}: {failure.message.splitlines()[0] if failure.message else ''}",
            COLUMNS,
        )
        frames = _FRAME.findall(failure.traceback)
        if frames:
            path, line, name = next((f for f in reversed(frames) if not _is_library(f[0])), frames[-1])
            yield f"{_from_here(path)}:{line} in {name}"
        return
    status = f"HTTP {result.status} " if result.status is not None else ""
    value = json.dumps(result.value, ensure_ascii=False, default=str)
    yield cut(f"{call.outcome}, {took}: {status}{value}", COLUMNS)


def _is_library(path: str) -> bool:
    """Whether a file is Python's or an installed package's: the caller's own line says more."""
    return "site-packages" in path or "/lib/python" in path


def _from_here(path: str) -> str:
    from pathlib import Path

    here = Path.cwd()
    return Path(path).relative_to(here).as_posix() if Path(path).is_relative_to(here) else path


def _others(others: Sequence[Found]) -> Iterator[str]:
    if others:
        yield _("and with {count} other mutations:").format(count=len(others))
        yield from wrapped(", ".join(str(one.mutation) for one in others), COLUMNS, indent="  ")


def _pinning(found: Found, pin: Pin) -> Iterator[str]:
    yield _("pin it as a scenario:")
    yield f"  {pin(found)}"


def _remedy(found: Found) -> str:
    if found.mutation is None:
        return _(
            "The contract allows this answer: read what may be null, absent or new with a default, or refuse the answer "
            "with a declared error."
        )
    if found.blame in {Blame.TAKEN, Blame.DIFFERS}:
        return _(
            "Read answers with a strict parser, check what you use of them, and tell the user of a failure."
        )
    return _(
        "Catch what the parser raises where the CRM is called, and answer with a declared refusal or a fallback."
    )
