"""No accepted write is lost, and no refused one arrives later."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from crm_contracts.checks.finding import attempt_lines, call_line, failed, passed, shortened, unknown
from crm_contracts.model.attempts import attribute
from crm_contracts.model.call import Call, Phase
from crm_contracts.model.consumer import Outcome
from crm_contracts.model.contract import Effect
from crm_contracts.model.exchange import Exchange, LedgerEntry
from crm_contracts.model.journal import Journal
from crm_contracts.model.language import _
from crm_contracts.model.run import Run
from crm_contracts.model.span import human
from crm_contracts.model.verdict import Finding, Layer


@dataclass(frozen=True, slots=True, kw_only=True)
class LostWrites:
    """A write whose user was told ok, degraded or queued is in the CRM's ledger within `delivers_within` after heal.

    A refused or crashed one must not arrive by an attempt that starts after its outcome (a ghost write). A hung one may
    have arrived or not. A write is found again by the value of its call; one without a body, such as a deletion, by its
    operation and record.

    Example: `{check: lost_writes}`.
    Source: N9; JUDGING, writes and truth.
    """

    check: Literal["lost_writes"] = "lost_writes"

    def applies(self, run: Run) -> str | None:
        """Where the run makes calls that write and their delivery is promised (default: within 30 s)."""
        if not run.writes:
            return _("this caller writes nothing here")
        return None if run.consumer.promises.delivers_within is not None else _("no delivery is promised")

    def judge(self, run: Run, journal: Journal) -> Finding:
        """Fail where an accepted write is not in the ledger, or a refused one came later."""
        writes = [call for call in journal.calls if call.effect is Effect.WRITE]
        if not writes:
            return unknown(self.check, _("no write was made"))
        if _untraceable([call for call in writes if not _bodiless(run, call, journal)], journal):
            return unknown(
                self.check, _("the CRM got writes, but none carries the {unique} value of its call")
            )
        lost = [call for call in writes if call.outcome.accepted and not _arrived(run, call, journal)]
        if lost:
            return self._lost(run, lost, journal)
        return self._ghosts(writes, journal) or passed(self.check)

    def _lost(self, run: Run, lost: list[Call], journal: Journal) -> Finding:
        sentence = _(
            "{call} was told {outcome}, but the CRM never got the write (watched for {within} after heal)"
        )
        within = (journal.rest - journal.heal) if journal.heal is not None else 0.0
        return failed(
            self.check,
            sentence.format(call=lost[0].name, outcome=lost[0].outcome, within=human(within)),
            layer=Layer.DATA,
            evidence=shortened([call_line(call, journal) for call in lost]),
            remedy=_(
                "Keep the write until the CRM has accepted it (a queue that survives), or tell the user it failed."
            ),
            calls=lost,
        )

    def _ghosts(self, writes: Sequence[Call], journal: Journal) -> Finding | None:
        whose = attribute(journal)
        started = {a.exchange.id: a.started for call in writes for a in whose.of(call) if a.exchange}
        for call in writes:
            ghosts = [e for e in journal.ledger_of(call) if _is_ghost(call, e, started)]
            if ghosts:
                return failed(
                    self.check,
                    _("{call} was {outcome}, and the CRM got the write afterwards").format(
                        call=call.name, outcome=call.outcome
                    ),
                    layer=Layer.DATA,
                    evidence=attempt_lines(whose.of(call), journal),
                    remedy=_(
                        "Tell the user `queued` where a write will still be tried, or cancel its attempts."
                    ),
                    calls=[call],
                )
        return None


def _arrived(run: Run, call: Call, journal: Journal) -> bool:
    """Whether the CRM has what a call wrote; a write without a body is known by its operation and record."""
    if journal.ledger_of(call):
        return True
    return _bodiless(run, call, journal) and any(
        seen.started >= call.started and _concerns(call, seen) and _is_done(seen)
        for seen in _writes_like(run, call, journal)
    )


def _bodiless(run: Run, call: Call, journal: Journal) -> bool:
    """Whether its writes have no content that could carry its value: a deletion, a link between two records."""
    return not any(seen.body.length for seen in _writes_like(run, call, journal))


def _writes_like(run: Run, call: Call, journal: Journal) -> Iterator[Exchange]:
    known = run.contract.operations
    names = {name for name in call.does if name in known and known[name].effect is Effect.WRITE}
    yield from (seen for seen in journal.exchanges if seen.operation in names and not seen.stray)


def _concerns(call: Call, seen: Exchange) -> bool:
    return not call.records or bool(set(call.records) & set(seen.path_params.values()))


def _is_done(seen: Exchange) -> bool:
    # What is gone already need not be deleted, and the CRM's ledger has no second entry for it.
    return seen.processed or (seen.method == "DELETE" and seen.status in {404, 410})


def _is_ghost(call: Call, entry: LedgerEntry, started: dict[int, float]) -> bool:
    if call.outcome not in {Outcome.REFUSED, Outcome.CRASHED} or call.ended is None:
        return False
    return started.get(entry.exchange, entry.at) > call.ended


def _untraceable(writes: Sequence[Call], journal: Journal) -> bool:
    """Whether the caller's writes reach the CRM without their markers, so that nothing can be said about any."""
    well = [c for c in writes if c.phase in {Phase.BEFORE, Phase.AFTER} and c.outcome is Outcome.OK]
    return bool(well and journal.ledger) and not any(entry.markers for entry in journal.ledger)
