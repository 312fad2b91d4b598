"""What a caller does about tokens that expire, are refused early, or should have been refreshed ahead of time."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
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
from crm_contracts.model.tokens import answered_since, refusals, sent_since, token_of
from crm_contracts.model.usual import usual
from crm_contracts.model.verdict import Finding, Layer, Side

SLACK = 1.0
"""Seconds that a token may be used after its expiry: transport, whole seconds, scheduling."""
LATE = 0.7
"""Seconds after the promised moment at which a call may still carry the old token (JUDGING, trial 3)."""
AT_ONCE = 0.05
"""Seconds within which a second request for a token follows without a pause."""
ONE_REPEAT = 2
"""Attempts with a refused token that one call may make: the first, and one that was already on its way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRefresh:
    """A refused or expired token is replaced once and not sent again; where promised, it is replaced ahead of time.

    Three trials are never mixed. *Refused early*: after a refusal the caller gets one new token and repeats once; where
    the contract says that a refusal is no refresh signal, or the token is static, the call is refused after one
    attempt; nobody asks in a loop where none is to be had. *Honest short life*: nothing that starts later than
    expiry + 1 s carries the old token, unless no refresh ahead of time is promised and the refusal is answered by one
    refresh. *Leeway* (only where promised): no call that begins more than 0.7 s after the promised moment sends the old
    token. That callers who share a token ask for one together is `refresh_stampede`'s.

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
        return self._answered(run, journal, refused)

    def _answered(self, run: Run, journal: Journal, refused: tuple[Exchange, ...]) -> Finding:
        """After a refusal: one new token, one repeat, and the old token never again."""
        if not refused:
            return self._never_refused(journal)
        if found := self._kept(journal, refused) or self._looped(journal) or self._hammered(run, journal):
            return found
        first = refused[0]
        if not any(answered_since(grant, first.started) for grant in journal.grants):
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
        for token, since in refusals(refused, journal).items():
            again = sent_since(since, token, journal)
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

    def _hammered(self, run: Run, journal: Journal) -> Finding | None:
        """Requests for a token that fail and are repeated at once; a thread that waits in between may ask for ever."""
        attempts = run.consumer.promises.attempts or 1
        failed = [grant for grant in journal.grants if not grant.succeeded]
        hasty = [b for a, b in pairwise(failed) if b.requested - a.requested < AT_ONCE]
        for call in journal.calls:
            end = float("inf") if call.ended is None else call.ended
            own = [grant for grant in hasty if call.started <= grant.requested <= end]
            calls = len([one for one in journal.calls if _overlap(one, call)])
            if len(own) > 2 * attempts * calls:
                sentence = _("{call} asked {count} times for a token that it did not get, without a pause")
                return self._finding(sentence.format(call=call.name, count=len(own)), journal, [])
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
            if (end := ends.get(token_of(e))) is not None and e.started > end + SLACK
        ]
        if late:
            sentence = _("{token} was still sent {after} after it had expired (tolerance {slack})")
            after = late[0].started - ends[token_of(late[0])]
            reason = sentence.format(token=token_of(late[0]), after=human(after), slack=human(SLACK))
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
            late = sent_since(due + LATE, grant.token or "", journal)
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
            side=Side.CALLER,
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
        tokens = [token_of(a.exchange) for a in whose.of(call) if a.exchange and a.exchange.credential]
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


def _kept_waiting(call: Call, journal: Journal) -> bool:
    """Whether the token endpoint was in trouble while the call was open: then its attempts are bounded by their promise."""
    end = float("inf") if call.ended is None else call.ended
    asked = [grant for grant in journal.grants if call.started <= grant.requested <= end]
    return any(not (400 <= g.status < 500) and not (g.succeeded and g.delivered) for g in asked)


def _overlap(one: Call, other: Call) -> bool:
    return one.started <= (other.ended or float("inf")) and other.started <= (one.ended or float("inf"))


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
