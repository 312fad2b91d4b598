"""Whether what is shown while the CRM is away has the structure of what is shown when it is well."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from crm_contracts.checks.finding import call_line, failed, passed, shortened, unknown
from crm_contracts.model.call import Call, Phase
from crm_contracts.model.consumer import Consumer, Outcome
from crm_contracts.model.journal import Journal
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _
from crm_contracts.model.likeness import leaves
from crm_contracts.model.run import Run
from crm_contracts.model.shape import Departure, Shape, departures, shape_of
from crm_contracts.model.verdict import Finding, Layer, NotRun

WELL = (Phase.BEFORE, Phase.SETTLE, Phase.AFTER)
"""Where answers are under the contract of today: no fault was on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FallbackShape:
    """A degraded answer has every field that this caller's ok answers have, each with the JSON type that it has there.

    The ok answers of the same call while no fault is on say what the shape is; a field that one of them lacks, or has as
    null, is optional. An answer that was ok under the same faults may be kept, too: whether it was right to show it, others
    judge. More fields than that (a notice, an age), null for a value and an empty list are no failure, nor is
    an answer that shows no data at all. What marks an answer as degraded is left out of the comparison.

    Example: `{check: fallback_shape}`.
    Source: N8; incident A (cached orders of an older structure); JUDGING, truth without a mapping.
    """

    check: Literal["fallback_shape"] = "fallback_shape"

    def applies(self, run: Run) -> str | None:
        """Where something goes wrong and the caller says what a degraded answer looks like."""
        if not run.scenario.faults:
            return _("nothing goes wrong here")
        if Outcome.DEGRADED not in run.consumer.declares:
            return _("no degraded answer is declared")
        return None

    def judge(self, run: Run, journal: Journal) -> Finding | NotRun:
        """Fail at the first degraded answer whose structure is not that of the ok answers."""
        shown = [call for call in journal.calls if call.outcome is Outcome.DEGRADED]
        if not shown:
            return NotRun(check=self.check, reason=_("no answer was degraded"))
        shown = [call for call in shown if call.result.comparable]
        if not shown:
            return NotRun(check=self.check, reason=_("what this caller answers cannot be compared"))
        judged = False
        for call in shown:
            well = answers_when_well(call, journal)
            judged = judged or bool(well)
            found = _departures(call, well, run.consumer) if well else []
            if found and not _shown_lately(call, run.consumer, journal):
                return self._failed(call, found, journal)
        if not judged:
            return unknown(
                self.check, _("no ok answer was given with which a degraded one could be compared")
            )
        return passed(self.check)

    def _failed(self, call: Call, found: Sequence[Departure], journal: Journal) -> Finding:
        first = found[0]
        gone = _("{call} was degraded, and its answer lacks {path}, which every ok answer has")
        other = _("{call} was degraded, and {path} in its answer is {found} where ok answers have {wanted}")
        sentence = (gone if first.found is None else other).format(
            call=call.name, path=first.path, found=first.found, wanted=_or(first)
        )
        return failed(
            self.check,
            sentence,
            layer=Layer.DATA,
            evidence="\n".join((call_line(call, journal), shortened([_line(one) for one in found]))),
            remedy=_(
                "Keep what was shown last, not what the CRM sent once: check it against the structure of today before it is "
                "kept and when it is read, and tell the user where nothing fits."
            ),
            calls=[call],
        )


def answers_when_well(call: Call, journal: Journal) -> list[Call]:
    """The ok answers of the same call while no fault was on, as far as they can be compared."""
    well = (one for one in journal.calls_in(*WELL) if one.name == call.name)
    return [one for one in well if one.outcome is Outcome.OK and one.result.comparable]


def shows_data(call: Call, well: Sequence[Call]) -> bool:
    """Whether an answer shows anything that ok answers show: a field of theirs, or a value; else it is only a notice."""
    shape, value = shape_of(one.result.value for one in well), call.result.value
    if isinstance(value, dict) and set(value) & set(shape.fields):
        return True
    told = {leaf for one in well for leaf in leaves(one.result.value) if _says_something(leaf)}
    return any(leaf in told for leaf in leaves(value) if _says_something(leaf))


def _departures(call: Call, well: Sequence[Call], consumer: Consumer) -> list[Departure]:
    if not shows_data(call, well):
        return []
    shape: Shape = shape_of(one.result.value for one in well)
    markers = _markers(consumer)
    return [one for one in departures(shape, call.result.value) if not _is_in(one.path, markers)]


def _shown_lately(call: Call, consumer: Consumer, journal: Journal) -> bool:
    """Whether it has the structure of an answer that was ok under the same faults: what may be shown, may be kept."""
    lately = (one for one in journal.calls_in(Phase.DURING) if one.name == call.name and one.id < call.id)
    well = [one for one in lately if one.outcome is Outcome.OK and one.result.comparable]
    return any(not _departures(call, [one], consumer) for one in well)


def _markers(consumer: Consumer) -> tuple[str, ...]:
    rules = (rule for rule in consumer.outcomes if rule.outcome is Outcome.DEGRADED)
    return tuple(rule.path for rule in rules if rule.path is not None)


def _is_in(path: str, markers: Sequence[str]) -> bool:
    # Where ok answers are a bare list or text, a notice needs something around it.
    return path == "$" or any(
        path == marker or path.startswith((f"{marker}.", f"{marker}[")) for marker in markers
    )


def _says_something(leaf: JSON) -> bool:
    return (isinstance(leaf, str) and len(leaf) > 1) or (
        isinstance(leaf, int | float) and not isinstance(leaf, bool) and leaf not in {0, 1}
    )


def _or(departure: Departure) -> str:
    return _(" or ").join(departure.wanted)


def _line(departure: Departure) -> str:
    found = departure.found or _("nothing")
    return _("{path}: {wanted} when all is well, {found} here").format(
        path=departure.path, wanted=_or(departure), found=found
    )
