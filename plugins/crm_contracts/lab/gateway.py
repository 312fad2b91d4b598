"""The gateway of one run: every request is recorded, checked, perhaps struck by a fault, and answered."""

import json
import re
import zlib
from collections.abc import Awaitable
from dataclasses import dataclass, replace

from crm_contracts.lab import answer as answers
from crm_contracts.lab.connection import Answered, CallerConnection
from crm_contracts.lab.draft import Draft, kept
from crm_contracts.lab.envelope import Envelope
from crm_contracts.lab.forward import Forward
from crm_contracts.lab.leaks import LeakSearch
from crm_contracts.lab.probe import Probes
from crm_contracts.lab.recorder import Recorder
from crm_contracts.lab.replies import ActiveReply, Replies
from crm_contracts.lab.staff import Staff
from crm_contracts.lab.tls.entrance import Entrance
from crm_contracts.lab.wire import Incoming
from crm_contracts.model.contract import Effect, Operation
from crm_contracts.model.delivery import Delivery, Piece
from crm_contracts.model.exchange import Answer, Credential, Grant, Request, Violation
from crm_contracts.model.language import _

READ = 64 * 1024
"""Bytes that are read at once."""

_MARKER = re.compile(rb"crmu-[0-9a-f]{12}")
_NOT_JSON = (("content-type", "text/plain; charset=utf-8"),)


@dataclass(slots=True, kw_only=True, eq=False)
class _Seen:
    """One readable request, with all that is known of it before anybody answers."""

    incoming: Incoming
    draft: Draft
    request: Request
    operation: Operation | None
    credential: Credential | None

    @property
    def tokens(self) -> bool:
        return self.draft.purpose == "token"

    @property
    def stray(self) -> bool:
        return self.credential is not None and self.credential.state == "stray"


class Gateway:
    """Takes requests from connections and decides what is answered.

    A reply fault that strikes first keeps the CRM from seeing the request; one with `processed: before` lets the CRM
    work and replaces its answer. With another run's credential no fault is spent. A `spare` one shares staff and recorder
    with the first, and meets no fault of the wire or of an answer.
    """

    def __init__(
        self, staff: Staff, recorder: Recorder, *, seed: int = 0, run: str = "", spare: bool = False
    ) -> None:
        self.recorder = recorder
        self.spare = spare
        self.entrance = Entrance(None)
        self.probes = Probes()
        self.replies = Replies(seed)
        self.connections: set[CallerConnection] = set()
        self.toxics: tuple[str, ...] = ()
        # One place for all connections: a loop reads and hands over before it reads again. asyncio's plain protocols get
        # a new buffer of 256 kB at every read instead, which takes longer than all that is done here.
        self.buffer = memoryview(bytearray(READ))
        self._staff = staff
        self._clock = recorder.clock
        self._correlation = f"{zlib.crc32(f'{seed}/{run}'.encode()):08x}"
        self._leaks = LeakSearch(staff.contract.auth, staff.secrets)
        self._envelope = Envelope(staff.contract.envelope, seed=seed, place=f"gateway/{run}")
        self._known: dict[Credential, Credential] = {}
        self._key_header = (staff.contract.idempotency.header or "").lower()

    def answer(self, incoming: Incoming, draft: Draft) -> Answered | Awaitable[Answered]:
        """Decide what is answered; a failure of ours becomes the run's trouble, never the caller's."""
        try:
            return self._answer(incoming, draft)
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller did not do it
            return self._failed(error, incoming, draft)

    def broken_off(self, incoming: Incoming, draft: Draft) -> None:
        """Write down a request that was never answered; while a toxic is on, its shortness is not the caller's."""
        if incoming.complete:
            self._read(incoming, draft)
            return
        self._note(incoming, draft)
        draft.violations = () if self.toxics else incoming.violations

    def finish(self, draft: Draft) -> None:
        """Close the books on an exchange; a token whose answer did not leave is taken back."""
        if draft.grant is not None:
            if not draft.answered:
                self._staff.credentials.lost(self.recorder.grant_of(draft))
            elif not self.toxics:
                # With a toxic on nobody here knows when, or whether, the caller had it.
                self.recorder.delivered(draft)
        self.recorder.finish(draft)

    def close_idle(self) -> int:
        """Close every connection on which no request has begun; returns how many."""
        idle = [connection for connection in self.connections if connection.idle]
        for connection in idle:
            connection.close()
        return len(idle)

    def _answer(self, incoming: Incoming, draft: Draft) -> Answered | Awaitable[Answered]:
        if incoming.violations:
            return self._unreadable(incoming, draft)
        seen = self._read(incoming, draft)
        struck = self._striking(seen)
        if struck is not None and struck.strikes_first:
            return self._deliver(struck, seen, None)
        if self._staff.forward is not None:
            return self._forwarded(self._staff.forward, seen, struck)
        answer = self._work(seen)
        if struck is not None:
            return self._deliver(struck, seen, answer)
        pause = self._staff.credentials.pause if seen.tokens else 0.0
        whole = self._write(incoming, draft, answer)
        return Delivery(pieces=(Piece(data=whole, pause=pause),), status=answer.status) if pause else whole

    def _read(self, incoming: Incoming, draft: Draft) -> _Seen:
        staff = self._staff
        match = staff.router.find(incoming.method, incoming.target)
        operation = match.operation
        request = Request(
            method=incoming.method,
            target=incoming.target,
            path=match.path,
            query=match.query,
            headers=tuple(incoming.headers),
            body=incoming.body,
            operation=operation.id if operation is not None else None,
            path_params=match.path_params,
            at=incoming.started,
        )
        draft.purpose = self._purpose(incoming)
        credential = self._identify(request, tokens=draft.purpose == "token")
        seen = _Seen(
            incoming=incoming, draft=draft, request=request, operation=operation, credential=credential
        )
        self._fill(seen)
        return seen

    def _purpose(self, incoming: Incoming) -> str:
        policy = self._staff.contract.auth
        if policy.refreshable and incoming.method == "POST":
            path = incoming.target.partition("?")[0]
            if path.endswith(policy.token_path):
                return "token"
            if policy.revoke_path is not None and path.endswith(policy.revoke_path):
                return "other"
        return "operation"

    def _identify(self, request: Request, *, tokens: bool) -> Credential | None:
        staff = self._staff
        if staff.forward is not None:
            found = staff.forward.identify(request, tokens=tokens)
        else:
            found = staff.credentials.identify(request, self._clock.now())
        if found is None:
            return None
        known = self._known.get(found)
        if known is None:
            # One value serves all its exchanges, with the moment of issue as a real stamp.
            issued = None if found.issued is None else self._clock.real(found.issued)
            known = self._known[found] = replace(found, issued=issued)
        return known

    def _fill(self, seen: _Seen) -> None:
        """Complete the draft, from here on without secrets."""
        incoming, draft, request = seen.incoming, seen.draft, seen.request
        if seen.operation is not None or draft.purpose == "operation":
            draft.violations = self._violations(request, seen.operation)
        body = self._note(incoming, draft)
        draft.operation, draft.credential = request.operation, seen.credential
        if request.path_params:
            draft.path_params = tuple(part for pair in request.path_params.items() for part in pair)
        draft.idempotency_key = self._key_of(seen)
        draft.traceparent = incoming.named.get("traceparent")
        draft.cursor = request.parameter(self._staff.contract.paging.cursor) if request.query else None
        presented = seen.credential.name if seen.credential is not None else None
        leaks = tuple(self._leaks.names(incoming, body, presented, tokens=draft.purpose != "operation"))
        for name, where in leaks:
            self.recorder.leak(name, where)
        if leaks or self._staff.contract.auth.where == "query":
            self._hide_values(draft)

    def _key_of(self, seen: _Seen) -> str | None:
        """What makes a repeat of this write recognisable: the header of the contract, or its upsert key."""
        if self._key_header and (key := seen.incoming.named.get(self._key_header)):
            return key
        upsert_key = self._staff.contract.idempotency.upsert_key
        if upsert_key is None or seen.operation is None or seen.operation.effect is not Effect.WRITE:
            return None
        return _member(seen.incoming.body, upsert_key)

    def _hide_values(self, draft: Draft) -> None:
        hide = self._staff.secrets.redact_text
        draft.path_params = tuple(map(hide, draft.path_params))
        draft.idempotency_key = None if draft.idempotency_key is None else hide(draft.idempotency_key)
        draft.traceparent = None if draft.traceparent is None else hide(draft.traceparent)
        draft.cursor = None if draft.cursor is None else hide(draft.cursor)

    def _note(self, incoming: Incoming, draft: Draft) -> bytes:
        """Write down the bytes and what can be told from them alone; returns the body without secrets."""
        redact = self._staff.secrets.redact
        head, body = incoming.head, incoming.body
        draft.method, draft.target, draft.complete = incoming.method, incoming.target, incoming.complete
        draft.head = redact(head)
        line = len(incoming.method) + len(incoming.target) + 1
        if draft.head[:line] != head[:line]:
            draft.target = self._staff.secrets.redact_text(incoming.target)
        hidden = redact(body) if body else body
        draft.body = kept(hidden)
        draft.faults = self.toxics
        if b"crmu-" in head or b"crmu-" in body:
            found = _MARKER.findall(head) + _MARKER.findall(body)
            draft.markers = tuple(dict.fromkeys(marker.decode() for marker in found))
        return hidden

    def _violations(self, request: Request, operation: Operation | None) -> tuple[Violation, ...]:
        found = self._staff.conformance.check(request, operation)
        redact = self._staff.secrets.redact_text
        return tuple(replace(one, message=redact(one.message)) for one in found) if found else ()

    def _striking(self, seen: _Seen) -> ActiveReply | None:
        if not self.replies or seen.stray:
            return None
        return self.replies.taking(seen.request, seen.operation, tokens=seen.draft.purpose != "operation")

    def _work(self, seen: _Seen) -> Answer:
        """Let the CRM do its work."""
        draft, credentials, now = seen.draft, self._staff.credentials, self._clock.now()
        if draft.purpose == "token":
            answer, grant = credentials.grant(seen.request, now)
            self.recorder.grant(draft, grant)
            draft.processed = grant.succeeded
            return answer
        if draft.purpose == "other":
            return credentials.revoke(seen.request, now)
        refusal = credentials.refuse(seen.request, seen.operation, seen.credential, now)
        if refusal is not None:
            self._blame_rule(seen, now)
            return refusal
        found = self._staff.crm.handle(
            seen.request, seen.operation, draft.violations, seen.credential, draft.id
        )
        draft.processed = found is not None and found.status < 400
        return found if found is not None else answers.crashed()

    def _blame_rule(self, seen: _Seen, now: float) -> None:
        if seen.credential is not None:
            rule = self._staff.credentials.rule_behind(seen.credential.name, seen.operation, now)
            if rule is not None:
                seen.draft.faults += (rule.fault,)

    def _write(self, incoming: Incoming, draft: Draft, answer: Answer) -> bytes:
        # HTTP/1.0 gets no persistent connections: a caller that wants them says 1.1.
        incoming.keep = incoming.keep and incoming.version != "1.0"
        head, body = answers.wire(
            answer,
            incoming.method,
            now=self._clock.wall(),
            correlation=f"{self._correlation}-{draft.id}",
            close=not incoming.keep,
        )
        whole = head + body
        self._answered(draft, whole, len(head))
        draft.status = answer.status
        return whole

    def _answered(self, draft: Draft, whole: bytes, head: int) -> None:
        """Write down an answer's bytes, of which so many are its head."""
        hidden = self._staff.secrets.redact(whole)
        draft.answer_head = hidden[:head]
        draft.answer = kept(hidden[head:])

    def _deliver(self, struck: ActiveReply, seen: _Seen, answer: Answer | None) -> Delivery:
        draft = seen.draft
        draft.faults += (struck.fault.fault,)
        if (refusal := struck.refusal) is not None:
            answer = self._envelope.answer(refusal)
        delivery = struck.deliver(seen.request, answer, self._clock.wall())
        if seen.tokens and draft.grant is None:
            self.recorder.grant(draft, self._ungranted(seen, delivery))
        wire = b"".join(piece.data for piece in delivery.pieces)
        end = wire.find(b"\r\n\r\n")
        self._answered(draft, wire, end + 4 if end >= 0 else len(wire))
        draft.status = delivery.status
        return delivery

    def _ungranted(self, seen: _Seen, delivery: Delivery) -> Grant:
        kind = re.search(rb"grant_type\"?\s*[=:]\s*\"?(\w+)", seen.request.body)
        return Grant(
            token=None,
            grant_type=kind[1].decode() if kind else "",
            requested=seen.incoming.started,
            delivered=None,
            succeeded=False,
            status=delivery.status or 0,
        )

    async def _forwarded(self, forward: Forward, seen: _Seen, struck: ActiveReply | None) -> Answered:
        try:
            answer = await forward.send(seen.incoming)
            if seen.tokens:
                self.recorder.grant(seen.draft, forward.grant(seen.request, answer))
            seen.draft.processed = answer.status < 400
            return (
                self._write(seen.incoming, seen.draft, answer)
                if struck is None
                else self._deliver(struck, seen, answer)
            )
        except Exception as error:  # noqa: BLE001 - the caller did not do it
            return self._failed(error, seen.incoming, seen.draft)

    def _unreadable(self, incoming: Incoming, draft: Draft) -> bytes:
        self._note(incoming, draft)
        draft.readable, draft.violations = False, incoming.violations
        text = incoming.violations[0].message
        return self._write(incoming, draft, Answer(status=400, headers=_NOT_JSON, body=text.encode()))

    def _failed(self, error: Exception, incoming: Incoming, draft: Draft) -> bytes:
        words = self._staff.secrets.redact_text(f"{type(error).__name__}: {error}")
        self.recorder.fail(_("The lab could not answer a request: {words}.").format(words=words))
        if not draft.head:
            self._note(incoming, draft)
        text = _("The lab failed.")
        return self._write(incoming, draft, Answer(status=502, headers=_NOT_JSON, body=text.encode()))


def _member(body: bytes, name: str) -> str | None:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    found = value.get(name) if isinstance(value, dict) else None
    return str(found) if isinstance(found, (str, int)) else None
