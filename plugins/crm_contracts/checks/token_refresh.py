"""What a caller does about tokens that expire, are refused early, or should have been refreshed ahead of time."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from crm_contracts.checks.finding import attempt_lines, failed, passed, unknown
from crm_contracts.model.attempts import Attempt, attribute
from crm_contracts.model.call import Call, Phase
from crm_contracts.model.exchange import Exchange, Grant
from crm_contracts.model.fault import TokenTerms, Trait
from crm_contracts.model.journal import Journal
from crm_contracts.model.language import _
from crm_contracts.model.promises import Refresh
from crm_contracts.model.run import Run
from crm_contracts.model.span import human
from crm_contracts.model.usual import usual
from crm_contracts.model.verdict import Finding, Layer, Side

SLACK = 1.0
"""Seconds that a token may be used after its expiry: transport, whole seconds, scheduling."""
LATE = 0.7
"""Seconds after the promised moment at which a call may still carry the old token (JUDGING, trial 3)."""
ONE_REPEAT = 2
"""Attempts with a refused token that one call may make: the first, and one that was already on its way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRefresh:
    """A refused or expired token is replaced once and not sent again; where promised, it is replaced ahead of time.

    Three trials are never mixed. *Refused early*: after a refusal the caller gets one new token and repeats once; where
    the contract says that a refusal is no refresh signal, or the token is static, the call is refused after one
    attempt. *Honest short life*: nothing that starts later than expiry + 1 s carries the old token, unless no refresh
    ahead of time is promised and the refusal is answered by one refresh. *Leeway* (only where promised): no call that
    begins more than 0.7 s after the promised moment sends the old token.

    Example: `{check: token_refresh}`.
    Source: N1, N2, N3; JUDGING, tokens.
    """

    check: Literal["token_refresh"] = "token_refresh"

    def applies(self, run: Run) -> str | None:
        """Where a token rule is on and the calls need a credential."""
        if Trait.CREDENTIALS not in run.scenario.traits():
            return _("no credential is refused here")
        if run.contract.auth.kind == "none":
            return _("this CRM asks for no credential")
        if _is_leeway(run) and (reason := _leeway_reason(run)):
            return reason
        return None

    def judge(self, run: Run, journal: Journal) -> Finding:
        """Judge the trial that the token rule made."""
        terms = next((window.terms for window in journal.faults if window.terms), None)
        if terms is None:
            return unknown(self.check, _("no token rule was on"))
        if terms.trial == "leeway":
            return self._leeway(run, journal, terms)
        refused = _refused(journal)
        if not run.contract.auth.refreshable or not run.contract.auth.expired.refresh_signal:
            return self._not_refreshable(journal, refused)
        if terms.trial == "honest" and run.consumer.promises.refresh is not None:
            return self._ahead(journal)
        return self._answered(journal, refused)

    def _answered(self, journal: Journal, refused: tuple[Exchange, ...]) -> Finding:
        """After a refusal: one new token, one repeat, and the old token never again."""
        if not refused:
            return self._never_refused(journal)
        if finding := self._kept(journal, refused) or self._looped(journal):
            return finding
        first = refused[0]
        if not any(_answered_since(grant, first.started) for grant in journal.grants):
            if not _called_later(journal, first):
                return unknown(self.check, _("no call was made after the refusal"))
            return self._finding(
                _("the token was refused, and no new one was asked for"), journal, _around(journal, first)
            )
        return passed(self.check, _("replaced after {count} refusal(s)").format(count=len(refused)))

    def _never_refused(self, journal: Journal) -> Finding:
        ended = [g.refused_from for g in journal.grants if g.refused_from is not None]
        later = [
            e for e in journal.exchanges if e.purpose == "operation" and ended and e.started > min(ended)
        ]
        if later and len([g for g in journal.grants if g.succeeded]) > 1:
            return passed(self.check, _("replaced before it was refused"))
        if _keeps_none(journal):
            return passed(self.check, _("a new token for every call: none is old enough to be refused"))
        return unknown(self.check, _("no request was made with a token that had ended"))

    def _kept(self, journal: Journal, refused: tuple[Exchange, ...]) -> Finding | None:
        """A call that began after a token's refusal and still sent it."""
        for token, since in _refusals(refused, journal).items():
            again = _sent_since(since, token, journal)
            if again:
                sentence = _("{token} was refused, and later calls still sent it ({count} times)")
                evidence = [_attempt(refused[0]), *map(_attempt, again)]
                return self._finding(sentence.format(token=token, count=len(again)), journal, evidence)
        return None

    def _looped(self, journal: Journal) -> Finding | None:
        for call, tried, share in _refused_by_call(journal):
            if share > ONE_REPEAT and not _kept_waiting(call, journal):
                sentence = _(
                    "{call} sent a refused token {count} times; one refresh and one repeat are right"
                )
                return self._finding(sentence.format(call=call.name, count=len(tried)), journal, tried)
        return None

    def _not_refreshable(self, journal: Journal, refused: tuple[Exchange, ...]) -> Finding:
        """A refusal that no refresh can mend: one attempt, and the user is told."""
        if not refused:
            return self._never_refused(journal)
        for call, tried, share in _refused_by_call(journal):
            if share > 1:
                sentence = _("{call} repeated a request whose credential was refused; repeating cannot help")
                return self._finding(sentence.format(call=call.name), journal, tried)
        return passed(self.check, _("refused after one attempt"))

    def _ahead(self, journal: Journal) -> Finding:
        """A caller that promises to refresh ahead never sends a token later than its expiry."""
        ends = {g.token: g.refused_from for g in journal.grants if g.token and g.refused_from is not None}
        late = [
            e
            for e in journal.exchanges
            if (end := ends.get(_token(e))) is not None and e.started > end + SLACK
        ]
        if late:
            sentence = _("{token} was still sent {after} after it had expired (tolerance {slack})")
            after = late[0].started - ends[_token(late[0])]
            reason = sentence.format(token=_token(late[0]), after=human(after), slack=human(SLACK))
            return self._finding(reason, journal, [_attempt(e) for e in late])
        first = min(ends.values(), default=float("inf"))
        if not any(e.started > first for e in journal.exchanges if e.credential):
            return unknown(self.check, _("no request was made after the token had expired"))
        return passed(self.check)

    def _leeway(self, run: Run, journal: Journal, terms: TokenTerms) -> Finding:
        """A call that began more than 0.7 s after the promised moment and still sent the old token."""
        promise, judged = run.consumer.promises.refresh, False
        for grant in _issued_in(journal, terms):
            due = _due(grant, promise)
            late = _sent_since(due + LATE, grant.token or "", journal)
            judged = judged or any(call.started > due + LATE for call in journal.calls)
            if late:
                return self._late(grant, due, late, terms, journal)
        if not judged:
            return unknown(self.check, _("no call began after the promised moment of refresh"))
        return passed(self.check)

    def _late(
        self, grant: Grant, due: float, late: list[Exchange], terms: TokenTerms, journal: Journal
    ) -> Finding:
        sentence = _(
            "{token} was due for refresh {due} after issue and was still sent {late} later ({times})"
        )
        return self._finding(
            sentence.format(
                token=grant.token,
                due=human(due - (grant.delivered or grant.requested)),
                late=human(late[0].started - due),
                times=_times(terms),
            ),
            journal,
            [_attempt(e) for e in late],
        )

    def _finding(self, reason: str, journal: Journal, attempts: list[Attempt]) -> Finding:
        return failed(
            self.check,
            reason,
            layer=Layer.AUTH,
            side=Side.CREDENTIALS,
            evidence=attempt_lines(attempts, journal),
            remedy=_(
                "Take the lifetime from each token's own `expires_in`, refresh ahead of it, and answer a refusal with one "
                "refresh and one repeat."
            ),
            exchanges=[a.exchange for a in attempts if a.exchange],
        )


def _keeps_none(journal: Journal) -> bool:
    """Whether each of several calls sent nothing but tokens that were asked for while it was open."""
    asked = {grant.token: grant.requested for grant in journal.grants if grant.succeeded}
    whose, sent = attribute(journal), dict[int, bool]()
    for call in journal.calls:
        tokens = [_token(a.exchange) for a in whose.of(call) if a.exchange and a.exchange.credential]
        if tokens:
            sent[call.id] = all(asked.get(token, 0.0) >= call.started for token in tokens)
    return len(sent) > 1 and all(sent.values())


def _is_leeway(run: Run) -> bool:
    return any(getattr(fault, "trial", None) == "leeway" for fault in run.scenario.faults)


def _leeway_reason(run: Run) -> str | None:
    promise = run.consumer.promises.refresh
    if promise is None:
        return _("no refresh ahead of time is promised")
    return _("the promised jitter is wider than 1 s") if promise.jitter > 1 else None


def _refused(journal: Journal) -> tuple[Exchange, ...]:
    return tuple(e for e in journal.exchanges if _is_refused(e) and e.purpose == "operation")


def _is_refused(seen: Exchange) -> bool:
    return seen.credential is not None and seen.credential.state in {"expired", "revoked"}


def _refusals(refused: tuple[Exchange, ...], journal: Journal) -> dict[str, float]:
    """From when the caller knows that each token is refused: the end of its refusal and of the refresh that followed.

    Calls that begin while a refresh is under way may still hold the old token, and so may all where none was to be had.
    """
    known: dict[str, float] = {}
    for exchange in refused:
        end = exchange.ended or exchange.started
        known[_token(exchange)] = min(end, known.get(_token(exchange), end))
    for token, since in tuple(known.items()):
        asked = [grant for grant in journal.grants if _answered_since(grant, since)]
        answers = [grant.delivered for grant in asked if grant.succeeded and grant.delivered]
        if answers:
            known[token] = max(since, min(answers))
        elif asked:
            del known[token]
    return known


def _answered_since(grant: Grant, moment: float) -> bool:
    return (grant.delivered or grant.requested) >= moment


def _kept_waiting(call: Call, journal: Journal) -> bool:
    """Whether the token endpoint was in trouble while the call was open: then its attempts are bounded by their promise."""
    end = float("inf") if call.ended is None else call.ended
    asked = [grant for grant in journal.grants if call.started <= grant.requested <= end]
    return any(not (400 <= g.status < 500) and not (g.succeeded and g.delivered) for g in asked)


def _sent_since(moment: float, token: str, journal: Journal) -> list[Exchange]:
    """What carried the token and can only be of calls that began after the moment."""
    whose = attribute(journal)
    owner = {a.exchange.id: call for call in journal.calls for a in whose.of(call) if a.exchange}

    def is_of_later_calls(seen: Exchange) -> bool:
        calls = [owner[seen.id]] if seen.id in owner else _open_at(seen.started, journal)
        return bool(calls) and all(call.started > moment for call in calls)

    sent = (e for e in journal.exchanges if e.purpose == "operation" and _token(e) == token)
    return [seen for seen in sent if seen.started > moment and is_of_later_calls(seen)]


def _open_at(moment: float, journal: Journal) -> list[Call]:
    return [c for c in journal.calls if c.started <= moment and (c.ended is None or moment <= c.ended)]


def _refused_by_call(journal: Journal) -> Iterator[tuple[Call, list[Attempt], float]]:
    """The attempts of each call whose credential was refused, and how often each thing that it asks for was."""
    whose = attribute(journal)
    well = usual(journal, whose)
    for call in journal.calls:
        tried = [a for a in whose.of(call) if a.refused_credential]
        times = Counter(a.key for a in tried)
        yield call, tried, max((times[a.key] / well.of_one_thing(call, a) for a in tried), default=0.0)


def _called_later(journal: Journal, first: Exchange) -> bool:
    end = first.ended or first.started
    return any(call.started > end for call in journal.calls)


def _around(journal: Journal, first: Exchange) -> list[Attempt]:
    later = [e for e in journal.exchanges if e.started >= first.started and e.purpose == "operation"]
    return [_attempt(exchange) for exchange in later]


def _attempt(exchange: Exchange) -> Attempt:
    return Attempt(started=exchange.started, ended=exchange.ended, exchange=exchange)


def _token(exchange: Exchange) -> str:
    return exchange.credential.name if exchange.credential else ""


def _issued_in(journal: Journal, terms: TokenTerms) -> Iterator[Grant]:
    during = journal.window(Phase.DURING)
    if during is None:
        return
    for grant in journal.grants:
        if (
            grant.succeeded
            and grant.delivered
            and grant.requested >= during.started
            and grant.says == terms.says
        ):
            yield grant


def _due(grant: Grant, promise: Refresh | None) -> float:
    issued, says = grant.delivered or grant.requested, float(grant.says or 0)
    if promise is None:
        return issued + says
    if promise.at is not None:
        return issued + promise.at * says
    # A refresh may come earlier by the jitter, never later than `ahead` before the end.
    return issued + says - (promise.ahead or 0.0)


def _times(terms: TokenTerms) -> str:
    if terms.real is None:
        return _("told as {says}").format(says=human(terms.says))
    told = _("{real}, compressed to {refused}")
    return told.format(real=human(terms.real), refused=human(terms.refused_after or 0.0))
