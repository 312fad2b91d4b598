"""How a check says what it found, and how it shows the evidence for it."""

from collections.abc import Iterable, Sequence

from crm_contracts.model.attempts import Attempt
from crm_contracts.model.call import Call, Phase
from crm_contracts.model.exchange import Exchange
from crm_contracts.model.fault import Trait
from crm_contracts.model.journal import Journal
from crm_contracts.model.language import _
from crm_contracts.model.span import human
from crm_contracts.model.verdict import Finding, Layer, Side, Verdict

MOST_LINES = 8
"""Evidence is the smallest that shows the defect; longer lists are cut in the middle."""

_LAYERS = {
    Trait.UNRESOLVED: Layer.DNS,
    Trait.UNTRUSTED: Layer.TLS,
    Trait.HANDSHAKE: Layer.TLS,
    Trait.CREDENTIALS: Layer.AUTH,
    Trait.TOKEN_ENDPOINT: Layer.AUTH,
    Trait.MALFORMED: Layer.RESPONSE,
    Trait.ERROR_STATUS: Layer.HTTP,
    Trait.LIMITED: Layer.HTTP,
    Trait.PERMANENT: Layer.HTTP,
    Trait.UNREACHABLE: Layer.TCP,
    Trait.CONNECTION: Layer.TCP,
    Trait.SILENCE: Layer.TIMING,
    Trait.SLOW: Layer.TIMING,
}


def passed(check: str, reason: str = "") -> Finding:
    """A promise that was seen to be kept."""
    return Finding(check=check, verdict=Verdict.PASSED, reason=reason)


def unknown(check: str, reason: str) -> Finding:
    """A doubt that remains."""
    return Finding(check=check, verdict=Verdict.UNKNOWN, reason=reason)


def failed(
    check: str,
    reason: str,
    *,
    layer: Layer,
    side: Side = Side.CALLER,
    evidence: str = "",
    remedy: str = "",
    calls: Iterable[Call] = (),
    exchanges: Iterable[Exchange] = (),
) -> Finding:
    """A promise that was broken, with the smallest evidence and what usually mends it."""
    return Finding(
        check=check,
        verdict=Verdict.FAILED,
        reason=reason,
        layer=layer,
        side=side,
        evidence=evidence,
        remedy=remedy,
        calls=tuple(call.id for call in calls),
        exchanges=tuple(exchange.id for exchange in exchanges),
    )


def layer_of(traits: Iterable[Trait]) -> Layer:
    """The layer at which these traits act, the most telling one where there are several; without any, what was answered.

    A fault without traits leaves answers sound and surprising: one field more, a page that comes twice.
    """
    present = set(traits)
    without = Layer.HTTP if present else Layer.RESPONSE
    return next((layer for trait, layer in _LAYERS.items() if trait in present), without)


def phase_name(phase: Phase) -> str:
    """A phase as a reader's language has it; in files it is a key and stays as it is."""
    return {
        Phase.BEFORE: _("before"),
        Phase.DURING: _("during"),
        Phase.SETTLE: _("settle"),
        Phase.AFTER: _("after"),
    }[phase]


def call_line(call: Call, journal: Journal) -> str:
    """One call as its user saw it: `+0.31 s  find_order  crashed after 0.02 s  KeyError: 'total'`."""
    what = _result(call)
    took = _("never answered") if call.seconds is None else human(call.seconds)
    return f"{_moment(call.started, journal)}  {call.name}  {call.outcome}  {took}  {what}".rstrip()


def attempt_lines(attempts: Sequence[Attempt], journal: Journal) -> str:
    """Attempts as a small timeline, with the wait before each."""
    lines: list[str] = []
    for earlier, attempt in zip((None, *attempts), attempts, strict=False):
        waited = ""
        if earlier is not None and earlier.given_up is not None:
            waited = _("  after {wait}").format(wait=human(max(0.0, attempt.started - earlier.given_up)))
        lines.append(f"{_moment(attempt.started, journal)}  {_attempt(attempt)}{waited}")
    return shortened(lines)


def shortened(lines: Sequence[str]) -> str:
    """Lines with the middle left out where there are many."""
    if len(lines) <= MOST_LINES:
        return "\n".join(lines)
    left = len(lines) - MOST_LINES + 1
    return "\n".join((*lines[: MOST_LINES - 2], _("... {count} more ...").format(count=left), lines[-1]))


def _moment(moment: float, journal: Journal) -> str:
    return f"+{moment - journal.started:.3f} s"


def _attempt(attempt: Attempt) -> str:
    seen = attempt.exchange
    if seen is None:
        return _("a connection without a request")
    answer = str(seen.status) if seen.status is not None else _("no answer")
    token = f"  {seen.credential.name} ({seen.credential.state})" if seen.credential else ""
    faults = f"  [{', '.join(seen.faults)}]" if seen.faults else ""
    place = _("  at the spare") if seen.spare else ""
    return f"{seen.method} {seen.target}  {answer}{token}{faults}{place}"


def _result(call: Call) -> str:
    result = call.result
    if result.failure:
        return f"{result.failure.type.rpartition('.')[2]}: {result.failure.message}"[:160]
    if result.status is not None:
        return f"HTTP {result.status}"
    return _("exit code {code}").format(code=result.exit) if result.exit is not None else ""
