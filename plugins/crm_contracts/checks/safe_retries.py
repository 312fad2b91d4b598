"""A write whose end is ambiguous is not repeated blindly."""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from crm_contracts.checks.finding import attempt_lines, failed, passed, unknown
from crm_contracts.model.attempts import IDEMPOTENT, Attempt, attribute, chains
from crm_contracts.model.call import Call
from crm_contracts.model.contract import Effect
from crm_contracts.model.exchange import Exchange
from crm_contracts.model.fault import Trait
from crm_contracts.model.journal import Journal
from crm_contracts.model.language import _
from crm_contracts.model.run import Run
from crm_contracts.model.usual import usual
from crm_contracts.model.verdict import Finding, Layer

NOT_TAKEN = frozenset({429, 503})
"""Answers that say the write was not taken, so that repeating it is safe."""
_AMBIGUOUS = {Trait.AMBIGUOUS, Trait.CONNECTION, Trait.SILENCE, Trait.SLOW}


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeRetries:
    """A write is not repeated without a stable idempotency key after an ambiguous end.

    Ambiguous: the whole request was received and no whole answer was given, other than 429 or 503. A refused connection
    is not ambiguous; PUT and DELETE may be repeated (RFC 9110 9.2.2); so may an upsert by key, a write with If-Match
    (the CRM refuses it the second time), and one before which the caller looked whether the first arrived. Writes that
    the same call makes anyhow when all is well are repeats only where they say the same.

    Example: `{check: safe_retries}`.
    Source: N9; RFC 9110 9.2.2; JUDGING, unsafe retry.
    """

    check: Literal["safe_retries"] = "safe_retries"

    def applies(self, run: Run) -> str | None:
        """Where the run writes, and a fault can leave the end of a write open."""
        if not run.writes:
            return _("this caller writes nothing here")
        if run.contract.idempotency.upsert_key:
            return _("the CRM recognises a repeated write by its upsert key")
        if not run.scenario.traits() & _AMBIGUOUS:
            return _("no fault here leaves the end of a write open")
        return None

    def judge(self, run: Run, journal: Journal) -> Finding:
        """Fail where an ambiguous write was sent again without the same key."""
        writes = [call for call in journal.calls if call.effect is Effect.WRITE]
        if not writes:
            return unknown(self.check, _("no write was made"))
        whose = attribute(journal)
        well = usual(journal, whose)
        for call in writes:
            looks = [a.started for a in whose.of(call) if _looked(run, a)]
            for chain in chains(whose.of(call), together=True):
                several = well.of_one_thing(call, chain[0]) > 1
                if _unsafe(run, _as_received(chain, journal), looks, several=several):
                    return self._failed(call, chain, journal)
        return passed(self.check)

    def _failed(self, call: Call, chain: tuple[Attempt, ...], journal: Journal) -> Finding:
        sentence = _(
            "{call} sent a write again whose first end was ambiguous, without a stable idempotency key"
        )
        return failed(
            self.check,
            sentence.format(call=call.name),
            layer=Layer.DATA,
            evidence=attempt_lines(chain, journal),
            remedy=_(
                "Send one idempotency key per call with every attempt; without one, do not retry a write."
            ),
            calls=[call],
            exchanges=[a.exchange for a in chain if a.exchange],
        )


def _unsafe(run: Run, chain: tuple[Attempt, ...], looks: list[float], *, several: bool) -> bool:
    return any(
        _repeats(run, a, b)
        and not any(a.started < look < b.started for look in looks)
        and (not several or _says_the_same(a, b))
        for a, b in pairwise(chain)
    )


def _repeats(run: Run, earlier: Attempt, later: Attempt) -> bool:
    first, second = earlier.exchange, later.exchange
    if first is None or second is None or first.method in IDEMPOTENT:
        return False
    operation = run.contract.operations.get(first.operation or "")
    if operation is None or operation.effect is Effect.READ or operation.upsert_by is not None:
        return False
    same_key = first.idempotency_key is not None and first.idempotency_key == second.idempotency_key
    return _ambiguous(earlier) and not same_key and not _is_conditional(second)


def _is_conditional(seen: Exchange) -> bool:
    return any(line.lower().startswith(b"if-match:") for line in seen.head.split(b"\r\n"))


def _looked(run: Run, attempt: Attempt) -> bool:
    """Whether a caller read something of the CRM, as one does who looks whether a write arrived."""
    seen = attempt.exchange
    operation = run.contract.operations.get(seen.operation or "") if seen is not None else None
    return operation is not None and operation.effect is Effect.READ and attempt.succeeded


def _says_the_same(earlier: Attempt, later: Attempt) -> bool:
    first, second = earlier.exchange, later.exchange
    return first is not None and second is not None and first.body == second.body


def _as_received(chain: tuple[Attempt, ...], journal: Journal) -> tuple[Attempt, ...]:
    """The attempts as their caller saw them: one that repeats a success under a fault of TCP never got the answer."""
    toxics = {window.fault for window in journal.faults if window.place == "toxic"}
    return tuple(
        replace(attempt, exchange=replace(seen, answered=False))
        if (seen := attempt.exchange) and (seen.status or 0) < 400 and toxics & set(seen.faults)
        else attempt
        for attempt in chain
    )


def _ambiguous(attempt: Attempt) -> bool:
    seen = attempt.exchange
    if seen is None or not seen.complete:
        return False
    return not seen.answered and seen.status not in NOT_TAKEN
