"""Callers of one token that ask for another each on its own, and refresh tokens that are used a second time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from crm_contracts.checks.finding import attempt_lines, failed, passed
from crm_contracts.model.attempts import Attempt
from crm_contracts.model.call import Call
from crm_contracts.model.exchange import Exchange, Grant
from crm_contracts.model.fault import Trait
from crm_contracts.model.journal import Journal
from crm_contracts.model.language import _
from crm_contracts.model.received import may_be_unread
from crm_contracts.model.run import Run
from crm_contracts.model.tokens import senders, token_of
from crm_contracts.model.verdict import Finding, Layer


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshStampede:
    """When a token that several callers share is refused, one of them gets a new one and the others wait for it.

    Looked at is the time from a token's first refusal until the last call that was refused with it has ended: in it at
    most as many tokens are asked for as were refused, so workers with a token of their own each may renew it. Token
    requests that fail, or whose answer was never delivered, are not counted; nor is anything in trials in which new tokens
    do not last. Where each use of a refresh token replaces it, none is used a second time after its answer was delivered.

    Example: `{check: refresh_stampede}`.
    Source: N3; RFC 9700 4.14.2; JUDGING, tokens.
    """

    check: Literal["refresh_stampede"] = "refresh_stampede"

    def applies(self, run: Run) -> str | None:
        """Where a token is refused that can be renewed, and the new one is good."""
        auth, traits = run.contract.auth, run.scenario.traits()
        if Trait.CREDENTIALS not in traits:
            return _("no credential is refused here")
        if not auth.refreshable or not auth.expired.refresh_signal:
            return _("a refusal is no sign to ask for another token")
        others = traits - {Trait.CREDENTIALS}
        told = {getattr(fault, "trial", "refused_early") for fault in run.scenario.faults}
        if others or told - {"refused_early", None}:
            return _("nobody can say how many tokens are right here")
        return None

    def judge(self, run: Run, journal: Journal) -> Finding:
        """Fail where more tokens were asked for than refused, or a refresh token came back."""
        refused = tuple(e for e in journal.exchanges if _is_refused(e))
        if run.contract.auth.refresh_token.rotates and (found := self._used_again(journal, refused)):
            return found
        for window in _windows(refused, journal):
            asked = [
                g for g in journal.grants if _succeeded(g) and window.started <= g.requested <= window.ended
            ]
            if len(asked) - _unread(window, journal) > len(window.tokens):
                return self._stampede(asked, window, journal)
        return passed(self.check, "" if refused else _("no token was refused"))

    def _stampede(self, asked: Sequence[Grant], window: "_Window", journal: Journal) -> Finding:
        sentence = _("{count} tokens were asked for after {refused} was refused; one for each is enough")
        return self._failed(
            sentence.format(count=len(asked), refused=", ".join(sorted(window.tokens))),
            window.refused,
            journal,
            remedy=_(
                "Let one caller renew the token and the others wait for it; whoever waited looks first whether the token "
                "is still the one that was refused to it."
            ),
        )

    def _used_again(self, journal: Journal, refused: Sequence[Exchange]) -> Finding | None:
        for first, again in _second_uses(journal):
            sentence = _("{token} was used again after its use had replaced it with {follower}")
            return self._failed(
                sentence.format(token=again.used_refresh, follower=first.refresh),
                refused,
                journal,
                remedy=_(
                    "Keep the refresh token of each answer in place of the last one, where all workers see it, and let one "
                    "of them renew."
                ),
            )
        return None

    def _failed(self, reason: str, refused: Sequence[Exchange], journal: Journal, *, remedy: str) -> Finding:
        attempts = [Attempt(started=e.started, ended=e.ended, exchange=e) for e in refused]
        return failed(
            self.check,
            reason,
            layer=Layer.AUTH,
            evidence=attempt_lines(attempts, journal),
            remedy=remedy,
            exchanges=refused,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    """From the first refusal of some tokens until the last call that met it has ended."""

    started: float
    ended: float
    refused: tuple[Exchange, ...]

    @property
    def tokens(self) -> frozenset[str]:
        return frozenset(map(token_of, self.refused))


def _windows(refused: Sequence[Exchange], journal: Journal) -> Iterator[_Window]:
    """Refusals that overlap by their calls belong together."""
    open_: _Window | None = None
    for seen, calls in senders(refused, journal):
        end = max((_end(call, journal) for call in calls), default=seen.ended or seen.started)
        if open_ is None or seen.started > open_.ended:
            if open_ is not None:
                yield open_
            open_ = _Window(started=seen.started, ended=end, refused=(seen,))
        else:
            both = (*open_.refused, seen)
            open_ = _Window(started=open_.started, ended=max(open_.ended, end), refused=both)
    if open_ is not None:
        yield open_


def _unread(window: _Window, journal: Journal) -> int:
    """How many new tokens their caller may have given up before it had read them."""
    sent = (
        e for e in journal.exchanges if e.purpose == "token" and window.started <= e.started <= window.ended
    )
    return sum(may_be_unread(seen, window.ended, journal) for seen in sent)


def _second_uses(journal: Journal) -> Iterator[tuple[Grant, Grant]]:
    replaced: dict[str, Grant] = {}
    for grant in sorted(journal.grants, key=lambda g: g.requested):
        if grant.used_refresh in replaced:
            yield replaced[grant.used_refresh], grant
        elif grant.used_refresh and _succeeded(grant) and grant.refresh != grant.used_refresh:
            replaced[grant.used_refresh] = grant


def _is_refused(seen: Exchange) -> bool:
    expired = seen.credential is not None and seen.credential.state in {"expired", "revoked"}
    return expired and seen.purpose == "operation"


def _succeeded(grant: Grant) -> bool:
    return grant.succeeded and grant.delivered is not None


def _end(call: Call, journal: Journal) -> float:
    return journal.rest if call.ended is None else call.ended
