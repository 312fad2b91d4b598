"""One connection of a caller at the gateway: bytes in, requests to the desk, answers out, everything stamped."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from crm_contracts.lab.draft import Draft
from crm_contracts.lab.probe import Probes, Reception
from crm_contracts.lab.recorder import Recorder
from crm_contracts.lab.sending import Sending
from crm_contracts.lab.wire import Incoming, Wire
from crm_contracts.model.delivery import Delivery, End
from crm_contracts.model.exchange import ClosedBy, Handshake

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
LINGER = 0.5
"""Seconds that a refused caller gets to read its answer before the connection is closed under what it still sends."""
MOST_HELD = 256 * 1024
"""Bytes of pipelined requests that are taken while one is being answered."""

Answered = bytes | Delivery
"""An ordinary whole answer, or a delivery that a fault decided."""


class Desk(Protocol):
    """What stands behind the connections of a run."""

    recorder: Recorder
    probes: Probes
    connections: "set[CallerConnection]"
    buffer: memoryview
    spare: bool

    def answer(self, incoming: Incoming, draft: Draft) -> Answered | Awaitable[Answered]:
        """Decide what is answered; the draft is filled in, redacted."""

    def broken_off(self, incoming: Incoming, draft: Draft) -> None:
        """Write down a request that was never answered, because its connection ended."""

    def finish(self, draft: Draft) -> None:
        """Nothing more will happen to this exchange."""


class CallerConnection(asyncio.BufferedProtocol):
    """Serves one connection, one request at a time; later ones wait in its buffer."""

    __slots__ = (
        "_deaf",
        "_desk",
        "_draft",
        "_incoming",
        "_line",
        "_linger",
        "_reception",
        "_sending",
        "_stamp",
        "_suspect",
        "_task",
        "_transport",
        "_wire",
        "hangs",
    )

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._stamp: Callable[[], float] = desk.recorder.clock.stamp
        self._line = desk.recorder.line(spare=desk.spare)
        self._wire = Wire()
        self._suspect = desk.probes.expected
        self._reception: Reception | None = None
        self._incoming: Incoming | None = None
        self._draft: Draft | None = None
        self._sending: Sending | None = None
        self._task: asyncio.Future[Answered] | None = None
        self._linger: asyncio.TimerHandle | None = None
        self._deaf = False
        self._transport: asyncio.Transport
        self.hangs: object = None
        """The fault that keeps its handshake from being answered."""

    @property
    def idle(self) -> bool:
        """Whether no request has begun on it."""
        return self._draft is None and self._wire.idle and self._reception is None

    @property
    def handshake(self) -> Handshake | None:
        """How TLS began on it."""
        return self._line.handshake

    def shaken(self, handshake: Handshake) -> None:
        """Write down how TLS begins on it."""
        self._line.handshake = handshake

    def admit(self) -> None:
        """It is a caller's, although nothing of what it says can be read as yet."""
        self._suspect = False
        self._desk.recorder.admit(self._line)

    @property
    def is_probe(self) -> bool:
        """Whether it is our own."""
        return self._reception is not None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a connection."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._desk.connections.add(self)
        if not self._suspect:
            self._desk.recorder.admit(self._line)

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - the protocol's signature
        """Lend the place into which the loop reads."""
        return self._desk.buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Record bytes, then see what they are."""
        now, data = self._stamp(), bytes(self._desk.buffer[:nbytes])
        if self._deaf:
            self._line.received += len(data)
            return
        if self._line.first_byte is None and not self._begins(data, now):
            return
        self._line.received += len(data)
        self._wire.receive(data, now)
        if self._draft is None:
            self._serve(now)
        elif len(self._wire.held) > MOST_HELD:
            self._transport.pause_reading()

    def eof_received(self) -> bool:
        """The caller closed: whatever it waited for ends here."""
        self._ended(self._stamp(), "caller")
        return False

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the protocol's signature
        """The connection is gone."""
        self._ended(self._stamp(), "caller")
        self._desk.connections.discard(self)
        if self._linger is not None:
            self._linger.cancel()

    def close(self) -> None:
        """Close it from our side, what was written first."""
        self._line.close(self._stamp(), "gateway")
        self._deaf = True
        self._transport.close()

    def abort(self) -> None:
        """End it at once, as at the end of a run; an exchange in progress stays open in the record."""
        self._stop()
        self._draft, self._deaf = None, True
        self._line.close(self._stamp(), "gateway")
        self._transport.abort()

    def _begins(self, data: bytes, now: float) -> bool:
        """Take the first bytes; False where they are our own probe's."""
        if self._suspect or self._reception is not None:
            if self._reception is None and Reception.recognises(data):
                self._reception = Reception(self._desk.probes, self._transport)
            if self._reception is not None:
                self._reception.receive(data)
                return False
            self._desk.recorder.admit(self._line)
        self._line.first_byte = now
        return True

    def _serve(self, now: float) -> None:
        wire = self._wire
        while (incoming := wire.next(now)) is not None:
            self._take(incoming)
            if self._draft is not None or self._deaf:
                return
        if wire.continue_wanted:
            wire.continue_wanted = False
            self._transport.write(CONTINUE)
            self._line.sent += len(CONTINUE)

    def _take(self, incoming: Incoming) -> None:
        draft = self._desk.recorder.begin(self._line, incoming.started)
        answered = self._desk.answer(incoming, draft)
        if type(answered) is bytes:
            self._write(answered, incoming, draft)
            return
        self._incoming, self._draft = incoming, draft
        if isinstance(answered, Delivery):
            self._send(answered)
        elif not isinstance(answered, bytes):
            self._task = asyncio.ensure_future(answered)
            self._task.add_done_callback(self._came)

    def _write(self, answer: bytes, incoming: Incoming, draft: Draft) -> None:
        draft.end(self._stamp(), "answer", answered=True)
        self._transport.write(answer)
        self._line.sent += len(answer)
        self._desk.finish(draft)
        if not incoming.readable:
            self._refuse()
        elif not incoming.keep:
            self.close()

    def _came(self, task: "asyncio.Future[Answered]") -> None:
        self._task = None
        if task.cancelled() or self._draft is None or self._incoming is None:
            return
        answered = task.result()
        if isinstance(answered, bytes):
            incoming, draft = self._incoming, self._draft
            self._draft = None
            self._write(answered, incoming, draft)
            self._go_on()
        else:
            self._send(answered)

    def _send(self, delivery: Delivery) -> None:
        self._sending = Sending(self._transport, delivery, about_to_end=self._ending, done=self._sent)
        self._sending.go()

    def _ending(self) -> None:
        draft, sending = self._draft, self._sending
        if draft is not None and sending is not None:
            whole = sending.whole
            draft.end(self._stamp(), "answer" if whole else "fault", answered=whole)

    def _sent(self, end: End) -> None:
        draft, incoming, sending = self._draft, self._incoming, self._sending
        if draft is None or incoming is None or sending is None:
            return
        self._sending = self._draft = None
        self._line.sent += sending.sent
        self._desk.finish(draft)
        if end is End.KEEP and incoming.keep:
            self._go_on()
        elif end is End.RESET:
            self._line.close(self._stamp(), "gateway")
        else:
            self.close()

    def _go_on(self) -> None:
        if self._deaf:
            return
        if not self._transport.is_reading():
            self._transport.resume_reading()
        self._serve(self._stamp())

    def _refuse(self) -> None:
        """Let the caller read why: closing at once while bytes are unread would destroy the answer."""
        self._line.close(self._stamp(), "gateway")
        self._deaf = True
        self._transport.write_eof()
        self._linger = asyncio.get_running_loop().call_later(LINGER, self._transport.close)

    def _ended(self, now: float, by: ClosedBy) -> None:
        if self._reception is not None:
            self._reception.closed()
            return
        if self._line.first_byte is None and self._suspect:
            self._suspect = False
            if self._desk.probes.swallow():
                return
            self._desk.recorder.admit(self._line)
        self._line.close(now, by)
        if self._draft is not None:
            self._draft.end(now, "caller")
            self._desk.finish(self._draft)
        self._stop()
        self._leftovers(now)

    def _stop(self) -> None:
        if self._sending is not None:
            self._sending.stop()
            self._line.sent += self._sending.sent
            self._sending = None
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _leftovers(self, now: float) -> None:
        """Record what was asked and never answered: a request that had begun, or waited behind another."""
        if self._deaf:
            return
        self._deaf, self._draft = True, None
        while (incoming := self._wire.next(now) or self._wire.rest()) is not None:
            draft = self._desk.recorder.begin(self._line, incoming.started)
            self._desk.broken_off(incoming, draft)
            draft.end(now, "caller")
            self._desk.finish(draft)
