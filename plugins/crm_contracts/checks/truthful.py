"""Whether an answer that claims to be a success says what the CRM's records say."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from crm_contracts.checks.finding import call_line, failed, layer_of, passed, shortened
from crm_contracts.model.call import Call, Phase
from crm_contracts.model.consumer import Outcome
from crm_contracts.model.contract import Effect
from crm_contracts.model.exchange import Exchange
from crm_contracts.model.journal import Journal
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _
from crm_contracts.model.likeness import (
    Difference,
    Found,
    Nothing,
    canonical,
    differences,
    leaves,
    volatile,
    without,
)
from crm_contracts.model.run import Run
from crm_contracts.model.said import is_cut, said
from crm_contracts.model.verdict import Finding, Layer, NotRun

SMALL = 10
"""Numbers below this stand everywhere: they tell nothing of where they come from."""
LONGEST = 60
"""Letters of a value that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truthful:
    """A read that is ok under a fault shows what it showed before, as long as the CRM's records are the same.

    Reads are made twice before the faults; what differs there, or after the faults, differs by itself (counters, request
    ids), and so do moments, the order of lists and fields that come in addition. Only what comes from the CRM's records is
    compared: a value in which something stands that the CRM had told; how often a caller tried, and whether from a cache, it
    may say. An answer is not judged where a write of the run was accepted in
    the collections that the call reads, or where the CRM itself said something else in a whole and readable answer: then
    `outcomes` says whether that may be shown. So what is left is what the caller made up: a body that was cut, spoiled or
    no JSON, an error, or silence, shown as a success with other or empty fields.

    Example: `{check: truthful}`.
    Source: N7, N19; ORACLES (swallowed error, partial body taken as success); JUDGING, truth without a mapping.
    """

    check: Literal["truthful"] = "truthful"

    def applies(self, run: Run) -> str | None:
        """Where a fault is on while something is read that was read before."""
        if not run.scenario.faults:
            return _("nothing goes wrong here")
        before = {spec.name for spec in run.drives(run.scenario.before)}
        during = [spec for spec in run.drives(run.scenario.during) if spec.name in before]
        if not any(spec.effect is Effect.READ for spec in during):
            return _("nothing is read both before and during the faults")
        return None

    def judge(self, run: Run, journal: Journal) -> Finding | NotRun:
        """Fail at the first ok read that shows something else than before."""
        judged = 0
        for call in _shown(journal):
            usual = _usual(call, journal)
            if not usual or _written(call, usual[-1], run, journal):
                continue
            judged += 1
            found = _untrue(call, usual, journal)
            if found and not _said_otherwise(call, run, journal):
                return self._failed(run, call, found, journal)
        if not judged:
            return NotRun(
                check=self.check, reason=_("no read was ok meanwhile that could be compared with before")
            )
        return passed(self.check, _("{count} answers were as before").format(count=judged))

    def _failed(self, run: Run, call: Call, found: Sequence[Difference], journal: Journal) -> Finding:
        sentence = _("{call} was ok, and {path} in its answer is {found} where it was {wanted} before")
        first = found[0]
        return failed(
            self.check,
            sentence.format(
                call=call.name, path=first.path, found=_brief(first.second), wanted=_brief(first.first)
            ),
            layer=layer_of(run.scenario.traits()) if run.scenario.traits() else Layer.DATA,
            evidence="\n".join((call_line(call, journal), shortened([_line(one) for one in found]))),
            remedy=_(
                "Show what the CRM said or nothing: let an error, an answer that was cut and one without the fields that are "
                "needed end in a refusal or in kept data with a visible notice."
            ),
            calls=[call],
        )


def _shown(journal: Journal) -> Iterator[Call]:
    for call in journal.calls_in(Phase.DURING):
        if call.effect is Effect.READ and call.outcome is Outcome.OK and call.result.comparable:
            yield call


def _usual(call: Call, journal: Journal) -> list[Call]:
    """The same read before, made in the same words and answered ok."""
    before = [one for one in journal.calls_in(Phase.BEFORE) if _asks(one) == _asks(call)]
    return [one for one in before if one.outcome is Outcome.OK and one.result.comparable]


def _asks(call: Call) -> tuple[str, str, tuple[str, ...]]:
    args = canonical(dict(call.args))
    return (call.name, args.replace(call.marker, "") if call.marker else args, call.records)


def _untrue(call: Call, usual: Sequence[Call], journal: Journal) -> list[Difference]:
    """Where a call shows something else than before, less what differs by itself."""
    later = [one for one in journal.calls_in(Phase.SETTLE, Phase.AFTER) if _asks(one) == _asks(call)]
    later = [one for one in later if one.outcome is Outcome.OK and one.result.comparable]
    moving = volatile([one.result.value for one in (*usual, *later)])
    if "$" in moving:
        return []
    values = {canonical(one.result.value): one.result.value for one in usual}.values()
    found = min((_differing(value, call.result.value, moving) for value in values), key=len)
    told = _told(call, journal) if found else frozenset()
    return [one for one in found if _is_data(one.first, told)]


def _differing(before: JSON, now: JSON, moving: frozenset[str]) -> list[Difference]:
    found = differences(without(before, moving), without(now, moving))
    return [one for one in found if one.first is not Nothing.HERE]


def _told(call: Call, journal: Journal) -> frozenset[str]:
    """What the CRM had told before the faults, as far as it can be found again in a page for people."""
    during = journal.window(Phase.DURING)
    since = during.started if during else call.started
    values = (said(seen) for seen in journal.exchanges if seen.started < since)
    found = (leaf for value in values if not isinstance(value, Nothing) for leaf in leaves(value))
    return frozenset(str(leaf) for leaf in found if _is_telling(leaf))


def _is_telling(leaf: JSON) -> bool:
    if isinstance(leaf, str):
        return len(leaf) > 1
    return isinstance(leaf, int | float) and not isinstance(leaf, bool) and abs(leaf) >= SMALL


def _is_data(value: Found, told: frozenset[str]) -> bool:
    """Whether a value comes from the CRM's records, and not from how the caller came by them."""
    shown = [] if isinstance(value, Nothing) else [leaf for leaf in leaves(value) if _is_telling(leaf)]
    texts = [str(leaf) for leaf in shown]
    return any(text in told or any(len(word) > 2 and word in text for word in told) for text in texts)


def _written(call: Call, usual: Call, run: Run, journal: Journal) -> bool:
    """Whether the CRM accepted a write in the meantime that may have changed what the call reads."""
    end = float("inf") if call.ended is None else call.ended
    reads = {_collection(operation, run) for operation in call.does}
    meanwhile = (entry for entry in journal.ledger if usual.started <= entry.at <= end)
    return any(_collection(entry.operation, run) in {*reads, None} for entry in meanwhile)


def _collection(operation: str, run: Run) -> str | None:
    """What an operation works on; None where nobody can tell."""
    known = run.contract.operations.get(operation)
    if known is None:
        return None
    return known.collection or known.path.strip("/").partition("/")[0]


def _said_otherwise(call: Call, run: Run, journal: Journal) -> bool:
    """Whether the CRM answered the call with something else than before, so that it may show that."""
    during, end = journal.window(Phase.DURING), float("inf") if call.ended is None else call.ended
    since = during.started if during else call.started
    for seen in journal.exchanges:
        if since <= seen.started <= end and _is_for(seen, call, run) and _is_news(seen, since, journal):
            return True
    return False


def _is_for(seen: Exchange, call: Call, run: Run) -> bool:
    unknown = seen.operation not in run.contract.operations
    return seen.purpose in {"operation", "other"} and (unknown or seen.operation in call.does)


def _is_news(seen: Exchange, since: float, journal: Journal) -> bool:
    now = said(seen)
    if now is Nothing.HERE:
        return is_cut(seen) and not _was_the_same(seen, since, journal)
    asked = (seen.method, seen.target, seen.body.kept)
    alike = (e for e in journal.exchanges if e.started < since and (e.method, e.target, e.body.kept) == asked)
    before = [value for value in map(said, alike) if not isinstance(value, Nothing)]
    if not before:
        return True
    moving = volatile(before)
    return all(any(differences(without(value, moving), without(now, moving))) for value in before)


def _was_the_same(seen: Exchange, since: float, journal: Journal) -> bool:
    return any(e.started < since and e.answer.sha256 == seen.answer.sha256 for e in journal.exchanges)


def _brief(value: Found) -> str:
    text = _("nothing") if isinstance(value, Nothing) else canonical(value)
    return text if len(text) <= LONGEST else text[:LONGEST] + "..."


def _line(found: Difference) -> str:
    sentence = _("{path}: before {wanted}, now {found}")
    return sentence.format(path=found.path, wanted=_brief(found.first), found=_brief(found.second))
