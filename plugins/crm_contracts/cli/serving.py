"""A served lab at work: what it prints, what it does for the second terminal, and when."""

import selectors
import shlex
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from crm_contracts.cli import program
from crm_contracts.cli.fault_words import fault_from
from crm_contracts.cli.first_request import first_request
from crm_contracts.consumers import handed_over
from crm_contracts.host import LabClient, LabGone
from crm_contracts.lab import News
from crm_contracts.model.exchange import Exchange
from crm_contracts.model.fault import Fault
from crm_contracts.model.journal import FaultWindow
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _
from crm_contracts.model.problem import Problems
from crm_contracts.model.span import human
from crm_contracts.reports.timeline import connection_words, exchange_words
from crm_contracts.scenarios.binding import out_of_reach, resolved
from crm_contracts.serving import Answer, Control, Order, Served, Switched

_WHEN = ("at", "flap", "repeat", "ramp")
LOOK = 0.15
"""Seconds between two looks at what reached the lab."""


@dataclass(slots=True)
class Serving:
    """Serves until it is interrupted; one thread does everything, in turn."""

    lab: LabClient
    served: list[Served]
    listener: socket.socket
    name: str
    _behind: float = field(default_factory=lambda: time.time() - time.monotonic())

    def go_on(self) -> None:
        """Open the lab, tell how it is reached, and go on; raises LabGone, LabError, KeyboardInterrupt."""
        for one in self.served:
            one.open()
        print("\n".join(self._banner()), flush=True)
        control = Control(self.listener, self._carry_out)
        with selectors.DefaultSelector() as selector:
            selector.register(self.listener, selectors.EVENT_READ)
            while self.lab.alive:
                for _ready in selector.select(LOOK):
                    control.serve_one()
                self._look()
        raise LabGone(_("The lab process ended; its last words stand above."))

    def _look(self) -> None:
        now = time.monotonic()
        for one in self.served:
            self._tell(one, one.news())
            for switched in one.due(now):
                self._say(one, _went_off(one.switch_off(switched)))

    def _tell(self, one: Served, news: News) -> None:
        lines = [(seen.started, _exchange(seen)) for seen in news.exchanges]
        lines += [(seen.accepted, connection_words(seen)) for seen in news.connections]
        lines += [(alert.at, _("alert  {text}").format(text=alert.text[:200])) for alert in news.alerts]
        for at, text in sorted(lines):
            self._say(one, text, at)
        if news.trouble:
            raise LabGone(news.trouble)

    def _say(self, one: Served, text: str, at: float | None = None) -> None:
        moment = time.monotonic() if at is None else at
        clock = datetime.fromtimestamp(moment + self._behind).astimezone().strftime("%H:%M:%S.%f")[:-3]
        who = f"{one.name}  " if len(self.served) > 1 else ""
        print(f"{clock}  {who}{text}", flush=True)

    def _banner(self) -> Iterator[str]:
        about = self.lab.about()
        yield _("# The lab is open (engine: {engine} {version}). Ctrl-C ends it.").format(
            engine=about.engine, version=about.version
        )
        yield _("# Its credentials are made for this time; they open nothing else.")
        for one in self.served:
            yield from ("", f"# {one.name}", *_exports(one), "", *_first(one))
        own = () if self.name == "lab" else ("--serve", self.name)
        yield from ("", _("# Break something, from a second terminal:"))
        for words in (("fault", "on", "status", "--code", "503"), ("fault", "list"), ("fault", "off")):
            yield f"#   {program(*words, *own)}"
        yield ""

    def _carry_out(self, order: Order) -> Answer:
        chosen = [one for one in self.served if not order.consumers or one.name in order.consumers]
        unknown = [name for name in order.consumers if name not in {one.name for one in self.served}]
        if unknown:
            names = ", ".join(one.name for one in self.served)
            sentence = _("{name!r} is not served here. Served: {names}.")
            return Answer(done=False, lines=(sentence.format(name=unknown[0], names=names),))
        return {"on": self._on, "off": self._off}.get(order.do, self._list)(chosen, order)

    def _on(self, chosen: list[Served], order: Order) -> Answer:
        try:
            faults = [(one, _fault(order.fault, one)) for one in chosen]
        except (Problems, ValueError) as wrong:
            return Answer(done=False, lines=tuple(str(wrong).splitlines()))
        now = time.monotonic()
        for one, fault in faults:
            one.switch_on(fault, now)
            self._say(one, _("fault on: {fault}").format(fault=fault.sentence()))
        return Answer(done=True, lines=tuple(self._lines([(one, one.on[-1]) for one, _fault in faults])))

    def _off(self, chosen: list[Served], order: Order) -> Answer:
        wanted = order.fault.get("fault")
        found = [(one, on) for one in chosen for on in tuple(one.on) if wanted in {None, on.fault.fault}]
        if not found and wanted is not None:
            lines = (_("{fault} is not on.").format(fault=wanted), *self._lines(self._all(chosen)))
            return Answer(done=False, lines=lines)
        lines_of = []
        for one, switched in found:
            window = one.switch_off(switched)
            self._say(one, _went_off(window))
            lines_of += [_went_off(window), *afterwards(window)]
        return Answer(done=True, lines=tuple(lines_of) or (_("No fault is on."),))

    def _list(self, chosen: list[Served], _order: Order) -> Answer:
        return Answer(done=True, lines=tuple(self._lines(self._all(chosen))) or (_("No fault is on."),))

    def _all(self, chosen: list[Served]) -> list[tuple[Served, Switched]]:
        return [(one, on) for one in chosen for on in one.on]

    def _lines(self, found: list[tuple[Served, Switched]]) -> Iterator[str]:
        now = time.monotonic()
        for one, switched in found:
            who = f"{one.name}: " if len(self.served) > 1 else ""
            left = f", {_left(switched.until - now)}" if switched.until is not None else ""
            since = _("on for {time}").format(time=_seconds(now - switched.since))
            yield f"{switched.fault.fault}  {who}{switched.fault.sentence()} ({since}{left})"


def _fault(settings: dict[str, JSON], one: Served) -> Fault:
    """The fault for one consumer, with its promises put in; raises Problems or ValueError with the reason."""
    line = str(settings.pop("", ""))
    fault = fault_from(settings, line=line)
    if placed := next((name for name in _WHEN if getattr(fault, name, None) is not None), None):
        raise ValueError(
            _("`{name}` has no meaning here: a fault comes on when you say so.").format(name=placed)
        )
    run = one.run
    bound = resolved(fault, run.consumer.promises.spans())
    if reason := bound.fits(run.consumer, run.contract) or out_of_reach(bound, run):
        raise ValueError(f"{one.name}: {reason}.")
    return bound


def _went_off(window: FaultWindow) -> str:
    sentence = _("fault off: {fault}; exchanges touched: {count}")
    told = sentence.format(fault=window.fault, count=window.touched)
    if window.place == "toxic" and not window.touched:
        # What lets nothing pass touches no exchange, and has fired all the same.
        told = _("fault off: {fault}").format(fault=window.fault)
    return told if window.fired else f"{told} ({window.why})"


def afterwards(window: FaultWindow) -> Iterator[str]:
    """What stays after a fault went off: a token keeps the life that it was given."""
    terms = window.terms
    if terms is not None and (terms.refused_after, terms.held_for) != (None, None):
        yield "  " + _("Tokens that were given out until now stay as they are: get a new token.")


def _left(seconds: float) -> str:
    return _("{time} left").format(time=_seconds(seconds))


def _seconds(seconds: float) -> str:
    return _("{count} s").format(count=max(0, round(seconds)))


def _exchange(seen: Exchange) -> str:
    took = f"  {human(seen.ended - seen.started)}" if seen.ended is not None else ""
    return f"{exchange_words(seen)}{took}"


def _exports(one: Served) -> Iterator[str]:
    given = handed_over(one.run.consumer.driver, one.endpoint)
    loopback = {"NO_PROXY": one.endpoint.environment().get("NO_PROXY", "")}
    for name, value in {**given, **loopback}.items():
        yield f"export {name}={shlex.quote(value)}"


def _first(one: Served) -> Iterator[str]:
    if command := first_request(one.run.contract):
        yield _("# For example, in a shell that has these:")
        yield f"#   {command}"
