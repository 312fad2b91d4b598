"""A provider is sent sound and broken requests of one operation: it may refuse them, and it may not break on them."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from crm_contracts.cases.drawing import Drawing
from crm_contracts.live.drawn_requests import drawn_requests
from crm_contracts.live.line import Ended, Line, Reply
from crm_contracts.live.provocation import Provocation
from crm_contracts.live.provoking import Provoking
from crm_contracts.live.server import Unreachable
from crm_contracts.model.language import _

LONGEST_WAIT = 10.0
"""Seconds of a Retry-After that are waited; longer, and the item is unknown."""
TOO_MANY = 429
_WAITS = 2
_MOST_HANGS = 2
"""After so many requests that hung, no more are sent: each costs the whole patience."""
_NOT_THERE = frozenset({404, 405, 410})
_NOT_WELL = frozenset({502, 503, 504})


class Blame(StrEnum):
    """What is held against a provider."""

    BROKE = "broke"
    DROPPED = "dropped"
    HUNG = "hung"
    TOOK = "took"


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A request and the reply that is held against the provider, twice the same."""

    sent: Provocation
    reply: Reply
    blame: Blame


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of an operation: how many requests were sent, what broke, and why something is not known."""

    asked: int = 0
    broken: tuple[Broken, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """How many requests: drawn valid ones, drawn invalid ones, places of each mutation."""

    valid: int
    invalid: int
    places: int


class _Stopped(Exception):  # noqa: N818 - how a doubt ends the asking
    """Nothing more can be known; the text says why."""


@dataclass(slots=True, kw_only=True)
class Trial:
    """Asks one operation everything; what strikes is asked again, between two sound requests."""

    provoking: Provoking
    line: Line
    amount: Amount
    drawing: Drawing
    _asked: int = 0
    _broken: list[Broken] = field(default_factory=list)
    _doubts: list[str] = field(default_factory=list)

    def run(self) -> Tried:
        """Ask; raises GeneratorMissing."""
        valid, invalid = drawn_requests(
            self.provoking.contract,
            self.provoking.operation,
            self.provoking.media,
            self.drawing,
            valid=self.amount.valid,
            invalid=self.amount.invalid,
        )
        sound = self.provoking.sound()
        try:
            first = self._first(sound)
            if not self._broken:
                others = (
                    *self.provoking.drawn(valid),
                    *self.provoking.broken(sound, self.drawing.seed, self.amount.places),
                    *self.provoking.invalid(invalid, _("drawn against its schema")),
                )
                self._all(sound, others)
            if first.status in _NOT_THERE and not self._broken:
                self._doubts.append(
                    _("a sound request is answered {status}, so it may never look at a body").format(
                        status=first.status
                    )
                )
        except _Stopped as stopped:
            self._doubts.append(str(stopped))
        except Unreachable as gone:
            self._doubts.append(_("the CRM does not answer: {why}").format(why=gone))
        return Tried(asked=self._asked, broken=tuple(self._broken), unknown=tuple(self._doubts))

    def _first(self, sound: Provocation) -> Reply:
        """The sound request, which must not break it either; raises _Stopped where it is not let in."""
        reply = self._send(sound)
        if why := _unwell(reply):
            raise _Stopped(why)
        if blame := _blame(sound, reply):
            again = self._send(sound)
            if _blame(sound, again) is not blame:
                raise _Stopped(_once(sound, reply, again))
            self._broken.append(Broken(sent=sound, reply=again, blame=blame))
        return reply

    def _all(self, sound: Provocation, others: tuple[Provocation, ...]) -> None:
        for one in others:
            reply = self._send(one)
            if reply.status in {401, 403}:
                # A filter in front may forbid such bytes; a credential that ran out forbids everything.
                self._still_well(sound, one)
            elif blame := _blame(one, reply):
                self._again(sound, one, reply, blame)
                if sum(found.blame is Blame.HUNG for found in self._broken) >= _MOST_HANGS:
                    return

    def _again(self, sound: Provocation, one: Provocation, reply: Reply, blame: Blame) -> None:
        self._still_well(sound, one)
        again = self._send(one)
        if _blame(one, again) is blame:
            self._broken.append(Broken(sent=one, reply=again, blame=blame))
        else:
            self._doubts.append(_once(one, reply, again))

    def _still_well(self, sound: Provocation, after: Provocation) -> None:
        reply = self._send(sound)
        why = _unwell(reply)
        if not why and _blame(sound, reply):
            why = _("a sound request is not answered well any more ({did})").format(did=did(reply))
        if why:
            raise _Stopped(_("after {name}: {why}").format(name=after.name, why=why))

    def _send(self, one: Provocation) -> Reply:
        for waits in reversed(range(_WAITS + 1)):
            self._asked += 1
            reply = self.line.send(one.data, incomplete=one.incomplete)
            if reply.status != TOO_MANY:
                return reply
            if waits and reply.wait <= LONGEST_WAIT:
                time.sleep(reply.wait)
            else:
                break
        raise _Stopped(_("the rate limit is used up (429)"))


def did(reply: Reply) -> str:
    """What a provider did, in a few words."""
    if reply.ended is Ended.HUNG:
        return _("no answer")
    if reply.ended is Ended.DROPPED:
        return _("the connection was dropped")
    return _("answered {status}").format(status=reply.status)


def _blame(one: Provocation, reply: Reply) -> Blame | None:
    """What of a reply is held against the provider; every doubt errs towards acquittal."""
    if reply.ended is Ended.HUNG:
        # It may wait for the rest of a request that has none.
        return None if one.incomplete else Blame.HUNG
    if reply.ended is Ended.DROPPED:
        # Whoever cannot tell where a request ends may close the connection (RFC 9112 2.2, 6.3, 8).
        return None if one.framing else Blame.DROPPED
    if reply.status == 501 and one.framing:
        # RFC 9112 6.1: the answer to a transfer coding that is not known.
        return None
    if reply.status >= 500:
        return Blame.BROKE
    return Blame.TOOK if one.refused and 200 <= reply.status < 300 else None


def _unwell(reply: Reply) -> str:
    """Why the reply to a sound request says nothing about the provider's reading."""
    if reply.status in {401, 403}:
        return _("the credential was not taken ({status})").format(status=reply.status)
    if reply.status in _NOT_WELL:
        return _("the CRM is not well ({status})").format(status=reply.status)
    if 300 <= reply.status < 400:
        return _("a redirect is not followed ({status})").format(status=reply.status)
    return ""


def _once(one: Provocation, first: Reply, then: Reply) -> str:
    sentence = _("{name}: first {first}, then {then}; what happened once may have another cause")
    return sentence.format(name=one.name, first=did(first), then=did(then))


def names(broken: tuple[Broken, ...]) -> Iterator[str]:
    """The names of what broke it, each once."""
    yield from dict.fromkeys(one.sent.name for one in broken)
